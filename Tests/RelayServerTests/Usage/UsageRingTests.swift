import RelayCore
import Testing

@testable import RelayServer

/// The latest usage records: numbered without gaps, bounded, and honest about what was overwritten.
struct UsageRingTests {
    private func ring(_ count: UInt32, capacity: Int = 8) -> UsageRing {
        let ring = UsageRing(capacity: capacity)
        ring.append((0..<count).map { .sample($0, ended: false) })
        return ring
    }

    @Test func anEmptyRingHasNothing() {
        let page = ring(0).page(after: 0, limit: 10)
        #expect(page.records.isEmpty && page.lost == 0 && page.next == 0)
    }

    @Test func aReaderGetsEveryRecordOnceInPagesOfAnySize() {
        let ring = ring(0, capacity: 64)
        for limit in 1...7 {
            let written = (0..<40).map { UsageRecord.sample($0, ended: true) }
            let before = ring.page(after: .max, limit: 1).next
            ring.append(written)
            var read: [UsageRecord] = []
            var next = before
            while true {
                let page = ring.page(after: next, limit: limit)
                if page.records.isEmpty { break }
                #expect(page.first == next + 1 && page.lost == 0 && page.records.count <= limit)
                read += page.records
                next = page.next
            }
            #expect(read == written)
        }
    }

    @Test func whatWasOverwrittenIsCounted() {
        let page = ring(20).page(after: 3, limit: 5)
        #expect(page.lost == 9 && page.first == 13 && page.next == 17)
        #expect(page.records.map(\.allocation.index) == [12, 13, 14, 15, 16])
        #expect(ring(20).page(after: 12, limit: 100).lost == 0)
        #expect(ring(20).page(after: 11, limit: 100).lost == 1)
    }

    @Test func aNumberFromAnotherRunFindsNothing() {
        for sequence in [20, 21, .max] {
            let page = ring(20).page(after: sequence, limit: 5)
            #expect(page.records.isEmpty && page.lost == 0 && page.next == 20)
        }
    }

    @Test func everyRunHasAnotherName() {
        #expect(UsageRing().epoch != UsageRing().epoch)
    }

    @Test func recordsAreAsOldAsTheirAllocation() {
        let record = UsageRecord.sample(1, ended: true)
        #expect(record.endedAt! - record.startedAt == 61_000)
        #expect(UsageRecord.sample(1, ended: false).endedAt == nil)
    }
}
