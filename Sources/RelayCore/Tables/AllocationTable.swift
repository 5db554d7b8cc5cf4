internal import BasicContainers

/// What only requests and timers need of allocations, by slot.
struct AllocationDetailsTable: ~Copyable {
    private var records: RigidArray<AllocationDetails>

    init(capacity: Int) { records = RigidArray(capacity: capacity) }

    /// One more than the highest slot ever used.
    var count: Int { records.count }

    subscript(slot: UInt32) -> AllocationDetails {
        @inline(__always) _read { yield records[Int(slot)] }
        @inline(__always) _modify { yield &records[Int(slot)] }
    }

    /// Makes the slot usable; slots are used in their order.
    mutating func makeRoom(for slot: UInt32) {
        if Int(slot) == records.count { records.append(AllocationDetails()) }
    }
}

/// All allocations of one loop, found by five-tuple.
struct AllocationTable: ~Copyable {
    /// By slot.
    var hot: SlotPool<Allocation>
    /// By the same slot.
    var details: AllocationDetailsTable
    private var byTuple = HashIndex()
    private let key: TableKey

    init(capacity: Int, key: TableKey) {
        hot = SlotPool(capacity: capacity)
        details = AllocationDetailsTable(capacity: capacity)
        self.key = key
    }

    /// Slots in use.
    var count: Int { hot.count }
    var isFull: Bool { hot.isFull }

    @inline(__always)
    subscript(slot: UInt32) -> Allocation {
        @inline(__always) _read { yield hot[slot] }
        @inline(__always) _modify { yield &hot[slot] }
    }

    /// The slot of the allocation on this five-tuple.
    @inline(__always)
    func find(_ tuple: FiveTuple) -> UInt32? {
        byTuple.find(key.hash(tuple)) { hot[$0].tuple == tuple }
    }

    /// Takes a slot for an allocation; nil when all are in use.
    mutating func insert(_ allocation: Allocation) -> UInt32? {
        guard let slot = hot.take(else: allocation) else { return nil }
        hot[slot] = allocation
        details.makeRoom(for: slot)
        let generation = details[slot].generation &+ 1
        details[slot] = AllocationDetails()
        details[slot].generation = generation == 0 ? 1 : generation
        details[slot].state = .opening
        byTuple.insert(key.hash(allocation.tuple), slot)
        return slot
    }

    /// Frees a slot.
    mutating func remove(_ slot: UInt32) {
        byTuple.remove(key.hash(hot[slot].tuple), slot)
        details[slot].state = .free
        hot.put(back: slot)
    }

    /// Whether the slot holds the allocation of this generation.
    func holds(_ slot: UInt32, generation: UInt32) -> Bool {
        Int(slot) < details.count && details[slot].state == .live && details[slot].generation == generation
    }

    /// One more than the highest slot ever used.
    var slotsUsed: UInt32 { UInt32(details.count) }

    var indexByteCount: Int { byTuple.byteCount }
}
