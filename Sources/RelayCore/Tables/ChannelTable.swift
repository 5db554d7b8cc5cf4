internal import STUN

/// A channel binding [RFC 8656 12]: 56 bytes.
struct Channel: BitwiseCopyable {
    /// Where its data goes and comes from.
    var peer: TransportAddress
    /// Its number.
    var number: UInt16
    /// What the policy said about the peer.
    var flags: PeerFlags
    /// The allocation it belongs to.
    var allocation: UInt32
    /// The relay slot of the peer's family.
    var relay: UInt32
    /// Until when data passes: the end of the binding or of the peer's permission, whichever comes first. One compare
    /// decides on the data path.
    var usableUntil: Instant
    /// When the binding ends.
    var expiry: Instant
    /// The next and the previous channel of the same allocation.
    var next: UInt32
    var previous: UInt32
}

/// All channels of one loop, found by number and by peer.
struct ChannelTable: ~Copyable {
    private var pool: SlotPool<Channel>
    private var byNumber = HashIndex()
    private var byPeer = HashIndex()
    private let key: TableKey

    init(capacity: Int, key: TableKey) {
        pool = SlotPool(capacity: capacity)
        self.key = key
    }

    var count: Int { pool.count }
    var isFull: Bool { pool.isFull }

    @inline(__always)
    subscript(slot: UInt32) -> Channel {
        @inline(__always) _read { yield pool[slot] }
        @inline(__always) _modify { yield &pool[slot] }
    }

    /// The channel of this number, expired or not.
    @inline(__always)
    func find(_ allocation: UInt32, number: UInt16) -> UInt32? {
        byNumber.find(key.hash(allocation, channel: number)) {
            pool[$0].number == number && pool[$0].allocation == allocation
        }
    }

    /// The channel to this peer, expired or not.
    @inline(__always)
    func find(_ allocation: UInt32, peer: TransportAddress) -> UInt32? {
        byPeer.find(key.hash(allocation, peer)) { pool[$0].peer == peer && pool[$0].allocation == allocation }
    }

    /// Adds a channel in front of its allocation's list; nil when the table is full.
    mutating func insert(_ channel: Channel, first: inout UInt32) -> UInt32? {
        guard let slot = pool.take(else: channel) else { return nil }
        pool[slot] = channel
        pool[slot].previous = noSlot
        pool[slot].next = first
        if first != noSlot { pool[first].previous = slot }
        first = slot
        byNumber.insert(key.hash(channel.allocation, channel: channel.number), slot)
        byPeer.insert(key.hash(channel.allocation, channel.peer), slot)
        return slot
    }

    /// Removes a channel from its allocation's list.
    mutating func remove(_ slot: UInt32, first: inout UInt32) {
        let channel = pool[slot]
        byNumber.remove(key.hash(channel.allocation, channel: channel.number), slot)
        byPeer.remove(key.hash(channel.allocation, channel.peer), slot)
        if channel.previous == noSlot { first = channel.next } else { pool[channel.previous].next = channel.next }
        if channel.next != noSlot { pool[channel.next].previous = channel.previous }
        // Whoever still has the slot as a hint must not find a channel there.
        pool[slot].allocation = noSlot
        pool[slot].usableUntil = .zero
        pool.put(back: slot)
    }

    var indexByteCount: Int { byNumber.byteCount + byPeer.byteCount }
}
