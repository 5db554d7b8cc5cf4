import Testing

@testable import RelayCore

@Suite("Counts that loops share")
struct SharedCountsTests {
    static let keys = 65_536

    /// As `RelayDirectory` makes it for the default limit on allocations: twice as many words as keys.
    let counts = SharedCounts(capacity: 2 * keys, key: TableKey(11, 13))

    @Test("as many keys as there are allocations find a place, and again when they have gone", arguments: [1, 2, 3])
    func full(seed: UInt64) {
        let counts = SharedCounts(capacity: 2 * Self.keys, key: TableKey(seed, ~seed))
        for round in 0..<3 {
            let ids = (0..<UInt64(Self.keys)).map { $0 &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(round) }
            let refused = ids.filter { !counts.add($0, limit: 1) }
            #expect(refused.isEmpty, "\(refused.count) of \(ids.count) found no place")
            #expect(ids.allSatisfy { counts.count(of: $0) == 1 })
            for id in ids { counts.subtract(id) }
            #expect(ids.allSatisfy { counts.count(of: $0) == 0 })
        }
    }

    @Test("a limit is held, and what was refused is not counted")
    func limit() {
        for _ in 0..<5 { #expect(counts.add(7, limit: 5)) }
        #expect(!counts.add(7, limit: 5) && counts.count(of: 7) == 5)
        counts.subtract(7)
        #expect(counts.add(7, limit: 5) && !counts.add(7, limit: 5))
    }

    @Test("the smallest table keeps keys apart")
    func small() {
        let counts = SharedCounts(capacity: 1, key: TableKey(1, 2))
        for id in 0..<UInt64(64) {
            for _ in 0...id { #expect(counts.add(id, limit: 100)) }
        }
        for id in 0..<UInt64(64) { #expect(counts.count(of: id) == Int(id) + 1) }
    }
}
