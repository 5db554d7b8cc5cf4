import RelayCore
import STUN
import Testing

/// The shared table of relayed ports: a pool and a map in one.
@Suite struct RelayDirectoryTests {
    private func request(_ relay: UInt32, loop: UInt8 = 0, even: Bool = false, reserve: Bool = false) -> RelayRequest {
        RelayRequest(
            relay: relay, owner: RelayOwner(loop: loop, relay: relay, generation: 1), family: .ipv4, evenPort: even,
            reserveNext: reserve)
    }

    @Test func everyPortIsGivenOutOnceAndThenNone() {
        let directory = RelayFixture.directory(ports: 50_000...50_999)
        var random = SplitMix(state: 1)
        var ports: Set<UInt16> = []
        for relay in 0..<1000 as Range<UInt32> {
            ports.insert(directory.claim(request(relay), using: &random)!.bound.port)
        }
        #expect(ports.count == 1000)
        #expect(directory.claim(request(1), using: &random) == nil)
        #expect(directory.freePorts(.ipv4) == 0)
        #expect(directory.freePorts(.ipv6) == 1000)
    }

    @Test func lookupNamesTheOwnerUntilTheRelease() throws {
        let directory = RelayFixture.directory()
        var random = SplitMix(state: 1)
        let claimed = try #require(directory.claim(request(7, loop: 3), using: &random))
        #expect(directory.lookup(claimed.bound) == RelayOwner(loop: 3, relay: 7, generation: 1))
        #expect(directory.lookup(TransportAddress(ip: ip("9.9.9.8"), port: claimed.bound.port)) == nil)
        directory.release(claimed)
        #expect(directory.lookup(claimed.bound) == nil)
        #expect(directory.freePorts() == directory.totalPorts())
        directory.release(claimed)
        #expect(directory.freePorts() == directory.totalPorts(), "a second release changes nothing")
    }

    @Test func connectionsAreCountedBySourceApartFromAllocations() {
        let directory = RelayFixture.directory()
        let network = IPAddress("2001:db8:0:1::1")!
        for _ in 0..<3 { #expect(directory.addConnection(from: network, limit: 3)) }
        #expect(!directory.addConnection(from: IPAddress("2001:db8:0:1:ffff::2")!, limit: 3), "the same /64")
        #expect(directory.addConnection(from: IPAddress("2001:db8:0:2::1")!, limit: 3))
        #expect(directory.addConnection(from: ip("192.0.2.1"), limit: 1))
        #expect(!directory.addConnection(from: ip("192.0.2.1"), limit: 1))
        #expect(directory.addConnection(from: ip("192.0.2.2"), limit: 1))
        directory.removeConnection(from: network)
        #expect(directory.addConnection(from: network, limit: 3))
    }

    @Test func reservedPortIsNobodys() throws {
        let directory = RelayFixture.directory()
        var random = SplitMix(state: 1)
        let claimed = try #require(directory.claim(request(7, even: true, reserve: true), using: &random))
        let next = TransportAddress(ip: claimed.bound.ip, port: claimed.bound.port + 1)
        #expect(claimed.bound.port % 2 == 0)
        #expect(directory.lookup(next) == nil)
        #expect(directory.freePorts(.ipv4) == directory.totalPorts(.ipv4) - 2)
    }

    @Test func oddRangesHaveNoPairAtTheirEnds() {
        let directory = RelayFixture.directory(ports: 50_001...50_002)
        var random = SplitMix(state: 1)
        #expect(directory.claim(request(1, even: true, reserve: true), using: &random) == nil)
        #expect(directory.claim(request(1, even: true), using: &random)?.bound.port == 50_002)
    }

    @Test func severalAddressesFormOnePool() {
        let directory = RelayFixture.directory(
            ports: 50_000...50_009,
            addresses: [RelayAddressPair(bound: ip("9.9.9.1")), RelayAddressPair(bound: ip("9.9.9.2"))])
        var random = SplitMix(state: 1)
        var claimed: [TransportAddress] = []
        for relay in 0..<20 as Range<UInt32> { claimed.append(directory.claim(request(relay), using: &random)!.bound) }
        #expect(Set(claimed).count == 20)
        #expect(claimed.count { $0.ip == ip("9.9.9.1") } == 10)
    }

    @Test func loopsThatClaimAtTheSameTimeNeverGetTheSamePort() async {
        let directory = RelayFixture.directory(ports: 50_000...50_999)
        for round in 0..<20 {
            let claimed = await withTaskGroup(of: [TransportAddress].self) { group in
                for loop in 0..<4 as Range<UInt8> {
                    group.addTask {
                        var random = SplitMix(state: UInt64(loop) + UInt64(round) * 100)
                        var mine: [TransportAddress] = []
                        while let port = directory.claim(
                            RelayRequest(
                                relay: 1, owner: RelayOwner(loop: loop, relay: 1, generation: 1), family: .ipv4),
                            using: &random)
                        { mine.append(port.bound) }
                        return mine
                    }
                }
                return await group.reduce(into: []) { $0 += $1 }
            }
            #expect(claimed.count == 1000 && Set(claimed).count == 1000)
            for bound in claimed { directory.release(bound) }
            #expect(directory.freePorts() == directory.totalPorts())
        }
    }

    /// Four loops, one user: never more allocations than the quota.
    @Test func quotaHoldsWhenLoopsAllocateAtTheSameTime() async throws {
        let directory = RelayFixture.directory()
        let total = await withTaskGroup(of: Int.self) { group in
            for loop in 0..<4 as Range<UInt8> {
                group.addTask {
                    let fixture = RelayFixture(loop: loop, directory: directory) { $0.quotas.allocationsPerUser = 10 }
                    var made = 0
                    for port in 0..<10 {
                        let client = TestClient(fixture, "8.8.4.\(loop):\(5000 + port)")
                        if (try? client.allocate().isSuccess) ?? false { made += 1 }
                    }
                    return made
                }
            }
            return await group.reduce(0, +)
        }
        #expect((1...10).contains(total))
    }
}
