import Credentials
import RelayCore
import STUN
import Testing

/// RFC 8489 section 9.2.4 as the relay uses it; the order of checks has its own tests beside the authenticator.
@Suite struct RFC8489LongTermCredentialTests {
    let fixture = RelayFixture()

    @Test(arguments: [STUN.Method.allocate, .refresh, .createPermission, .channelBind])
    func withoutIntegrityIs401WithRealmAndNonce(_ method: STUN.Method) throws {
        let client = TestClient(fixture)
        let reply = try fixture.reply(
            RequestBuilder(method, id: fixture.transactionID()).bytes, from: client.route)
        #expect(reply.code == .unauthenticated)
        #expect(reply.index.realm.map { Array(reply.bytes[$0.range]) } == Array("example.test".utf8))
        #expect(reply.nonce?.count == 32)
        #expect(reply.index.passwordAlgorithms != nil)
        #expect(reply.index.messageIntegrity == nil)
        #expect(fixture.relay.refusals(limit: 9).isEmpty, "the usual first request is no refusal worth a note")
    }

    @Test func wrongPasswordIs401AndNoted() throws {
        let client = TestClient(fixture, "8.8.4.4:5000", Login("alice", "wrong"))
        #expect(try client.allocate().code == .unauthenticated)
        let record = try #require(fixture.relay.refusals(limit: 1).first)
        #expect(record.text == "Allocate from 8.8.4.4:5000 over udp as \"alice\" refused with 401: wrong password")
    }

    @Test func knownAndUnknownUserGetTheSameBytes() throws {
        var answers: [[UInt8]] = []
        for name in ["alice", "alicf"] {
            let client = TestClient(fixture, "8.8.4.4:5000", Login(name, "wrong"))
            try client.fetchNonce()
            let request = client.request(.allocate, id: TransactionID(high: 3, low: 3)) { $0.transport() }
            answers.append(fixture.receive(request, from: client.route).reply)
        }
        #expect(answers[0] == answers[1])
        #expect(!answers[0].isEmpty)
    }

    @Test func sha256IsAnsweredWithTheSameKindAndLength() throws {
        let client = TestClient(fixture)
        try client.fetchNonce()
        for count in [16, 20, 32] {
            var builder = RequestBuilder(.refresh, id: fixture.transactionID())
            builder.credentials(client.login, nonce: client.nonce, .sha256(count: count), algorithm: .sha256)
            let reply = try fixture.reply(builder.bytes, from: client.route)
            #expect(reply.code == .allocationMismatch)
            #expect(reply.index.messageIntegritySHA256.map { Int($0.count) } == count)
            #expect(reply.index.messageIntegrity == nil)
        }
    }

    @Test func staleNonceIs438WithAFreshOne() throws {
        let client = try TestClient(fixture).allocated()
        fixture.advance(seconds: 300)
        _ = try client.refresh()
        fixture.advance(seconds: 301)
        let reply = try fixture.reply(client.request(.refresh), from: client.route)
        #expect(reply.code == .staleNonce)
        client.nonce = try #require(reply.nonce)
        #expect(try client.refresh().isSuccess, "a call longer than the nonce lives")
    }

    /// Nonce replay from another address: conformance, section 6.
    @Test func nonceReplayFromAnotherAddressIs438AndSaysWhy() throws {
        let client = TestClient(fixture, "8.8.4.4:40630")
        try client.fetchNonce()
        let moved = TestClient(fixture, "8.8.4.4:46701")
        moved.nonce = client.nonce
        let request = moved.request(.allocate) { $0.transport() }
        #expect(try fixture.reply(request, from: moved.route).code == .staleNonce)
        #expect(
            fixture.relay.refusals(limit: 1).first?.reason.text
                == "nonce valid but the source port changed from 40630 to 46701")
        let elsewhere = TestClient(fixture, "8.8.8.8:40630")
        #expect(try fixture.reply(request, from: elsewhere.route).code == .staleNonce)
        #expect(fixture.relay.allocationCount == 0)
    }

    @Test func fingerprintIsAnsweredWithAFingerprint() throws {
        let client = TestClient(fixture)
        try client.fetchNonce()
        var builder = RequestBuilder(.allocate, id: fixture.transactionID())
        builder.transport()
        builder.credentials(client.login, nonce: client.nonce)
        builder.fingerprint()
        let reply = try fixture.reply(builder.bytes, from: client.route)
        #expect(reply.isSuccess)
        #expect(reply.index.fingerprint != nil)
        let isRight = MessageSeal.hasValidFingerprint(reply.bytes.span.bytes, reply.index)
        #expect(isRight)
    }

    /// Attributes after MESSAGE-INTEGRITY: conformance, section 6.
    @Test func attributesAfterMessageIntegrityHaveNoEffect() throws {
        let client = TestClient(fixture)
        try client.fetchNonce()
        var builder = RequestBuilder(.allocate, id: fixture.transactionID())
        builder.transport()
        builder.credentials(client.login, nonce: client.nonce)
        builder.lifetime(3600)
        builder.fingerprint()
        let reply = try fixture.reply(builder.bytes, from: client.route)
        #expect(reply.lifetime == 600)

        builder = RequestBuilder(.createPermission, id: fixture.transactionID())
        builder.peer(address("5.5.5.5:1"))
        builder.credentials(client.login, nonce: client.nonce)
        builder.peer(address("6.6.6.6:1"))
        builder.fingerprint()
        #expect(try fixture.reply(builder.bytes, from: client.route).isSuccess)
        #expect(fixture.relay.counters.permissions == 1)
        client.relayed = reply.relayed[0]
        #expect(fixture.deliver(from: address("6.6.6.6:1"), to: client) == .drop(.noPermission))
    }

    /// Log injection: conformance, section 6.
    @Test(arguments: ["%s%n", "a\u{0}b", "a\nb", "quo\"te'", String(repeating: "x", count: 500)])
    func hostileUsernamesMakeOneEscapedLine(_ name: String) throws {
        let client = TestClient(fixture, "8.8.4.4:5000", Login(name, "wrong"))
        #expect(try client.allocate().code == .unauthenticated)
        let record = try #require(fixture.relay.refusals(limit: 1).first)
        #expect(!record.text.contains("\n") && !record.text.contains("\0"))
        #expect(record.username.count <= 65 + 8 * 10)
        #expect(record.username.unicodeScalars.allSatisfy { $0.isASCII ? 0x20...0x7E ~= $0.value : true })
    }

    @Test func usernameThatIsTooLongOrNotUTF8IsRefused() throws {
        let client = TestClient(fixture, "8.8.4.4:5000", Login(String(repeating: "x", count: 513), "wrong"))
        #expect(try client.allocate().code == .badRequest)
        client.nonce = []
        try client.fetchNonce()
        var builder = RequestBuilder(.allocate, id: fixture.transactionID())
        builder.attribute(0x0006, [0xFF, 0xFE, 0x0A])
        builder.attribute(0x0014, Array("example.test".utf8))
        builder.attribute(0x0015, client.nonce)
        builder.attribute(0x0008, [UInt8](repeating: 0, count: 20))
        #expect(try fixture.reply(builder.bytes, from: client.route).code == .unauthenticated)
        #expect(fixture.relay.refusals(limit: 1).first?.username == "\\xff\\xfe\\u{a}")
    }

    @Test func ringKeepsTheNewest() throws {
        let fixture = RelayFixture { $0.budgets.unverifiedBurstBytes = 1 << 30 }
        let client = TestClient(fixture, "8.8.4.4:5000", Login("alice", "wrong"))
        for _ in 0..<300 { _ = try client.allocate() }
        let bob = TestClient(fixture, "8.8.4.4:5001", Login("bob", "wrong"))
        _ = try bob.allocate()
        let records = fixture.relay.refusals(limit: 1000)
        #expect(records.count == 256)
        #expect(records[0].username == "bob")
        #expect(records[1].username == "alice")
    }
}
