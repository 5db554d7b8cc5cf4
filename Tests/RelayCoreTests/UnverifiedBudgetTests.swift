import RelayCore
import STUN
import Testing

/// The budget for answers to sources that have not proved their return path: conformance, section 6.
@Suite struct UnverifiedBudgetTests {
    /// A first Allocate. Its transaction does not matter: every one of them is a stranger's.
    private static let firstAllocate: [UInt8] = {
        var request = RequestBuilder(.allocate, id: TransactionID(high: 1, low: 1))
        request.transport()
        return request.bytes
    }()

    private func allocate(_ fixture: RelayFixture) -> [UInt8] { Self.firstAllocate }

    private func route(_ text: String) -> ClientRoute {
        ClientRoute(tuple: FiveTuple(client: address(text), listener: 0, transport: .udp))
    }

    @Test(arguments: [STUN.Method.allocate, .binding])
    func floodFromAPrefixThatNeverAuthenticatesIsAnsweredWithFewerBytesThanItAsks(_ method: STUN.Method) {
        let fixture = RelayFixture()
        // Ten seconds at a megabit per second, from all over one /24.
        var asked = 0
        var answered = 0
        var step = 0
        while asked < 1_250_000 {
            let request =
                method == .allocate ? allocate(fixture) : RequestBuilder(.binding, id: fixture.transactionID()).bytes
            let source = route("7.7.7.\(step % 256):\(1024 + step % 60_000)")
            asked += request.count
            answered += fixture.receive(request, from: source).reply.count
            if step % (method == .allocate ? 45 : 62) == 0 { fixture.advance(milliseconds: 10) }
            step += 1
        }
        #expect(answered > 0)
        #expect(answered <= asked)
        #expect(fixture.relay.counters.unverifiedBytesAsked == UInt64(asked))
        #expect(fixture.relay.counters.unverifiedBytesAnswered == UInt64(answered))
        #expect(fixture.relay.counters.drops(.unverifiedBudget) > 0)
    }

    @Test func floodOfOnePrefixCostsOtherPrefixesNothing() throws {
        let fixture = RelayFixture()
        for step in 0..<10_000 { _ = fixture.receive(allocate(fixture), from: route("7.7.7.7:\(1024 + step)")) }
        try TestClient(fixture, "7.7.8.7:5000").allocated()
    }

    @Test func floodWithWrongIntegrityIsBudgetedToo() throws {
        let fixture = RelayFixture()
        let client = TestClient(fixture, "7.7.7.7:5000", Login("alice", "wrong"))
        try client.fetchNonce()
        var answered = 0
        for _ in 0..<5000 { answered += fixture.receive(client.request(.refresh), from: client.route).reply.count }
        let asked = 5000 * client.request(.refresh).count
        #expect(answered < asked / 2 + 131_072 + 4096)
    }

    @Test func prefixesOfIPv6AreSlash56() {
        let fixture = RelayFixture()
        for step in 0..<10_000 {
            _ = fixture.receive(allocate(fixture), from: route("[2a00:7:7:7\(step % 10)::\(step % 100)]:5000"))
        }
        // 2a00:7:7:70 to 79 share 2a00:7:7::/56; 2a00:7:7:170 does not.
        var refused = 0
        for _ in 0..<10 {
            if fixture.receive(allocate(fixture), from: route("[2a00:7:7:ff::1]:1")).reply.isEmpty { refused += 1 }
        }
        #expect(refused > 0)
        #expect(!fixture.receive(allocate(fixture), from: route("[2a00:7:7:170::1]:1")).reply.isEmpty)
    }

    /// A hospital: 500 clients behind one address, all in the same second, after the relay was started anew.
    /// The retransmission schedule of RFC 8489 6.2.1: 500 ms, doubled, seven times.
    @Test(arguments: [false, true]) func fiveHundredClientsBehindOneAddressGetThroughWithinTheirRetransmissions(
        _ underFlood: Bool
    ) throws {
        let fixture = RelayFixture { $0.quotas.allocationsPerUser = 500 }
        if underFlood {
            // The prefix has used up its burst already.
            for step in 0..<5000 { _ = fixture.receive(allocate(fixture), from: route("7.7.7.8:\(1024 + step)")) }
        }
        var waiting = (0..<500).map { TestClient(fixture, "7.7.7.7:\(5000 + $0)") }
        for wait in [500, 1000, 2000, 4000, 8000, 16_000, 0] as [UInt64] {
            waiting.removeAll { client in
                if client.nonce.isEmpty {
                    let reply = fixture.receive(allocate(fixture), from: client.route).reply
                    guard let challenge = try? Reply(reply), let nonce = challenge.nonce else { return false }
                    client.nonce = nonce
                }
                let reply = fixture.receive(client.request(.allocate) { $0.transport() }, from: client.route).reply
                return (try? Reply(reply).isSuccess) ?? false
            }
            fixture.advance(milliseconds: wait)
        }
        #expect(waiting.isEmpty, "\(waiting.count) clients got nowhere")
        #expect(fixture.relay.allocationCount == 500)
    }

    @Test func prefixWithARecentAuthenticationGetsALargeBudget() throws {
        let fixture = RelayFixture()
        try TestClient(fixture, "7.7.7.7:5000").allocated()
        for step in 0..<10_000 {
            #expect(!fixture.receive(allocate(fixture), from: route("7.7.7.9:\(1024 + step)")).reply.isEmpty)
        }
        fixture.advance(seconds: 3601)
        var answered = 0
        for step in 0..<10_000 {
            answered += fixture.receive(allocate(fixture), from: route("7.7.7.9:\(1024 + step)")).reply.count
        }
        #expect(answered < 10_000 * 28 / 2 + 131_072 + 92)
    }

    @Test func manyPrefixesInTurnGetNoFreshBursts() {
        let fixture = RelayFixture { $0.budgets.unverifiedBurstBytes = 1000 }
        var answered = 0
        // More prefixes than the table holds, each asking for all it can get, round after round.
        for _ in 0..<2 {
            for prefix in 0..<10_000 {
                for _ in 0..<12 {
                    let source = route("7.\(prefix / 256).\(prefix % 256).7:5000")
                    answered += fixture.receive(allocate(fixture), from: source).reply.count
                }
            }
        }
        let asked = 2 * 10_000 * 12 * 28
        #expect(answered <= asked / 2 + 8192 * 1000)
    }

    @Test func streamsHaveProvedTheirReturnPath() {
        let fixture = RelayFixture { $0.budgets.unverifiedBurstBytes = 0 }
        let stream = ClientRoute(tuple: FiveTuple(client: address("7.7.7.7:5000"), listener: 0, transport: .tcp))
        for _ in 0..<1000 { #expect(!fixture.receive(allocate(fixture), from: stream).reply.isEmpty) }
        #expect(fixture.relay.counters.unverifiedBytesAsked == 0)
    }
}
