/// What the address policy said about a peer, kept beside its permission so that the data path need not ask again.
struct PeerFlags: OptionSet, BitwiseCopyable {
    let rawValue: UInt8

    init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The peer's address is one of this relay's: its port decides, packet by packet.
    static let relayAddress = PeerFlags(rawValue: 1)
    /// Ports of that address that are no live relayed ports may be reached all the same.
    static let otherPorts = PeerFlags(rawValue: 2)
}
