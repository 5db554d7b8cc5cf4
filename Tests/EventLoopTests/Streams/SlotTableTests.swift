import Testing

@testable import EventLoop

/// Slots of connections and passages: reused, bounded, and told apart by their generation.
struct SlotTableTests {
    @Test func aFullTableRefuses() {
        var table = SlotTable<Passage>(capacity: 2)
        #expect(table.add(Passage(connection: 10)) == 0)
        #expect(table.add(Passage(connection: 11)) == 1)
        #expect(table.add(Passage(connection: 12)) == nil)
        #expect(table.count == 2)
    }

    @Test func aReusedSlotHasAnotherGeneration() {
        var table = SlotTable<Passage>(capacity: 2)
        let slot = table.add(Passage(connection: 10))!
        let generation = table[slot].pointee.generation
        table.remove(slot)
        #expect(table[slot].pointee.state == .free && table.count == 0)
        #expect(table.add(Passage(connection: 11)) == slot)
        #expect(table[slot].pointee.generation != generation)
        #expect(table[slot].pointee.connection == 11)
        #expect(table.highWater == 1)
    }

    @Test func freeSlotsAreTakenLastInFirstOut() {
        var table = SlotTable<Passage>(capacity: 3)
        for connection in 0..<3 { #expect(table.add(Passage(connection: UInt32(connection))) != nil) }
        table.remove(0)
        table.remove(2)
        #expect(table.add(Passage(connection: 5)) == 2)
        #expect(table.add(Passage(connection: 6)) == 0)
        #expect(table.add(Passage(connection: 7)) == nil)
    }
}
