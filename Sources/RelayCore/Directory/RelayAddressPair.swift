public import STUN

/// An address that relayed ports are opened on.
@frozen public struct RelayAddressPair: Hashable, Sendable {
    /// The local address that sockets are bound to.
    public let bound: IPAddress
    /// The address that clients and peers see: differs from `bound` behind a 1:1 NAT.
    public let external: IPAddress

    /// An address to bind, and the one the outside sees (the same, when left out; of the same family).
    public init(bound: IPAddress, external: IPAddress? = nil) {
        self.bound = bound
        self.external = external ?? bound
    }
}

/// A port that `RelayDirectory.claim` gave out.
@frozen public struct ClaimedPort: Hashable, Sendable {
    /// The local address to bind a socket to.
    public let bound: TransportAddress
    /// Whether the next higher port was claimed with it, to be reserved for later.
    public let reservesNext: Bool

    /// A claim of its parts.
    @inlinable
    public init(bound: TransportAddress, reservesNext: Bool) {
        self.bound = bound
        self.reservesNext = reservesNext
    }
}
