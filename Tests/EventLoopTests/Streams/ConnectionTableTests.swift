import RelayCore
import STUN
import Testing

@testable import EventLoop

/// Slots of connections: reused, bounded, and told apart by their generation.
struct ConnectionTableTests {
    private let tuple = FiveTuple(
        client: TransportAddress(ip: IPAddress(ipv4: 0xC000_0201), port: 5_000), listener: 1, transport: .tcp)

    @Test func aFullTableRefuses() {
        var table = ConnectionTable(capacity: 2)
        #expect(table.add(descriptor: 10, tuple: tuple, now: 0) == 0)
        #expect(table.add(descriptor: 11, tuple: tuple, now: 0) == 1)
        #expect(table.add(descriptor: 12, tuple: tuple, now: 0) == nil)
        #expect(table.count == 2)
    }

    @Test func aReusedSlotHasAnotherGeneration() {
        var table = ConnectionTable(capacity: 2)
        let slot = table.add(descriptor: 10, tuple: tuple, now: 0)!
        let generation = table[slot].pointee.generation
        table.remove(slot)
        #expect(table.add(descriptor: 11, tuple: tuple, now: 0) == slot)
        #expect(table[slot].pointee.generation != generation)
        #expect(table[slot].pointee.descriptor == 11)
        #expect(table.highWater == 1)
    }
}
