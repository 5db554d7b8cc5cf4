internal import BasicContainers

/// Records of one kind in one block of memory that never grows and never moves: a record's slot is its name.
///
/// The block is reserved at the start and touched only as far as it is used; the slot freed last is used next, while
/// it is still in the cache.
struct SlotPool<Record: BitwiseCopyable>: ~Copyable {
    /// The records; free ones keep what they held last. The data path changes them here, in place: a call of the
    /// subscript below is not inlined when it modifies.
    var records: RigidArray<Record>
    private var free: RigidArray<UInt32>

    init(capacity: Int) {
        records = RigidArray(capacity: capacity)
        free = RigidArray(capacity: capacity)
    }

    /// Whether the slot was ever used.
    @inline(__always)
    func contains(_ slot: UInt32) -> Bool { Int(slot) < records.count }

    /// Slots in use.
    var count: Int { records.count - free.count }
    var capacity: Int { records.capacity }
    var isFull: Bool { free.isEmpty && records.isFull }

    @inline(__always)
    subscript(slot: UInt32) -> Record {
        @inline(__always) _read { yield records[Int(slot)] }
        @inline(__always) _modify { yield &records[Int(slot)] }
    }

    /// A slot that holds `record` if it was never used before, else what it held last; nil when all are in use.
    mutating func take(else record: @autoclosure () -> Record) -> UInt32? {
        if let slot = free.popLast() { return slot }
        guard !records.isFull else { return nil }
        records.append(record())
        return UInt32(records.count - 1)
    }

    /// Gives a slot back.
    mutating func put(back slot: UInt32) { free.append(slot) }
}

/// Stands for "no slot" in links and hints.
@inline(__always) var noSlot: UInt32 { .max }
