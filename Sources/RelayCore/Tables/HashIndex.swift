internal import BasicContainers

/// Finds slots by the hash of their keys: open addressing with linear probing; the keys themselves stay in the records.
///
/// Entries are removed by shifting their successors back, so there are no tombstones and a table that has seen a
/// million keys come and go probes as fast as a new one. It doubles when five eighths are used, which happens on the
/// control path and at most as far as the pools that its slots come from allow.
struct HashIndex: ~Copyable {
    // A word holds the hash in its upper half and the slot plus one in its lower half; 0 is empty.
    private var words: RigidArray<UInt64>
    private var mask: Int
    /// Entries in the table.
    private(set) var count = 0

    init(initialCapacity: Int = 256) {
        words = RigidArray(capacity: initialCapacity)
        mask = initialCapacity - 1
        for _ in 0..<initialCapacity { words.append(0) }
    }

    /// The slot with this hash whose record `matches`.
    @inline(__always)
    func find(_ hash: UInt32, where matches: (UInt32) -> Bool) -> UInt32? {
        var position = Int(hash) & mask
        while true {
            let word = words[position]
            if word == 0 { return nil }
            if UInt32(truncatingIfNeeded: word &>> 32) == hash {
                let slot = UInt32(truncatingIfNeeded: word) &- 1
                if matches(slot) { return slot }
            }
            position = (position &+ 1) & mask
        }
    }

    /// Adds a slot under a hash; the caller knows that it is not there yet.
    mutating func insert(_ hash: UInt32, _ slot: UInt32) {
        if (count + 1) * 8 > words.count * 5 { grow() }
        place(UInt64(hash) << 32 | UInt64(slot + 1))
        count += 1
    }

    /// Removes the slot that was inserted under this hash.
    mutating func remove(_ hash: UInt32, _ slot: UInt32) {
        let word = UInt64(hash) << 32 | UInt64(slot + 1)
        var hole = Int(hash) & mask
        while words[hole] != word {
            if words[hole] == 0 { return }
            hole = (hole &+ 1) & mask
        }
        count -= 1
        var next = (hole &+ 1) & mask
        while words[next] != 0 {
            let home = Int(truncatingIfNeeded: words[next] >> 32) & mask
            // What lies between its home and here without the hole in between stays where it is.
            if (next &- home) & mask >= (next &- hole) & mask {
                words[hole] = words[next]
                hole = next
            }
            next = (next &+ 1) & mask
        }
        words[hole] = 0
    }

    private mutating func place(_ word: UInt64) {
        var position = Int(truncatingIfNeeded: word >> 32) & mask
        while words[position] != 0 { position = (position &+ 1) & mask }
        words[position] = word
    }

    private mutating func grow() {
        var old = RigidArray<UInt64>(capacity: words.count * 2)
        for _ in 0..<words.count * 2 { old.append(0) }
        swap(&old, &words)
        mask = words.count - 1
        for position in 0..<old.count where old[position] != 0 { place(old[position]) }
    }

    /// Bytes of memory the table takes.
    var byteCount: Int { words.count * 8 }
}
