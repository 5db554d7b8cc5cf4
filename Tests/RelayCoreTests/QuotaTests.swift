import RelayCore
import STUN
import Testing

/// Exhaustion: conformance, section 6. Every limit is on by default, and reaching one harms nobody else.
@Suite struct QuotaTests {
    @Test func defaultsAreOn() {
        let quotas = Quotas()
        #expect(quotas.allocationsPerUser == 32)
        #expect(quotas.allocationsPerSource == 4096)
        #expect(quotas.allocations == 65536)
        #expect(quotas.permissionsPerAllocation == 64)
        #expect(quotas.channelsPerAllocation == 64)
        #expect(Budgets().bytesPerSecondPerAllocation > 0)
        #expect(Budgets().bytesPerSecondPerUser > 0)
        #expect(Budgets().unverifiedBytesPerSecond > 0)
    }

    @Test func perUserIs486AndOthersGoOn() throws {
        let fixture = RelayFixture { $0.quotas.allocationsPerUser = 3 }
        for index in 0..<3 { try TestClient(fixture, "8.8.4.4:\(5000 + index)").allocated() }
        let fourth = TestClient(fixture, "8.8.4.4:6000")
        #expect(try fourth.allocate().code == .allocationQuotaReached)
        #expect(
            fixture.relay.refusals(limit: 1).first?.reason.text == "the user has 3 allocations, the limit")
        try TestClient(fixture, "8.8.4.4:6001", .bob).allocated()
    }

    @Test func anEndedAllocationMakesRoom() throws {
        let fixture = RelayFixture { $0.quotas.allocationsPerUser = 1 }
        let client = try TestClient(fixture).allocated()
        let other = TestClient(fixture, "8.8.4.4:6000")
        #expect(try other.allocate().code == .allocationQuotaReached)
        _ = try client.refresh(0)
        try other.allocated()
    }

    @Test func perUserCountsOverAllLoops() throws {
        let directory = RelayFixture.directory()
        let one = RelayFixture(loop: 0, directory: directory) { $0.quotas.allocationsPerUser = 2 }
        let other = RelayFixture(loop: 1, directory: directory) { $0.quotas.allocationsPerUser = 2 }
        let client = try TestClient(one).allocated()
        try TestClient(other, "8.8.4.4:5001").allocated()
        #expect(try TestClient(other, "8.8.4.4:5002").allocate().code == .allocationQuotaReached)
        _ = try client.refresh(0)
        try TestClient(other, "8.8.4.4:5003").allocated()
    }

    @Test func newTicketsOfOneIDBringNoNewQuota() throws {
        let fixture = RelayFixture { $0.quotas.allocationsPerUser = 1 }
        let expires = RelayFixture.startUnixSeconds + 1000
        try TestClient(fixture, "8.8.4.4:5000", .ticket(id: "room", expires: expires)).allocated()
        let again = TestClient(fixture, "8.8.4.4:5001", .ticket(id: "room", expires: expires + 1))
        #expect(try again.allocate().code == .allocationQuotaReached)
    }

    @Test func perSourceIs486() throws {
        let fixture = RelayFixture { $0.quotas.allocationsPerSource = 2 }
        try TestClient(fixture, "8.8.4.4:5000").allocated()
        try TestClient(fixture, "8.8.4.4:5001", .bob).allocated()
        #expect(try TestClient(fixture, "8.8.4.4:5002").allocate().code == .allocationQuotaReached)
        try TestClient(fixture, "8.8.4.5:5000").allocated()
    }

    @Test func perSourceCountsASlash64OfIPv6() throws {
        let fixture = RelayFixture { $0.quotas.allocationsPerSource = 1 }
        try TestClient(fixture, "[2a00:8:1:1::1]:5000").allocated()
        #expect(try TestClient(fixture, "[2a00:8:1:1::2]:5000").allocate().code == .allocationQuotaReached)
        try TestClient(fixture, "[2a00:8:1:2::1]:5000").allocated()
    }

    @Test func inTotalIs508() throws {
        let fixture = RelayFixture { $0.quotas.allocations = 5 }
        for index in 0..<5 { try TestClient(fixture, "8.8.4.4:\(5000 + index)").allocated() }
        #expect(try TestClient(fixture, "8.8.4.4:6000").allocate().code == .insufficientCapacity)
        #expect(fixture.relay.allocationCount == 5)
    }

    @Test func fullTablesAre508() throws {
        let fixture = RelayFixture {
            $0.quotas.permissionsPerLoop = 3
            $0.quotas.channelsPerLoop = 2
        }
        let client = try TestClient(fixture).allocated()
        try client.bind(0x4000, address("5.5.5.1:1"))
        try client.bind(0x4001, address("5.5.5.1:2"))
        #expect(try client.bind(0x4002, address("5.5.5.1:3")).code == .insufficientCapacity)
        #expect(try client.permit(address("5.5.5.2:1"), address("5.5.5.3:1")).isSuccess)
        #expect(try client.permit(address("5.5.5.4:1")).code == .insufficientCapacity)
        #expect(try client.permit(address("5.5.5.3:1")).isSuccess)
    }

    @Test func refusedAllocatesLeaveNothingBehind() throws {
        let fixture = RelayFixture {
            $0.quotas.allocationsPerUser = 2
            $0.budgets.unverifiedBurstBytes = 1 << 30
        }
        let free = fixture.directory.freePorts()
        try TestClient(fixture, "8.8.4.4:5000").allocated()
        try TestClient(fixture, "8.8.4.4:5001").allocated()
        for index in 0..<1000 {
            let client = TestClient(fixture, "8.8.4.4:\(6000 + index)")
            #expect(try client.allocate().code == .allocationQuotaReached)
        }
        #expect(fixture.directory.freePorts() == free - 2)
        #expect(fixture.relay.allocationCount == 2)
        #expect(fixture.relay.counters.users == 1)
    }

    @Test func bytesPerSecondOfAnAllocationBothDirectionsTogether() throws {
        let fixture = RelayFixture { $0.budgets.bytesPerSecondPerAllocation = 10_000 }
        let peer = address("5.5.5.5:1")
        let client = try TestClient(fixture).allocated()
        let other = try TestClient(fixture, "8.8.4.4:5001", .bob).allocated()
        try client.bind(0x4000, peer)
        try other.bind(0x4000, peer)
        var passed = 0
        for _ in 0..<20 {
            if case .peer = fixture.forward(0x4000, 500, from: client) { passed += 500 }
            if case .channel = fixture.deliver(500, from: peer, to: client) { passed += 500 }
        }
        #expect((10_000...10_500).contains(passed))
        #expect(fixture.forward(0x4000, 500, from: client) == .drop(.allocationRate))
        guard case .peer = fixture.forward(0x4000, 500, from: other) else {
            Issue.record("another allocation suffers")
            return
        }
        passed = 0
        for _ in 0..<5000 {
            fixture.advance(milliseconds: 1)
            if case .peer = fixture.forward(0x4000, 500, from: client) { passed += 500 }
        }
        #expect((49_000...51_000).contains(passed))
    }

    @Test func bytesPerSecondOfAUserOverAllItsAllocations() throws {
        let fixture = RelayFixture { $0.budgets.bytesPerSecondPerUser = 10_000 }
        let peer = address("5.5.5.5:1")
        let clients = try (0..<4).map { try TestClient(fixture, "8.8.4.4:\(5000 + $0)").allocated() }
        for client in clients { try client.bind(0x4000, peer) }
        var passed = 0
        for _ in 0..<20 {
            for client in clients { if case .peer = fixture.forward(0x4000, 500, from: client) { passed += 500 } }
        }
        #expect((10_000...10_500).contains(passed))
        #expect(fixture.relay.counters.drops(.userRate) > 0)
        let bob = try TestClient(fixture, "8.8.4.4:6000", .bob).allocated()
        try bob.bind(0x4000, peer)
        guard case .peer = fixture.forward(0x4000, 500, from: bob) else {
            Issue.record("another user suffers")
            return
        }
    }

    @Test func noLimitWhenTheRateIsZero() throws {
        let fixture = RelayFixture {
            $0.budgets.bytesPerSecondPerUser = 0
            $0.budgets.bytesPerSecondPerAllocation = 0
        }
        let client = try TestClient(fixture).allocated()
        try client.bind(0x4000, address("5.5.5.5:1"))
        for _ in 0..<1000 {
            guard case .peer = fixture.forward(0x4000, 1 << 20, datagrams: 64, from: client) else {
                Issue.record("dropped")
                return
            }
        }
    }

    @Test func sessionsListWhatEachAllocationUses() throws {
        let fixture = RelayFixture()
        let client = try TestClient(fixture).allocated()
        try client.bind(0x4000, address("5.5.5.5:1"))
        try client.permit(address("5.5.5.6:1"))
        _ = try TestClient(fixture, "8.8.4.4:5001", .bob).allocated()
        fixture.advance(seconds: 10)
        let sessions = fixture.sessions(10)
        #expect(sessions.count == 2)
        #expect(sessions[0].username == "alice" && sessions[1].username == "bob")
        #expect(sessions[0].channels == 1 && sessions[0].permissions == 2)
        #expect(sessions[0].ageSeconds == 10 && sessions[0].remainingSeconds == 590)
        #expect(sessions[0].relayed == [client.relayed])
        #expect(AllocationID(sessions[0].id.description) == sessions[0].id)
        #expect(fixture.sessions(1).count == 1)
    }
}
