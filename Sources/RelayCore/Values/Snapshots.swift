public import STUN

/// Packets and bytes of payload, headers not counted.
@frozen public struct Traffic: Hashable, Sendable {
    /// Number of packets.
    public var packets: UInt64
    /// Number of bytes.
    public var bytes: UInt64

    /// So many packets and bytes.
    @inlinable
    public init(packets: UInt64 = 0, bytes: UInt64 = 0) {
        self.packets = packets
        self.bytes = bytes
    }

    /// Counts a run of datagrams.
    @inlinable @inline(__always)
    public mutating func count(_ datagrams: Int, _ payloadBytes: Int) {
        packets &+= UInt64(truncatingIfNeeded: datagrams)
        bytes &+= UInt64(truncatingIfNeeded: payloadBytes)
    }

    /// Adds what another counter counted.
    @inlinable
    public static func += (left: inout Traffic, right: Traffic) {
        left.packets &+= right.packets
        left.bytes &+= right.bytes
    }
}

/// One live allocation as the administration sees it.
public struct SessionSnapshot: Hashable, Sendable {
    /// Which allocation it is.
    public var id: AllocationID
    /// The user, escaped for display.
    public var username: String
    /// The identifier inside a time-limited username, as it is; empty when the username is none.
    public var credentialID: String
    /// Where the client's packets come from.
    public var client: TransportAddress
    /// How the client reaches the relay.
    public var transport: ClientTransport
    /// The relayed transport addresses, as clients and peers see them.
    public var relayed: [TransportAddress]
    /// Number of permissions.
    public var permissions: Int
    /// Number of channels.
    public var channels: Int
    /// Milliseconds since the allocation was made.
    public var ageMilliseconds: UInt64
    /// Seconds until it ends unless refreshed.
    public var remainingSeconds: Int
    /// What was sent to peers.
    public var toPeers: Traffic
    /// What was sent to the client.
    public var toClient: Traffic
    /// Datagrams of this allocation that were dropped.
    public var dropped: UInt64
    /// Channels that are forwarded without the relay's own data path.
    public var forwardedChannels = 0
    /// The part of the traffic, both ways together, that was forwarded so.
    public var forwarded = Traffic()

    /// Which part of the datagrams has been forwarded so lately.
    public var forwardedShare = ForwardedShare.none

    /// Seconds since the allocation was made.
    public var ageSeconds: Int { Int(ageMilliseconds / 1000) }
}

/// One allocation at its beginning or end: what usage records are made of.
public struct AllocationSummary: Hashable, Sendable {
    /// What is known of the allocation.
    public var session: SessionSnapshot
    /// Why it ended; nil while it lives.
    public var endReason: EndReason?
}

/// Why an allocation ended.
@frozen public enum EndReason: UInt8, Hashable, Sendable, CaseIterable {
    /// Its lifetime ran out.
    case expired
    /// The client refreshed it with a lifetime of 0.
    case deleted
    /// The client's connection was closed.
    case connectionClosed
    /// An administrator ended it.
    case ended
    /// The user's credentials were revoked.
    case revoked
    /// The credential's own end came, and its class ends calls then.
    case credentialExpired
    /// The relay shut down.
    case shutdown

    /// The reason in words.
    public var text: StaticString {
        switch self {
        case .expired: "lifetime ran out"
        case .deleted: "deleted by the client"
        case .connectionClosed: "connection closed"
        case .ended: "ended by an administrator"
        case .revoked: "credential revoked"
        case .credentialExpired: "credential expired"
        case .shutdown: "relay shut down"
        }
    }

    /// The reason in one word, for programs.
    public var name: StaticString {
        switch self {
        case .expired: "expired"
        case .deleted: "deleted"
        case .connectionClosed: "connection_closed"
        case .ended: "ended"
        case .revoked: "revoked"
        case .credentialExpired: "credential_expired"
        case .shutdown: "shutdown"
        }
    }
}
