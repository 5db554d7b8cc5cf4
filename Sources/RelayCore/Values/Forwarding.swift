public import STUN

/// A channel whose datagrams may pass right now, with everything that somebody has to know who forwards them himself.
public struct ForwardableChannel: Hashable, Sendable {
    /// Its slot in the loop's table: its name for as long as it is bound.
    public let slot: UInt32
    /// Its number.
    public let number: UInt16
    /// Where the client is, over UDP.
    public let client: FiveTuple
    /// Where its data goes and comes from.
    public let peer: TransportAddress
    /// Whether the peer is a relayed address of this relay.
    public let peerIsRelayed: Bool
    /// The local address of the relayed transport address.
    public let bound: TransportAddress
    /// What clients and peers call it.
    public let external: TransportAddress
    /// Slot of the user in the loop's table.
    public let user: UInt32
    /// Until when: the end of the binding, of the permission or of the allocation, whichever comes first.
    public var until: Instant

    /// Whether it is the same channel between the same ends, whatever its end in time.
    public func leads(likewise other: ForwardableChannel) -> Bool {
        var other = other
        other.until = until
        return self == other
    }
}

/// What allocations and users may relay, kept by somebody who forwards for them: one budget for both ways. Allocations
/// and users are told by their slots.
public protocol SharedBudgets: AnyObject, Sendable {
    /// Takes `bytes` from what the allocation and its user may relay; the reason when they may not.
    func take(_ bytes: Int, allocation: UInt32, user: UInt32, now: Instant) -> DropReason?
}

/// What was forwarded without the relay's own data path, in one channel or several.
public struct ForwardedTraffic: Hashable, Sendable {
    /// To peers.
    public var toPeers = Traffic()
    /// To the client.
    public var toClient = Traffic()
    /// The part of `toPeers` that went to another allocation of this process.
    public var hairpinned = Traffic()
    /// Datagrams dropped because the allocation relayed more than it may.
    public var droppedByAllocationRate: UInt64 = 0
    /// Datagrams dropped because its user relayed more than he may.
    public var droppedByUserRate: UInt64 = 0

    /// None.
    public init() {}

    /// Adds other traffic.
    public static func += (left: inout ForwardedTraffic, right: ForwardedTraffic) {
        left.toPeers += right.toPeers
        left.toClient += right.toClient
        left.hairpinned += right.hairpinned
        left.droppedByAllocationRate &+= right.droppedByAllocationRate
        left.droppedByUserRate &+= right.droppedByUserRate
    }

    /// What was added since `earlier`.
    public static func - (now: ForwardedTraffic, earlier: ForwardedTraffic) -> ForwardedTraffic {
        var added = ForwardedTraffic()
        added.toPeers = now.toPeers - earlier.toPeers
        added.toClient = now.toClient - earlier.toClient
        added.hairpinned = now.hairpinned - earlier.hairpinned
        added.droppedByAllocationRate = now.droppedByAllocationRate &- earlier.droppedByAllocationRate
        added.droppedByUserRate = now.droppedByUserRate &- earlier.droppedByUserRate
        return added
    }
}

extension Traffic {
    fileprivate static func - (now: Traffic, earlier: Traffic) -> Traffic {
        Traffic(packets: now.packets &- earlier.packets, bytes: now.bytes &- earlier.bytes)
    }
}
