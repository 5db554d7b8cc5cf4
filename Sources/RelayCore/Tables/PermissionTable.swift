internal import STUN

/// A permission [RFC 8656 9]: packets pass between an allocation and an address, whatever its port. 48 bytes.
struct Permission: BitwiseCopyable {
    /// The peer's address.
    var ip: IPAddress
    /// What the policy said about it.
    var flags: PeerFlags
    /// The allocation it belongs to.
    var allocation: UInt32
    /// When it ends.
    var expiry: Instant
    /// The next and the previous permission of the same allocation.
    var next: UInt32
    var previous: UInt32
}

/// All permissions of one loop, found by address.
struct PermissionTable: ~Copyable {
    private var pool: SlotPool<Permission>
    private var byAddress = HashIndex()
    private let key: TableKey

    init(capacity: Int, key: TableKey) {
        pool = SlotPool(capacity: capacity)
        self.key = key
    }

    var count: Int { pool.count }
    var freeCount: Int { pool.capacity - pool.count }

    @inline(__always)
    subscript(slot: UInt32) -> Permission {
        @inline(__always) _read { yield pool[slot] }
        @inline(__always) _modify { yield &pool[slot] }
    }

    /// The permission for this address, expired or not.
    @inline(__always)
    func find(_ allocation: UInt32, _ ip: IPAddress) -> UInt32? {
        byAddress.find(key.hash(allocation, ip)) { pool[$0].ip == ip && pool[$0].allocation == allocation }
    }

    /// Adds a permission in front of its allocation's list; nil when the table is full.
    mutating func insert(_ permission: Permission, first: inout UInt32) -> UInt32? {
        guard let slot = pool.take(else: permission) else { return nil }
        pool[slot] = permission
        pool[slot].previous = noSlot
        pool[slot].next = first
        if first != noSlot { pool[first].previous = slot }
        first = slot
        byAddress.insert(key.hash(permission.allocation, permission.ip), slot)
        return slot
    }

    /// Removes a permission from its allocation's list.
    mutating func remove(_ slot: UInt32, first: inout UInt32) {
        let permission = pool[slot]
        byAddress.remove(key.hash(permission.allocation, permission.ip), slot)
        if permission.previous == noSlot {
            first = permission.next
        } else {
            pool[permission.previous].next = permission.next
        }
        if permission.next != noSlot { pool[permission.next].previous = permission.previous }
        pool[slot].allocation = noSlot
        pool.put(back: slot)
    }

    var indexByteCount: Int { byAddress.byteCount }
}
