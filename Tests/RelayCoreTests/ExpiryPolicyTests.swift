import Credentials
import RelayCore
import STUN
import Testing

/// What becomes of an allocation whose time-limited credential expires: by class.
@Suite struct ExpiryPolicyTests {
    let fixture = RelayFixture {
        $0.expiry = ExpiryPolicy(standard: .call, classes: ["strict": .end, "grace": .grace(seconds: 120)])
    }
    let expires = RelayFixture.startUnixSeconds + 1000

    private func client(_ label: String) -> TestClient {
        TestClient(fixture, "8.8.4.4:5000", .ticket(id: "room", expires: expires, label: label))
    }

    @Test func callOutlivesItsCredential() throws {
        let client = try client("standard").allocated()
        for _ in 0..<10 {
            fixture.advance(seconds: 500)
            fixture.tick()
            #expect(try client.refresh().lifetime == 600)
            #expect(try client.bind(0x4000, address("5.5.5.5:1")).isSuccess)
        }
        #expect(fixture.relay.allocationCount == 1)
    }

    @Test func butItMakesNoNewAllocation() throws {
        let client = try client("standard").allocated()
        fixture.advance(seconds: 599)
        _ = try client.refresh()
        fixture.advance(seconds: 500)
        let late = self.client("standard")
        let other = TestClient(fixture, "8.8.4.4:5001", late.login)
        #expect(try other.allocate().code == .unauthenticated)
        #expect(fixture.relay.refusals(limit: 1).first?.reason.text == "credential expired 99 s ago")
        _ = try client.refresh(0)
        #expect(try client.allocate().code == .unauthenticated)
    }

    @Test func endMeansTheSecondItExpires() throws {
        let client = TestClient(fixture, "8.8.4.4:5000", .ticket(id: "a", expires: expires, label: "strict"))
        let reply = try client.allocate { $0.lifetime(3600) }
        #expect(reply.lifetime == 1000, "the client learns how long it really has")
        try client.bind(0x4000, address("5.5.5.5:1"))
        fixture.advance(seconds: 600)
        #expect(try client.refresh(3600).lifetime == 400)
        #expect(try client.bind(0x4000, address("5.5.5.5:1")).isSuccess)
        fixture.advance(seconds: 200)
        #expect(try client.permit(address("5.5.5.5:1")).isSuccess)
        fixture.advance(milliseconds: 199_999)
        guard case .peer = fixture.forward(0x4000, from: client) else {
            Issue.record("too early")
            return
        }
        fixture.advance(milliseconds: 1)
        #expect(fixture.forward(0x4000, from: client) == .drop(.noAllocation))
        fixture.tick()
        #expect(fixture.endReasons().last == .credentialExpired)
        #expect(fixture.relay.allocationCount == 0)
    }

    @Test func graceMeansSoManySecondsLater() throws {
        let client = try client("grace").allocated()
        fixture.advance(seconds: 590)
        _ = try client.refresh()
        fixture.advance(seconds: 500)
        // 90 seconds after the end, 30 before the end of the grace.
        #expect(try client.refresh().lifetime == 30)
        fixture.advance(seconds: 30)
        fixture.tick()
        #expect(fixture.endReasons().last == .credentialExpired)
    }

    @Test func aNewTicketForTheSameIDGoesOnWithTheCall() throws {
        let client = TestClient(fixture, "8.8.4.4:5000", .ticket(id: "room", expires: expires, label: "strict"))
        try client.allocated()
        fixture.advance(seconds: 590)
        client.login = .ticket(id: "room", expires: expires + 1000, label: "strict")
        #expect(try client.refresh(3600).lifetime == 1410)
    }

    @Test func anExpiredTicketOfAStricterClassDoesNotRideOnACall() throws {
        let client = try client("standard").allocated()
        fixture.advance(seconds: 590)
        _ = try client.refresh()
        fixture.advance(seconds: 500)
        client.login = .ticket(id: "room", expires: expires, label: "strict")
        #expect(try client.refresh().code == .unauthenticated)
    }

    @Test func aUserWithAPasswordNeverExpires() throws {
        let client = try TestClient(fixture).allocated { $0.lifetime(3600) }
        fixture.advance(seconds: 3599)
        #expect(try client.refresh(3600).lifetime == 3600)
    }

    @Test func streamOfAnEndedCredentialIsClosed() throws {
        let client = TestClient(
            fixture, "8.8.4.4:5000", .ticket(id: "a", expires: expires, label: "strict"), transport: .tls,
            connection: 7)
        try client.allocated { $0.lifetime(3600) }
        fixture.effects = []
        fixture.advance(seconds: 1000)
        fixture.tick()
        #expect(fixture.effects.contains(.closeConnection(7)))
    }
}
