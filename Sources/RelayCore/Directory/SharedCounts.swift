internal import BasicContainers
internal import Synchronization

/// Counts things by key across loops, without a lock and in fixed memory.
///
/// A word holds 48 bits of the key's hash and a count of 16 bits. A key may stand in any word of two buckets that its
/// hash names, and comes into the emptier one: with half of the words in use no bucket gets full. A word whose count
/// falls to 0 is free at once, so nothing has ever to be cleaned up. Two loops that meet the same new key in the same
/// instant may give it two words; the sum over both buckets counts, so no harm is done.
final class SharedCounts: Sendable {
    private let words: RigidArray<Atomic<UInt64>>
    private let key: TableKey
    private let mask: Int

    /// Words of one bucket: a cache line.
    private static var bucket: Int { 8 }
    private static var countMask: UInt64 { 0xFFFF }

    /// Room for at least `capacity` keys.
    init(capacity: Int, key: TableKey) {
        var count = 256
        while count < capacity, count < 1 << 24 { count *= 2 }
        var words = RigidArray<Atomic<UInt64>>(capacity: count)
        for _ in 0..<count { words.append(Atomic(0)) }
        self.words = words
        self.key = key
        mask = count - 1
    }

    /// Adds one to the count of `id` unless that makes it exceed `limit`, or no word is free (which a keyed hash, two
    /// buckets to choose from and twice as many words as keys make a matter of theory).
    func add(_ id: UInt64, limit: Int) -> Bool {
        let hash = key.hash(id, 0)
        guard let position = addOne(hash) else { return false }
        // Counted first, then compared: of two loops that meet here, at most one too few gets through, never one too
        // many.
        guard count(hash) <= limit else {
            words[position].subtract(1, ordering: .acquiringAndReleasing)
            clearIfZero(position)
            return false
        }
        return true
    }

    /// Takes one from the count of `id`.
    func subtract(_ id: UInt64) {
        let hash = key.hash(id, 0)
        let tag = hash & ~Self.countMask
        for step in 0..<2 * Self.bucket {
            let position = position(hash, step)
            var word = words[position].load(ordering: .acquiring)
            while word & ~Self.countMask == tag, word & Self.countMask > 0 {
                let rest = word & Self.countMask == 1 ? 0 : word - 1
                let result = words[position]
                    .compareExchange(expected: word, desired: rest, ordering: .acquiringAndReleasing)
                if result.exchanged { return }
                word = result.original
            }
        }
    }

    /// The count of `id`.
    func count(of id: UInt64) -> Int { count(key.hash(id, 0)) }

    private func count(_ hash: UInt64) -> Int {
        let tag = hash & ~Self.countMask
        var sum = 0
        for step in 0..<2 * Self.bucket {
            let word = words[position(hash, step)].load(ordering: .acquiring)
            if word & ~Self.countMask == tag { sum += Int(word & Self.countMask) }
        }
        return sum
    }

    private func addOne(_ hash: UInt64) -> Int? {
        let tag = hash & ~Self.countMask
        for _ in 0..<8 {
            // The last empty word of each bucket, and how many it has.
            var empty: [2 of (step: Int, count: Int)] = .init(repeating: (0, 0))
            for step in 0..<2 * Self.bucket {
                let position = position(hash, step)
                var word = words[position].load(ordering: .acquiring)
                if word == 0 {
                    empty[step / Self.bucket] = (step, empty[step / Self.bucket].count + 1)
                    continue
                }
                while word & ~Self.countMask == tag, word & Self.countMask < Self.countMask, word != 0 {
                    let result = words[position]
                        .compareExchange(expected: word, desired: word + 1, ordering: .acquiringAndReleasing)
                    if result.exchanged { return position }
                    word = result.original
                }
            }
            let emptier = empty[0].count >= empty[1].count ? empty[0] : empty[1]
            guard emptier.count > 0 else { return nil }
            let free = position(hash, emptier.step)
            if words[free].compareExchange(expected: 0, desired: tag | 1, ordering: .acquiringAndReleasing).exchanged {
                return free
            }
        }
        return nil
    }

    /// The words that a key may stand in: those of its first bucket, then those of its second one, which is another.
    private func position(_ hash: UInt64, _ step: Int) -> Int {
        let buckets = mask & ~(Self.bucket - 1)
        let first = Int(truncatingIfNeeded: hash) & buckets
        guard step >= Self.bucket else { return first &+ step }
        let second = Int(truncatingIfNeeded: hash &>> 40) & buckets
        return (second == first ? first ^ Self.bucket : second) &+ step &- Self.bucket
    }

    private func clearIfZero(_ position: Int) {
        let word = words[position].load(ordering: .acquiring)
        if word & Self.countMask == 0, word != 0 {
            _ = words[position].compareExchange(expected: word, desired: 0, ordering: .acquiringAndReleasing)
        }
    }
}
