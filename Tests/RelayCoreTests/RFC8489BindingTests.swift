import RelayCore
import STUN
import Testing

/// RFC 8489 sections 5, 6.3 and 7.3: what is a message, and Binding.
@Suite struct RFC8489BindingTests {
    let fixture = RelayFixture()
    let client = ClientRoute(tuple: FiveTuple(client: address("8.8.4.4:5000"), listener: 0, transport: .udp))
    let stream = ClientRoute(tuple: FiveTuple(client: address("8.8.4.4:5000"), listener: 0, transport: .tcp))

    @Test(arguments: ["8.8.4.4:5000", "[2a00:8::8]:5000"]) func answerIsTheMappedAddressAndNothingElse(
        _ text: String
    ) throws {
        let route = ClientRoute(tuple: FiveTuple(client: address(text), listener: 0, transport: .udp))
        let request = RequestBuilder(.binding, id: TransactionID(high: 1, low: 2))
        let reply = try fixture.reply(request.bytes, from: route)
        #expect(reply.isSuccess)
        #expect(reply.mapped == address(text))
        #expect(reply.index.transactionID == TransactionID(high: 1, low: 2))
        #expect(reply.bytes.count == (route.tuple.client.family == .ipv4 ? 32 : 44))
    }

    @Test func fingerprintIsAnsweredWithAFingerprint() throws {
        var request = RequestBuilder(.binding, id: fixture.transactionID())
        request.fingerprint()
        let reply = try fixture.reply(request.bytes, from: client)
        #expect(reply.index.fingerprint != nil)
        #expect(reply.bytes.count == 40)
    }

    @Test func wrongFingerprintIsDropped() {
        var request = RequestBuilder(.binding, id: fixture.transactionID())
        request.fingerprint()
        var bytes = request.bytes
        bytes[bytes.count - 1] ^= 1
        #expect(fixture.receive(bytes, from: client).verdict == .drop(.badFingerprint))
        #expect(fixture.receive(bytes, from: stream).verdict == .closeConnection(.badFingerprint))
    }

    @Test func unknownRequiredAttributeIs420() throws {
        var request = RequestBuilder(.binding, id: fixture.transactionID())
        request.attribute(0x7ABC)
        // CHANGE-REQUEST belongs to RFC 5780, which needs a second address.
        request.attribute(0x0003, [0, 0, 0, 0])
        let reply = try fixture.reply(request.bytes, from: client)
        #expect(reply.code == .unknownAttribute)
        let list = try #require(reply.index.unknownAttributes)
        #expect(Array(reply.bytes[list.range]) == [0x7A, 0xBC, 0x00, 0x03])
    }

    @Test func everythingElseIsDroppedByReasonAndEndsAStream() {
        let good = RequestBuilder(.binding, id: fixture.transactionID()).bytes
        var cookie = good
        cookie[4] = 0
        var length = good
        length[3] = 4
        var odd = good
        odd[3] = 3
        var foreign = good
        foreign[0] = 0x80
        let bad: [([UInt8], DropReason)] = [
            ([], .tooShort), (Array(good[..<19]), .tooShort), (cookie, .badCookie), (length, .badLength),
            (odd, .badLength), (foreign, .notSTUN), (good + [0], .badLength),
        ]
        for (bytes, reason) in bad {
            #expect(fixture.receive(bytes, from: client).verdict == .drop(reason))
            #expect(fixture.receive(bytes, from: stream).verdict == .closeConnection(reason))
        }
        #expect(fixture.relay.counters.drops(.badLength) == 6)
    }

    @Test func attributeBeyondTheEndIsDropped() {
        var request = RequestBuilder(.binding, id: fixture.transactionID())
        request.attribute(0x8022, [1, 2, 3, 4])
        var bytes = request.bytes
        bytes[23] = 5
        #expect(fixture.receive(bytes, from: client).verdict == .drop(.truncatedAttribute))
    }

    @Test func truncationAtEveryByteNeverTraps() throws {
        let whole = TestClient(fixture)
        try whole.fetchNonce()
        let request = whole.request(.allocate) { $0.transport() }
        for end in 0..<request.count {
            let verdict = fixture.receive(Array(request[..<end]), from: client).verdict
            guard case .drop = verdict else {
                Issue.record("\(end) bytes: \(verdict)")
                return
            }
        }
    }

    @Test func responsesAndUnknownMethodsAreDropped() {
        for kind in [MessageClass.success, .error] {
            let message = RequestBuilder(.binding, kind, id: fixture.transactionID())
            #expect(fixture.receive(message.bytes, from: client).verdict == .drop(.unexpectedMessage))
        }
        let unknown = RequestBuilder(STUN.Method(rawValue: 0x0FF), id: fixture.transactionID())
        #expect(fixture.receive(unknown.bytes, from: client).verdict == .drop(.unexpectedMessage))
    }

    @Test(arguments: ["8.8.4.4:0", "0.0.0.0:1", "224.0.0.1:1", "255.255.255.255:1", "[ff02::1]:1", "9.9.9.9:3478"])
    func impossibleSourcesAreDropped(_ text: String) {
        let route = ClientRoute(tuple: FiveTuple(client: address(text), listener: 0, transport: .udp))
        let request = RequestBuilder(.binding, id: fixture.transactionID())
        #expect(fixture.receive(request.bytes, from: route).verdict == .drop(.invalidSource))
    }

    @Test func ownRelayedAddressIsAnImpossibleSource() throws {
        let relayed = try #require(try TestClient(fixture).allocated().relayed)
        let route = ClientRoute(tuple: FiveTuple(client: relayed, listener: 0, transport: .udp))
        let request = RequestBuilder(.binding, id: fixture.transactionID())
        #expect(fixture.receive(request.bytes, from: route).verdict == .drop(.invalidSource))
    }
}
