import RelayCore
import STUN
import Testing

/// RFC 8656 sections 9 and 10.2: permissions.
@Suite struct RFC8656CreatePermissionTests {
    let fixture = RelayFixture()

    @Test func permissionOpensBothDirectionsForTheAddressWhateverThePort() throws {
        let client = try TestClient(fixture).allocated()
        #expect(try client.permit(address("5.5.5.5:1000")).isSuccess)
        #expect(fixture.deliver(from: address("5.5.5.5:2000"), to: client) == .indication(client.route))
        guard case .send(.peer, _) = client.send([1], to: address("5.5.5.5:3000")) else {
            Issue.record("Send is dropped")
            return
        }
        #expect(fixture.deliver(from: address("5.5.5.6:1000"), to: client) == .drop(.noPermission))
    }

    @Test func withoutPeerIs400() throws {
        let client = try TestClient(fixture).allocated()
        #expect(try client.permit().code == .badRequest)
    }

    @Test func malformedPeerIs400() throws {
        let client = try TestClient(fixture).allocated()
        let reply = try client.ask(.createPermission) { $0.attribute(0x0012, [0, 1, 2, 3]) }
        #expect(reply.code == .badRequest)
    }

    @Test func otherFamilyIs443AndNothingIsInstalled() throws {
        let client = try TestClient(fixture).allocated()
        let reply = try client.permit(address("5.5.5.5:1"), address("[2a00:5::5]:1"))
        #expect(reply.code == .peerAddressFamilyMismatch)
        #expect(fixture.relay.counters.permissions == 0)
    }

    @Test func deniedPeerIs403AndNothingIsInstalled() throws {
        let client = try TestClient(fixture).allocated()
        #expect(try client.permit(address("5.5.5.5:1"), address("10.1.2.3:1")).code == .forbidden)
        #expect(fixture.relay.counters.permissions == 0)
        #expect(fixture.deliver(from: address("5.5.5.5:1"), to: client) == .drop(.noPermission))
        let text = try #require(fixture.relay.refusals(limit: 1).first?.text)
        #expect(text.contains("10.0.0.0/8"), "\(text)")
    }

    @Test func fullIs508AndNothingIsInstalled() throws {
        let fixture = RelayFixture { $0.quotas.permissionsPerAllocation = 2 }
        let client = try TestClient(fixture).allocated()
        try client.permit(address("5.5.5.1:1"))
        #expect(try client.permit(address("5.5.5.2:1"), address("5.5.5.3:1")).code == .insufficientCapacity)
        #expect(fixture.relay.counters.permissions == 1)
        #expect(try client.permit(address("5.5.5.2:1"), address("5.5.5.1:9")).isSuccess)
    }

    @Test func oneAddressWithSeveralPortsIsOnePermission() throws {
        let fixture = RelayFixture { $0.quotas.permissionsPerAllocation = 1 }
        let client = try TestClient(fixture).allocated()
        #expect(try client.permit(address("5.5.5.1:1"), address("5.5.5.1:2"), address("5.5.5.1:3")).isSuccess)
        #expect(fixture.relay.counters.permissions == 1)
    }

    @Test func expiredPermissionsMakeRoom() throws {
        let fixture = RelayFixture { $0.quotas.permissionsPerAllocation = 1 }
        let client = try TestClient(fixture).allocated()
        try client.permit(address("5.5.5.1:1"))
        #expect(try client.permit(address("5.5.5.2:1")).code == .insufficientCapacity)
        fixture.advance(seconds: 300)
        #expect(try client.permit(address("5.5.5.2:1")).isSuccess)
    }

    @Test func manyPeersInOneRequest() throws {
        let client = try TestClient(fixture).allocated()
        let reply = try client.ask(.createPermission) { builder in
            for last in 1...20 { builder.peer(address("5.5.5.\(last):1")) }
        }
        #expect(reply.isSuccess)
        #expect(fixture.relay.counters.permissions == 20)
    }

    @Test func livesFor300SecondsToTheMillisecond() throws {
        let client = try TestClient(fixture).allocated()
        try client.permit(address("5.5.5.5:1"))
        fixture.advance(milliseconds: 299_999)
        #expect(fixture.deliver(from: address("5.5.5.5:1"), to: client) == .indication(client.route))
        fixture.advance(milliseconds: 1)
        #expect(fixture.deliver(from: address("5.5.5.5:1"), to: client) == .drop(.noPermission))
        #expect(client.send([1], to: address("5.5.5.5:1")) == .drop(.noPermission))
    }

    @Test func refreshedByAnotherRequestNotByTraffic() throws {
        let client = try TestClient(fixture).allocated()
        try client.permit(address("5.5.5.5:1"))
        fixture.advance(seconds: 200)
        _ = fixture.deliver(from: address("5.5.5.5:1"), to: client)
        _ = client.send([1], to: address("5.5.5.5:1"))
        try client.permit(address("5.5.5.5:7"))
        fixture.advance(seconds: 299)
        #expect(fixture.deliver(from: address("5.5.5.5:1"), to: client) == .indication(client.route))
        fixture.advance(seconds: 1)
        #expect(fixture.deliver(from: address("5.5.5.5:1"), to: client) == .drop(.noPermission))
    }

    @Test func timerGivesThemBack() throws {
        let client = try TestClient(fixture).allocated()
        try client.permit(address("5.5.5.5:1"))
        #expect(fixture.relay.counters.permissions == 1)
        fixture.advance(seconds: 301)
        fixture.tick()
        #expect(fixture.relay.counters.permissions == 0)
        #expect(fixture.relay.allocationCount == 1)
    }

    @Test func endWithTheirAllocation() throws {
        let client = try TestClient(fixture).allocated()
        try client.permit(address("5.5.5.5:1"))
        try client.bind(0x4000, address("5.5.5.6:1"))
        _ = try client.refresh(0)
        #expect(fixture.relay.counters.permissions == 0)
        #expect(fixture.relay.counters.channels == 0)
    }

    @Test func ofOneAllocationAreNoneOfAnother() throws {
        let one = try TestClient(fixture).allocated()
        let other = try TestClient(fixture, "8.8.4.4:5001").allocated()
        try one.permit(address("5.5.5.5:1"))
        #expect(fixture.deliver(from: address("5.5.5.5:1"), to: other) == .drop(.noPermission))
        #expect(other.send([1], to: address("5.5.5.5:1")) == .drop(.noPermission))
    }

    @Test func withoutAllocationIs437AndAnotherUserIs441() throws {
        let client = TestClient(fixture)
        #expect(try client.permit(address("5.5.5.5:1")).code == .allocationMismatch)
        try client.allocated()
        client.login = .bob
        #expect(try client.permit(address("5.5.5.5:1")).code == .wrongCredentials)
    }
}
