import STUN

/// The ways an IPv6 address carries an IPv4 address that a translator or tunnel on the path would restore.
///
/// Denying `127.0.0.0/8` and forwarding to `::ffff:127.0.0.1` or `64:ff9b::7f00:1` is the bypass behind several
/// published holes in relays, so every deny rule for IPv4 reaches into each form.
@frozen
public enum AddressDisguise: UInt8, Hashable, Sendable, CaseIterable {
    /// `::ffff:a.b.c.d` [RFC 4291 §2.5.5.2].
    case mapped
    /// `::a.b.c.d` [RFC 4291 §2.5.5.1].
    case compatible
    /// `64:ff9b::a.b.c.d` [RFC 6052 §2.1].
    case nat64
    /// `2002:aabb:ccdd::/48` [RFC 3056 §2].
    case sixToFour
    /// `2001:0:server:…`: the Teredo server's address [RFC 4380 §4].
    case teredoServer
    /// `2001:0:…:client`: the client's address, all bits inverted [RFC 4380 §4].
    case teredoClient

    /// Bits of the IPv6 address that a rule of length 0 on the embedded address would fix.
    ///
    /// Added to the IPv4 rule's length it says how specific the rule is among IPv6 rules.
    var fixedBits: UInt8 {
        switch self {
        case .mapped, .compatible, .nat64, .teredoClient: 96
        case .sixToFour: 16
        case .teredoServer: 32
        }
    }

    /// What the form is called in a verdict's text.
    var name: StaticString {
        switch self {
        case .mapped: "an IPv4-mapped address"
        case .compatible: "an IPv4-compatible address"
        case .nat64: "a NAT64 address"
        case .sixToFour: "a 6to4 address"
        case .teredoServer: "a Teredo address (server)"
        case .teredoClient: "a Teredo address (client)"
        }
    }

    /// The IPv4 address that `address` carries in this form; nil when it does not have the form.
    @inline(__always)
    func embedded(in address: IPAddress) -> UInt32? {
        guard address.family == .ipv6 else { return nil }
        let low = UInt32(truncatingIfNeeded: address.low)
        let holds =
            switch self {
            case .mapped: address.high == 0 && address.low >> 32 == 0x0000_FFFF
            case .compatible: address.high == 0 && address.low >> 32 == 0
            case .nat64: address.high == 0x0064_FF9B_0000_0000 && address.low >> 32 == 0
            case .sixToFour: address.high >> 48 == 0x2002
            case .teredoServer, .teredoClient: address.high >> 32 == 0x2001_0000
            }
        guard holds else { return nil }
        return switch self {
        case .mapped, .compatible, .nat64: low
        case .sixToFour: UInt32(truncatingIfNeeded: address.high >> 16)
        case .teredoServer: UInt32(truncatingIfNeeded: address.high)
        case .teredoClient: ~low
        }
    }
}
