import RelayCore
import STUN
import Testing

/// State from spoofed packets: conformance, section 6.
@Suite struct SpoofedStateTests {
    /// In a process of its own, where no other test's memory counts.
    @Test func aMillionSpoofedRequestsGrowNoTable() async {
        await #expect(processExitsWith: .success) {
            let fixture = RelayFixture()
            let client = try TestClient(fixture).allocated()
            var request = RequestBuilder(.allocate, id: TransactionID(high: 1, low: 1))
            request.transport()
            let messages = [request.bytes, RequestBuilder(.binding, id: TransactionID(high: 1, low: 2)).bytes]
            var buffer = [UInt8](repeating: 0, count: Relay.replyByteCount)
            var span = buffer.mutableSpan
            var raw = span.mutableBytes
            var before = 0
            for step in 0..<1_000_000 as Range<UInt32> {
                // What is loaded at the first use is no growth.
                if step == 1000 { before = residentBytes() }
                let source = TransportAddress(ip: IPAddress(ipv4: 0x1000_0000 &+ step &* 257), port: 5000)
                let route = ClientRoute(tuple: FiveTuple(client: source, listener: 0, transport: .udp))
                let message = messages[Int(step % 2)]
                _ = fixture.relay.receive(
                    message: message.span.bytes, from: route, now: fixture.now, reply: &raw)
            }
            let growth = residentBytes() - before
            #expect(growth < 1 << 20, "\(growth) bytes")
            #expect(fixture.relay.allocationCount == 1)
            #expect(fixture.relay.counters.users == 1)
            #expect(fixture.hasNoEffects())
            #expect(fixture.relay.refusals(limit: 10).isEmpty)
            #expect(fixture.relay.counters.requests(.allocate, .unauthenticated) > 0)
            #expect(fixture.relay.counters.requests(.binding, .success) > 0)
            #expect(try client.refresh().isSuccess)
        }
    }

    @Test func spoofedDataLeavesNothingBehind() throws {
        let fixture = RelayFixture()
        for step in 0..<100_000 as Range<UInt32> {
            let source = TransportAddress(ip: IPAddress(ipv4: 0x1000_0000 &+ step), port: 5000)
            let tuple = FiveTuple(client: source, listener: 0, transport: .udp)
            let verdict = fixture.relay.forward(
                channel: 0x4000, datagrams: 1, payloadBytes: 1, from: tuple, now: fixture.now)
            #expect(verdict == .drop(.noAllocation))
        }
        #expect(fixture.relay.counters.drops(.noAllocation) == 100_000)
        #expect(fixture.relay.nextDeadline == nil)
    }
}
