import Credentials
import RelayCore
import STUN
import Testing

/// A credential that outlives its owner: conformance, section 6. And what else an administrator does.
@Suite struct RevocationTests {
    let fixture = RelayFixture()
    let peer = address("5.5.5.5:1")

    @Test func revokedUserHasNothingLeftAtOnce() throws {
        let client = try TestClient(fixture).allocated()
        let second = try TestClient(fixture, "8.8.4.4:5001").allocated()
        let bob = try TestClient(fixture, "8.8.4.4:5002", .bob).allocated()
        for client in [client, second, bob] { try client.bind(0x4000, peer) }
        #expect(fixture.revoke("alice") == 2)
        #expect(fixture.forward(0x4000, from: client) == .drop(.noAllocation))
        fixture.tick()
        #expect(fixture.endReasons() == [.revoked, .revoked])
        #expect(fixture.sockets.count == 1)
        guard case .peer = fixture.forward(0x4000, from: bob) else {
            Issue.record("another user is hit")
            return
        }
        #expect(try client.allocate().code == .unauthenticated)
        #expect(fixture.relay.refusals(limit: 1).first?.reason.text == "revoked")
        #expect(fixture.revoke("alice") == 0)
    }

    @Test func idOfTimeLimitedCredentialsIsRevokedWhateverTheExpiry() throws {
        let expires = RelayFixture.startUnixSeconds + 1000
        try TestClient(fixture, "8.8.4.4:5000", .ticket(id: "room", expires: expires)).allocated()
        try TestClient(fixture, "8.8.4.4:5001", .ticket(id: "room", expires: expires + 5)).allocated()
        try TestClient(fixture, "8.8.4.4:5002", .ticket(id: "other", expires: expires)).allocated()
        #expect(fixture.revoke("room") == 2)
        fixture.tick()
        #expect(fixture.relay.allocationCount == 1)
        let late = TestClient(fixture, "8.8.4.4:5003", .ticket(id: "room", expires: expires + 9))
        #expect(try late.allocate().code == .unauthenticated)
    }

    @Test func namesThatCanBeForgottenMakeRoom() throws {
        let past = fixture.now.unixSeconds - 1
        _ = fixture.relay.revoke("bob", forgetAfterUnixSeconds: past, now: fixture.now)
        for number in 2..<RevocationList.namesMax {
            _ = fixture.relay.revoke("\(number)", forgetAfterUnixSeconds: past, now: fixture.now)
        }
        _ = fixture.revoke("alice")
        #expect(try TestClient(fixture, "8.8.4.4:5001", .bob).allocate().code == .unauthenticated)
        _ = fixture.revoke("carol")
        try TestClient(fixture, "8.8.4.4:5002", .bob).allocated()
        #expect(try TestClient(fixture).allocate().code == .unauthenticated)
    }

    @Test func moreThanTheEffectsHoldEndAllTheSame() throws {
        let fixture = RelayFixture { $0.quotas.allocationsPerUser = 2000 }
        var clients: [TestClient] = []
        for index in 0..<1500 { clients.append(try TestClient(fixture, "8.8.4.4:\(5000 + index)").allocated()) }
        fixture.effects = []
        #expect(fixture.revoke("alice") == 1500)
        for client in clients { #expect(fixture.forward(0x4000, from: client) == .drop(.noAllocation)) }
        #expect(fixture.sessions(5).isEmpty)
        fixture.advance(seconds: 1)
        fixture.tick()
        #expect(fixture.relay.allocationCount == 0)
        #expect(fixture.endReasons().count == 1500)
        #expect(fixture.directory.freePorts() == fixture.directory.totalPorts())
        #expect(fixture.relay.counters.ended(.revoked) == 1500)
    }

    @Test func reloadWithARevocationEndsAllocations() throws {
        let client = try TestClient(fixture).allocated()
        fixture.relay.update(
            settings: RelayFixture.settings { $0.credentials.revocations.revoke("alice") }, now: fixture.now)
        fixture.tick()
        #expect(fixture.endReasons().last == .revoked)
        #expect(try client.allocate().code == .unauthenticated)
    }

    @Test func reloadKeepsAllocationsAndTheirTraffic() throws {
        let client = try TestClient(fixture).allocated()
        try client.bind(0x4000, peer)
        fixture.relay.update(settings: RelayFixture.settings(), now: fixture.now)
        guard case .peer = fixture.forward(0x4000, from: client) else {
            Issue.record("lost")
            return
        }
        #expect(try client.refresh().isSuccess)
    }

    @Test func reloadTakesPermissionsForPeersThatAreDeniedNow() throws {
        let client = try TestClient(fixture).allocated()
        try client.bind(0x4000, peer)
        try client.bind(0x4001, address("6.6.6.6:1"))
        let stricter = RelayFixture.settings {
            $0.policy = AddressPolicy(allow: [CIDR](), deny: [CIDR("5.5.5.0/24")!])
        }
        fixture.relay.update(settings: stricter, now: fixture.now)
        #expect(fixture.forward(0x4000, from: client) == .drop(.noPermission))
        #expect(fixture.deliver(from: peer, to: client) == .drop(.noPermission))
        #expect(client.send([1], to: peer) == .drop(.noPermission))
        guard case .peer = fixture.forward(0x4001, from: client) else {
            Issue.record("another peer is hit")
            return
        }
        #expect(try client.bind(0x4000, peer).code == .forbidden)
        fixture.relay.update(settings: RelayFixture.settings(), now: fixture.now)
        #expect(try client.bind(0x4000, peer).isSuccess)
        #expect(fixture.deliver(from: peer, to: client) == .channel(0x4000, client.route))
    }

    @Test func oneAllocationIsEndedByItsIdentifier() throws {
        let client = try TestClient(fixture, transport: .tcp, connection: 42).allocated()
        try TestClient(fixture, "8.8.4.4:5001", .bob).allocated()
        let id = try #require(fixture.sessions(9).first).id
        fixture.effects = []
        #expect(fixture.end(id))
        fixture.tick()
        #expect(fixture.effects.contains(.closeConnection(42)))
        #expect(fixture.endReasons() == [.ended])
        #expect(!fixture.end(id))
        try client.allocated()
        #expect(!fixture.end(id), "the slot's next allocation has another name")
        #expect(fixture.relay.allocationCount == 2)
    }

    @Test func closedConnectionEndsItsAllocation() throws {
        let client = try TestClient(fixture, transport: .tls, connection: 1).allocated()
        fixture.effects = []
        fixture.relay.connectionClosed(client.route.tuple, now: fixture.now)
        fixture.tick()
        #expect(!fixture.effects.contains(.closeConnection(1)), "it is closed already")
        #expect(fixture.endReasons() == [.connectionClosed])
        fixture.relay.connectionClosed(client.route.tuple, now: fixture.now)
        #expect(fixture.relay.allocationCount == 0)
    }

    /// A sweep over many streams closes them without draining in between; requests still find room for their effects.
    @Test func sweepOverManyConnectionsLeavesRoomForRequests() throws {
        let fixture = RelayFixture { $0.quotas.allocationsPerUser = 2000 }
        var clients: [TestClient] = []
        for index in 0..<1200 {
            let client = TestClient(fixture, "8.8.4.4:\(5000 + index)", transport: .tcp, connection: UInt32(index))
            clients.append(try client.allocated())
        }
        for client in clients { fixture.relay.connectionClosed(client.route.tuple, now: fixture.now) }
        try clients[0].allocated()
        fixture.advance(seconds: 1)
        fixture.tick()
        #expect(fixture.relay.allocationCount == 1)
        #expect(fixture.relay.counters.ended(.connectionClosed) == 1200)
    }

    @Test func shutdownEndsEverything() throws {
        for index in 0..<20 { try TestClient(fixture, "8.8.4.4:\(5000 + index)").allocated() }
        fixture.relay.shutdown(now: fixture.now)
        fixture.tick()
        #expect(fixture.relay.allocationCount == 0)
        #expect(fixture.endReasons().count { $0 == .shutdown } == 20)
        #expect(fixture.sockets.isEmpty)
    }
}
