public import STUN

/// What the core asks of the world outside, besides its verdicts.
public enum Effect: Hashable, Sendable {
    /// Claim a port in the `RelayDirectory`, open a UDP socket on it, then call `relayOpened` or `relayFailed`.
    case openRelay(RelayRequest)
    /// Close the socket of relay slot `relay` and release the port `bound` in the `RelayDirectory`.
    case closeRelay(relay: UInt32, bound: TransportAddress)
    /// Close the client's connection: its allocation was ended by an administrator or a revocation.
    case closeConnection(UInt32)
    /// Channels of an allocation were bound, refreshed or ended: ask `forwardableChannels` for what may pass now.
    /// Only when the settings ask for it.
    case channelsChanged(AllocationID)
    /// An allocation was made.
    case allocationOpened(AllocationSummary)
    /// An allocation has ended; `endReason` says why.
    case allocationEnded(AllocationSummary)
}

/// A relayed transport address that a client asked for.
public struct RelayRequest: Hashable, Sendable {
    /// The relay slot that the socket belongs to: what `forward`, `deliver` and `closeRelay` call it.
    public let relay: UInt32
    /// Whom the `RelayDirectory` is to name as owner of the port.
    public let owner: RelayOwner
    /// Family of the address.
    public let family: AddressFamily
    /// Whether the port must be even [RFC 8656 7.2, EVEN-PORT].
    public let evenPort: Bool
    /// Whether the next higher port is to be claimed too, without a socket (EVEN-PORT with the R bit).
    public let reserveNext: Bool
    /// The local address that an earlier request reserved (RESERVATION-TOKEN): claim exactly this one.
    public let reserved: TransportAddress?

    /// A request of its parts.
    public init(
        relay: UInt32, owner: RelayOwner, family: AddressFamily, evenPort: Bool = false, reserveNext: Bool = false,
        reserved: TransportAddress? = nil
    ) {
        self.relay = relay
        self.owner = owner
        self.family = family
        self.evenPort = evenPort
        self.reserveNext = reserveNext
        self.reserved = reserved
    }
}

/// Why a relayed socket could not be opened. All become 508 (Insufficient Capacity).
@frozen public enum RelayFailure: UInt8, Hashable, Sendable {
    /// No free port on any address of the family.
    case noPort
    /// No descriptors or memory left.
    case noDescriptor
    /// The system refused for another reason.
    case system
}
