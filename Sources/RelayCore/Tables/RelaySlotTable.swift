internal import STUN

/// A relayed transport address: what the loop has a socket for.
struct RelaySlot: BitwiseCopyable {
    /// The allocation it belongs to.
    var allocation: UInt32
    /// How many sockets this slot has held, this one included; never 0 while in use.
    var generation: UInt32
    /// The local address of the socket.
    var bound: TransportAddress
    /// What clients and peers call it.
    var external: TransportAddress
    /// Whether there is a socket.
    var isOpen: Bool
}

/// All relayed transport addresses of one loop. An allocation has one or two.
struct RelaySlotTable: ~Copyable {
    private var pool: SlotPool<RelaySlot>

    init(capacity: Int) { pool = SlotPool(capacity: min(capacity, 0xFF_FFFE)) }

    @inline(__always)
    subscript(slot: UInt32) -> RelaySlot {
        @inline(__always) _read { yield pool[slot] }
        @inline(__always) _modify { yield &pool[slot] }
    }

    /// Takes a slot for an allocation; nil when all are in use.
    mutating func insert(allocation: UInt32) -> UInt32? {
        let nowhere = TransportAddress(ip: .anyIPv4, port: 0)
        let empty = RelaySlot(allocation: noSlot, generation: 0, bound: nowhere, external: nowhere, isOpen: false)
        guard let slot = pool.take(else: empty) else { return nil }
        let generation = pool[slot].generation &+ 1
        pool[slot] = empty
        pool[slot].allocation = allocation
        pool[slot].generation = generation == 0 ? 1 : generation
        return slot
    }

    /// Frees a slot.
    mutating func remove(_ slot: UInt32) {
        pool[slot].isOpen = false
        pool[slot].allocation = noSlot
        pool.put(back: slot)
    }

    /// Whether there is an open socket in this slot.
    @inline(__always)
    func isOpen(_ slot: UInt32) -> Bool { pool.contains(slot) && pool[slot].isOpen }

    /// Whether the slot is in use.
    func isUsed(_ slot: UInt32) -> Bool { pool.contains(slot) && pool[slot].allocation != noSlot }

    var count: Int { pool.count }
}
