internal import BasicContainers

/// What the data path needs of a user.
struct User: BitwiseCopyable {
    /// Stable hash of the name.
    var id: UInt64
    /// What all allocations of the user in this loop may relay together.
    var bucket: TokenBucket
    /// Allocations in this loop.
    var allocations: UInt32
}

/// Users with allocations in one loop. Names live beside the records, so that the data path touches no reference.
struct UserTable: ~Copyable {
    var pool: SlotPool<User>
    private var names: RigidArray<UserName>
    private var byID = HashIndex()
    private let key: TableKey

    init(capacity: Int, key: TableKey) {
        pool = SlotPool(capacity: capacity)
        names = RigidArray(capacity: capacity)
        self.key = key
    }

    var count: Int { pool.count }

    @inline(__always)
    subscript(slot: UInt32) -> User {
        @inline(__always) _read { yield pool[slot] }
        @inline(__always) _modify { yield &pool[slot] }
    }

    func name(_ slot: UInt32) -> UserName { names[Int(slot)] }

    /// The slot of a user, taken anew at the first allocation; nil when the table is full.
    mutating func retain(_ id: UInt64, name: @autoclosure () -> UserName, bucket: TokenBucket) -> UInt32? {
        let hash = hash(id)
        if let slot = byID.find(hash, where: { pool[$0].id == id }) {
            pool[slot].allocations += 1
            return slot
        }
        let user = User(id: id, bucket: bucket, allocations: 1)
        guard let slot = pool.take(else: user) else { return nil }
        pool[slot] = user
        if Int(slot) == names.count { names.append(name()) } else { names[Int(slot)] = name() }
        byID.insert(hash, slot)
        return slot
    }

    /// One allocation less; the slot is free after the last one.
    mutating func release(_ slot: UInt32) {
        pool[slot].allocations -= 1
        guard pool[slot].allocations == 0 else { return }
        byID.remove(hash(pool[slot].id), slot)
        names[Int(slot)] = UserName(username: "", id: nil)
        pool.put(back: slot)
    }

    private func hash(_ id: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: key.hash(id, 1) >> 32) }
}

/// What a user is called.
struct UserName {
    /// The whole username.
    var username: String
    /// The identifier inside a time-limited username.
    var id: String?
}
