import STUN

/// The deny table that every relay starts with: address blocks that no peer on the Internet has [RFC 6890, RFC 8190].
///
/// A relay that forwards to them is a door into the network it stands in: to cloud metadata services, to routers'
/// management pages, to other tenants.
enum BuiltInDenials {
    /// A block and why no peer lives there.
    struct Entry: Sendable {
        let block: CIDR
        let purpose: StaticString
    }

    static let entries: [Entry] =
        ipv4.map { Entry(block: block($0.0, $0.1), purpose: $0.2) }
        + ipv6.map { Entry(block: block($0.0, $0.1, $0.2), purpose: $0.3) }

    /// Why `block` is in the table; nil when it is not.
    static func purpose(of block: CIDR) -> String? {
        entries.first { $0.block == block }.map { "\($0.purpose)" }
    }

    private static let ipv4: [(UInt32, Int, StaticString)] = [
        (0x0000_0000, 8, "this network, RFC 791"),
        (0x0A00_0000, 8, "private network, RFC 1918"),
        (0x6440_0000, 10, "carrier-grade NAT, RFC 6598"),
        (0x7F00_0000, 8, "loopback, RFC 1122"),
        (0xA9FE_0000, 16, "link-local, RFC 3927"),
        (0xAC10_0000, 12, "private network, RFC 1918"),
        (0xC000_0000, 24, "protocol assignments, RFC 6890"),
        (0xC000_0200, 24, "documentation, RFC 5737"),
        (0xC058_6300, 24, "6to4 relays, RFC 7526"),
        (0xC0A8_0000, 16, "private network, RFC 1918"),
        (0xC612_0000, 15, "benchmarking, RFC 2544"),
        (0xC633_6400, 24, "documentation, RFC 5737"),
        (0xCB00_7100, 24, "documentation, RFC 5737"),
        (0xE000_0000, 4, "multicast, RFC 5771"),
        (0xF000_0000, 4, "reserved, RFC 1112"),
        (0xFFFF_FFFF, 32, "broadcast, RFC 919"),
    ]

    private static let ipv6: [(UInt64, UInt64, Int, StaticString)] = [
        (0, 0, 128, "unspecified, RFC 4291"),
        (0, 1, 128, "loopback, RFC 4291"),
        (0x0064_FF9B_0001_0000, 0, 48, "local-use NAT64, RFC 8215"),
        (0x0100_0000_0000_0000, 0, 64, "discard-only, RFC 6666"),
        (0x2001_0000_0000_0000, 0, 32, "Teredo, RFC 4380"),
        (0x2001_0DB8_0000_0000, 0, 32, "documentation, RFC 3849"),
        (0xFC00_0000_0000_0000, 0, 7, "unique local, RFC 4193"),
        (0xFE80_0000_0000_0000, 0, 10, "link-local, RFC 4291"),
        (0xFEC0_0000_0000_0000, 0, 10, "site-local, RFC 3879"),
        (0xFF00_0000_0000_0000, 0, 8, "multicast, RFC 4291"),
    ]

    private static func block(_ network: UInt32, _ length: Int) -> CIDR {
        guard let block = CIDR(network: IPAddress(ipv4: network), prefixLength: length) else {
            preconditionFailure("built-in table: bits set below the prefix")
        }
        return block
    }

    private static func block(_ high: UInt64, _ low: UInt64, _ length: Int) -> CIDR {
        guard let block = CIDR(network: IPAddress(ipv6High: high, low: low), prefixLength: length) else {
            preconditionFailure("built-in table: bits set below the prefix")
        }
        return block
    }
}
