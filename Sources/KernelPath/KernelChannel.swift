import CBPF
public import STUN

/// An established channel as the kernel's program knows it: both ends, and what is between them.
public struct KernelChannel: Hashable, Sendable {
    /// Where the client's datagrams come from.
    public var client: TransportAddress
    /// Where they arrive.
    public var listener: TransportAddress
    /// The channel's number.
    public var number: UInt16
    /// Where its data goes and comes from.
    public var peer: TransportAddress
    /// The local address of the relayed transport address.
    public var bound: TransportAddress
    /// What peers call it; another one than `bound` behind 1:1 NAT.
    public var external: TransportAddress
    /// Whether the peer is a relayed address of this relay: both callers are its clients.
    public var peerIsRelayed: Bool

    /// A channel of its parts.
    public init(
        client: TransportAddress, listener: TransportAddress, number: UInt16, peer: TransportAddress,
        bound: TransportAddress, external: TransportAddress, peerIsRelayed: Bool = false
    ) {
        self.client = client
        self.listener = listener
        self.number = number
        self.peer = peer
        self.bound = bound
        self.external = external
        self.peerIsRelayed = peerIsRelayed
    }

    /// One of the channel's two ways, as it stands in the map.
    struct Way {
        var key = tern_key()
        var entry = tern_entry()
    }

    /// From the client to the peer. A hairpin's datagrams never leave as they are, so they carry the names by which
    /// the other end knows them.
    var toPeer: Way {
        var way = Way()
        cbpf_fill(
            &way.key, &way.entry, client.native, listener.native, number, (peerIsRelayed ? external : bound).native,
            peer.native, 0)
        way.entry.flags = peerIsRelayed ? UInt8(TERN_HAIRPIN) : 0
        return way
    }

    /// From the peer to the client.
    var toClient: Way {
        var way = Way()
        cbpf_fill(
            &way.key, &way.entry, peer.native, (peerIsRelayed ? external : bound).native, 0, listener.native,
            client.native, number)
        way.entry.flags = peerIsRelayed ? UInt8(TERN_INSIDE) : 0
        return way
    }
}

extension TransportAddress {
    fileprivate var native: cbpf_address {
        cbpf_address(high: ip.high, low: ip.low, port: port, family: ip.family.rawValue)
    }
}
