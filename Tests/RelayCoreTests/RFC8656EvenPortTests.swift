import RelayCore
import STUN
import Testing

/// EVEN-PORT and RESERVATION-TOKEN, RFC 8656 section 7.2.
@Suite struct RFC8656EvenPortTests {
    let fixture = RelayFixture()

    @Test func portIsEven() throws {
        for index in 0..<50 {
            let client = TestClient(fixture, "8.8.4.4:\(5000 + index)", index < 30 ? .alice : .bob)
            try client.allocated { $0.evenPort(reserve: false) }
            #expect(client.relayed!.port % 2 == 0)
        }
        #expect(fixture.directory.freePorts() == fixture.directory.totalPorts() - 50)
    }

    @Test func reservedPortIsTheNextOneAndWaitsForItsToken() throws {
        let first = TestClient(fixture)
        let reply = try first.allocate { $0.evenPort(reserve: true) }
        let token = try #require(reply.token)
        #expect(reply.relayed[0].port % 2 == 0)
        #expect(fixture.directory.freePorts() == fixture.directory.totalPorts() - 2)
        let second = TestClient(fixture, "8.8.4.4:5001")
        let answer = try second.allocate { $0.token(token) }
        #expect(answer.relayed == [TransportAddress(ip: reply.relayed[0].ip, port: reply.relayed[0].port + 1)])
        #expect(fixture.directory.freePorts() == fixture.directory.totalPorts() - 2)
        let third = TestClient(fixture, "8.8.4.4:5002")
        #expect(try third.allocate { $0.token(token) }.code == .insufficientCapacity)
    }

    @Test func retransmissionGetsTheSameToken() throws {
        let client = TestClient(fixture)
        let id = TransactionID(high: 5, low: 5)
        let first = try client.allocate(id: id) { $0.evenPort(reserve: true) }
        let second = try client.allocate(id: id) { $0.evenPort(reserve: true) }
        #expect(first.token != nil)
        #expect(first.bytes == second.bytes)
    }

    @Test func tokenLives30SecondsThenThePortIsFree() throws {
        let first = TestClient(fixture)
        let token = try #require(try first.allocate { $0.evenPort(reserve: true) }.token)
        fixture.advance(milliseconds: 29_999)
        fixture.tick()
        #expect(fixture.directory.freePorts() == fixture.directory.totalPorts() - 2)
        fixture.advance(milliseconds: 1)
        #expect(try TestClient(fixture, "8.8.4.4:5001").allocate { $0.token(token) }.code == .insufficientCapacity)
        fixture.tick()
        #expect(fixture.directory.freePorts() == fixture.directory.totalPorts() - 1)
    }

    @Test func reservationOutlivesItsAllocation() throws {
        let first = TestClient(fixture)
        let token = try #require(try first.allocate { $0.evenPort(reserve: true) }.token)
        _ = try first.refresh(0)
        #expect(try TestClient(fixture, "8.8.4.4:5001").allocate { $0.token(token) }.isSuccess)
    }

    @Test func tokenOfAnotherUserIs508() throws {
        let first = TestClient(fixture)
        let token = try #require(try first.allocate { $0.evenPort(reserve: true) }.token)
        let thief = TestClient(fixture, "8.8.4.4:5001", .bob)
        #expect(try thief.allocate { $0.token(token) }.code == .insufficientCapacity)
        #expect(try TestClient(fixture, "8.8.4.4:5002").allocate { $0.token(token) }.isSuccess)
    }

    @Test func tokenRedeemsOnAnotherLoop() throws {
        let other = RelayFixture(loop: 1, directory: fixture.directory)
        let token = try #require(try TestClient(fixture).allocate { $0.evenPort(reserve: true) }.token)
        #expect(try TestClient(other, "8.8.4.4:5001").allocate { $0.token(token) }.isSuccess)
    }

    @Test func reservedSocketThatFailsGivesThePortBack() throws {
        let token = try #require(try TestClient(fixture).allocate { $0.evenPort(reserve: true) }.token)
        fixture.failure = { _ in .system }
        let second = TestClient(fixture, "8.8.4.4:5001")
        #expect(try second.allocate { $0.token(token) }.code == .insufficientCapacity)
        #expect(fixture.directory.freePorts() == fixture.directory.totalPorts() - 1)
    }

    @Test func reservedSocketThatFailsAfterItsClaimGivesThePortBackOnce() throws {
        let reply = try TestClient(fixture).allocate { $0.evenPort(reserve: true) }
        let token = try #require(reply.token)
        let directory = fixture.directory
        var random = SplitMix(state: 1)
        fixture.failure = { request in
            guard let claimed = directory.claim(request, using: &random) else { return .noPort }
            directory.release(claimed)
            return .system
        }
        let second = TestClient(fixture, "8.8.4.4:5001")
        #expect(try second.allocate { $0.token(token) }.code == .insufficientCapacity)
        #expect(directory.freePorts() == directory.totalPorts() - 1)
    }

    @Test func tokensDiffer() throws {
        var tokens: Set<UInt64> = []
        for index in 0..<30 {
            let client = TestClient(fixture, "8.8.4.4:\(5000 + index)")
            tokens.insert(try #require(try client.allocate { $0.evenPort(reserve: true) }.token))
        }
        #expect(tokens.count == 30)
    }

    /// EVEN-PORT leak: conformance, section 6.
    @Test func twentyThousandCyclesLeaveFreePortsUnchanged() throws {
        let fixture = RelayFixture(directory: RelayFixture.directory(ports: 50000...50999))
        let free = fixture.directory.freePorts()
        let client = TestClient(fixture)
        let second = TestClient(fixture, "8.8.4.4:5001")
        for cycle in 0..<20_000 {
            let reply = try client.allocate { $0.evenPort(reserve: cycle % 2 == 0) }
            try #require(reply.isSuccess, "cycle \(cycle): \(String(describing: reply.code))")
            if cycle % 4 == 0, let token = reply.token {
                try #require(try second.allocate { $0.token(token) }.isSuccess)
                _ = try second.refresh(0)
            }
            try #require(try client.refresh(0).isSuccess)
            fixture.advance(milliseconds: 100)
            if cycle % 10 == 0 { fixture.tick() }
            fixture.effects = []
        }
        fixture.advance(seconds: 31)
        fixture.tick()
        #expect(fixture.directory.freePorts() == free)
        #expect(fixture.relay.allocationCount == 0)
        #expect(fixture.relay.nextDeadline == nil)
    }

    /// Predictable ports: conformance, section 6.
    @Test func consecutivePortsShowNoOrder() throws {
        let fixture = RelayFixture { $0.quotas.allocationsPerUser = 4096 }
        var ports: [Int] = []
        for index in 0..<1000 {
            let client = TestClient(fixture, "8.8.4.4:\(5000 + index)")
            ports.append(Int(try client.allocated().relayed!.port))
        }
        let steps = zip(ports, ports.dropFirst()).map { $1 - $0 }
        #expect(steps.count { abs($0) <= 2 } < 10)
        #expect(steps.count { $0 > 0 } > 400 && steps.count { $0 < 0 } > 400)
        #expect(Set(ports).count == 1000)
        #expect(ports.min()! < 50_500 && ports.max()! > 64_000)
    }
}
