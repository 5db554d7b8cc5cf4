import CBPF

/// What passed through one channel in the kernel: packets and bytes of payload.
public struct KernelTraffic: Hashable, Sendable {
    /// Packets to the peer.
    public var toPeerPackets: UInt64 = 0
    /// Bytes to the peer.
    public var toPeerBytes: UInt64 = 0
    /// Packets to the client.
    public var toClientPackets: UInt64 = 0
    /// Bytes to the client.
    public var toClientBytes: UInt64 = 0
    /// The part of the packets to the peer that went to another allocation of this relay.
    public var hairpinPackets: UInt64 = 0
    /// The part of the bytes to the peer that went to another allocation of this relay.
    public var hairpinBytes: UInt64 = 0

    /// None.
    public init() {}

    init(_ state: tern_state) {
        toPeerPackets = state.to_peer_packets
        toPeerBytes = state.to_peer_bytes
        toClientPackets = state.to_client_packets
        toClientBytes = state.to_client_bytes
        hairpinPackets = state.hairpin_packets
        hairpinBytes = state.hairpin_bytes
    }

    /// What was added since `earlier`.
    public static func - (now: KernelTraffic, earlier: KernelTraffic) -> KernelTraffic {
        var difference = KernelTraffic()
        difference.toPeerPackets = now.toPeerPackets &- earlier.toPeerPackets
        difference.toPeerBytes = now.toPeerBytes &- earlier.toPeerBytes
        difference.toClientPackets = now.toClientPackets &- earlier.toClientPackets
        difference.toClientBytes = now.toClientBytes &- earlier.toClientBytes
        difference.hairpinPackets = now.hairpinPackets &- earlier.hairpinPackets
        difference.hairpinBytes = now.hairpinBytes &- earlier.hairpinBytes
        return difference
    }
}

/// What becomes of a datagram of an installed channel that is not forwarded in the kernel.
public enum KernelOutcome: UInt32, CaseIterable, Sendable {
    /// Went up on purpose, so that the neighbour's address is confirmed.
    case refresh = 1
    /// Went up: the channel has expired.
    case expired
    /// Went up: lengths that disagree, or padding.
    case length
    /// Went up: no checksum, or one that is still to be completed.
    case checksum
    /// Went up: no route, no neighbour, or by an interface without the program.
    case route
    /// Went up: too big for the way out.
    case tooBig
    /// Went up: a hairpin without its other end.
    case inside
    /// Went up: no room for headers.
    case noRoom
    /// Dropped: over the allocation's or the user's rate.
    case rate

    /// The outcome as metrics name it.
    public var name: StaticString {
        switch self {
        case .refresh: "refresh"
        case .expired: "expired"
        case .length: "length"
        case .checksum: "checksum"
        case .route: "route"
        case .tooBig: "too_big"
        case .inside: "inside"
        case .noRoom: "no_room"
        case .rate: "rate"
        }
    }
}

/// Datagrams by outcome.
public struct KernelOutcomes: Hashable, Sendable {
    private var counts: [UInt64] = Array(repeating: 0, count: Int(TERN_OUTCOMES))

    /// Nothing counted.
    public init() {}

    /// How many there were of one outcome.
    public internal(set) subscript(outcome: KernelOutcome) -> UInt64 {
        get { counts[Int(outcome.rawValue)] }
        set { counts[Int(outcome.rawValue)] = newValue }
    }
}
