internal import STUN

/// A secret key for hashes: an attacker who chooses addresses cannot make them collide without knowing it.
///
/// Folded multiplication over keyed halves, as wyhash does: three multiplications for a five-tuple.
struct TableKey: Sendable {
    let first: UInt64
    let second: UInt64

    init(_ first: UInt64, _ second: UInt64) {
        // A multiplier of zero would wipe out the other factor.
        self.first = first | 1
        self.second = second | 0x8000_0000_0000_0000
    }

    @inline(__always)
    func hash(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let once = Self.fold(a ^ first, b ^ second)
        return Self.fold(once ^ second, first ^ 0x9E37_79B9_7F4A_7C15)
    }

    @inline(__always)
    func hash(_ a: UInt64, _ b: UInt64, _ c: UInt64) -> UInt64 {
        hash(Self.fold(a ^ first, b ^ second) ^ second, c)
    }

    @inline(__always)
    static func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = a.multipliedFullWidth(by: b)
        return product.high ^ product.low
    }

    /// The hash of a five-tuple.
    @inline(__always)
    func hash(_ tuple: FiveTuple) -> UInt32 {
        let rest =
            UInt64(tuple.client.port) | UInt64(tuple.listener) &<< 16 | UInt64(tuple.transport.rawValue) &<< 32
            | UInt64(tuple.client.ip.family.rawValue) &<< 40
        return UInt32(truncatingIfNeeded: hash(tuple.client.ip.high, tuple.client.ip.low, rest) &>> 32)
    }

    /// The hash of a peer's transport address within an allocation.
    @inline(__always)
    func hash(_ allocation: UInt32, _ peer: TransportAddress) -> UInt32 {
        let rest = UInt64(allocation) &<< 32 | UInt64(peer.port) | UInt64(peer.ip.family.rawValue) &<< 16
        return UInt32(truncatingIfNeeded: hash(peer.ip.high, peer.ip.low, rest) &>> 32)
    }

    /// The hash of a peer's address within an allocation.
    @inline(__always)
    func hash(_ allocation: UInt32, _ peer: IPAddress) -> UInt32 {
        let rest = UInt64(allocation) &<< 32 | UInt64(peer.family.rawValue) &<< 16
        return UInt32(truncatingIfNeeded: hash(peer.high, peer.low, rest) &>> 32)
    }

    /// The hash of a channel number within an allocation.
    @inline(__always)
    func hash(_ allocation: UInt32, channel: UInt16) -> UInt32 {
        UInt32(truncatingIfNeeded: hash(UInt64(allocation), UInt64(channel)) &>> 32)
    }
}
