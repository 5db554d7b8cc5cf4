public import STUN

/// A block of addresses in CIDR notation [RFC 4632, RFC 4291 §2.3]: `10.0.0.0/8`, `fe80::/10`, or one address.
///
/// A value is always well formed: the length fits the family and no bit below it is set.
@frozen
public struct CIDR: Hashable, Sendable, LosslessStringConvertible {
    /// The first address of the block.
    public let network: IPAddress
    /// Leading bits that all addresses of the block share: 0...32 for IPv4, 0...128 for IPv6.
    public let prefixLength: UInt8

    /// The block of one address.
    public init(_ address: IPAddress) {
        network = address
        prefixLength = CIDR.bits(of: address.family)
    }

    /// The block of `prefixLength` leading bits of `network`; nil when the length does not fit the family or a bit
    /// below it is set.
    public init?(network: IPAddress, prefixLength: Int) {
        guard (0...Int(CIDR.bits(of: network.family))).contains(prefixLength) else { return nil }
        let length = UInt8(prefixLength)
        guard CIDR.key(network) & ~CIDR.mask(length, network.family) == 0 else { return nil }
        self.network = network
        self.prefixLength = length
    }

    private init(checked network: IPAddress, _ prefixLength: UInt8) {
        self.network = network
        self.prefixLength = prefixLength
    }

    /// Reads `address/length` or a single address; nil when malformed. `parse` says what is wrong.
    public init?(_ text: String) {
        guard let block = try? CIDR.parse(text) else { return nil }
        self = block
    }

    /// Reads `address/length` or a single address.
    ///
    /// A set bit below the prefix is an error, not masked away: whoever wrote `10.0.0.5/8` meant either that host or
    /// that network, and a deny list must not guess.
    public static func parse(_ text: String) throws(AddressPolicyError) -> CIDR {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = IPAddress(String(parts[0])) else {
            throw AddressPolicyError(entry: text, problem: .notAnAddress)
        }
        guard parts.count == 2 else { return CIDR(address) }
        let digits = parts[1].utf8
        let bits = bits(of: address.family)
        guard (1...3).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
            let length = UInt8(parts[1]), length <= bits
        else { throw AddressPolicyError(entry: text, problem: .badPrefixLength(bits)) }
        let masked = CIDR.address(key(address) & mask(length, address.family), address.family)
        guard masked == address else {
            throw AddressPolicyError(entry: text, problem: .hostBitsSet(network: masked, prefixLength: length))
        }
        return CIDR(checked: address, length)
    }

    /// Whether the block holds `address`. An IPv4 block holds no IPv6 address, whatever the address embeds.
    public func contains(_ address: IPAddress) -> Bool {
        address.family == network.family
            && CIDR.key(address) & CIDR.mask(prefixLength, network.family) == CIDR.key(network)
    }

    /// The last address of the block.
    public var last: IPAddress {
        CIDR.address(lastKey, network.family)
    }

    /// `address/length`, the length also for a single address.
    public var description: String { "\(network)/\(prefixLength)" }
}

extension CIDR {
    /// The first address as an integer.
    var firstKey: UInt128 { CIDR.key(network) }

    /// The last address as an integer.
    var lastKey: UInt128 {
        CIDR.key(network) | ~CIDR.mask(prefixLength, network.family) & CIDR.mask(all: network.family)
    }

    static func bits(of family: AddressFamily) -> UInt8 { family == .ipv4 ? 32 : 128 }

    /// An address as an integer; IPv4 addresses occupy the low 32 bits.
    static func key(_ address: IPAddress) -> UInt128 {
        UInt128(address.high) << 64 | UInt128(address.low)
    }

    private static func address(_ key: UInt128, _ family: AddressFamily) -> IPAddress {
        switch family {
        case .ipv4: IPAddress(ipv4: UInt32(truncatingIfNeeded: key))
        case .ipv6: IPAddress(ipv6High: UInt64(truncatingIfNeeded: key >> 64), low: UInt64(truncatingIfNeeded: key))
        }
    }

    private static func mask(_ length: UInt8, _ family: AddressFamily) -> UInt128 {
        let all = mask(all: family)
        // Swift's smart shift: shifting by the full width gives 0.
        return all & ~(all >> UInt128(length))
    }

    private static func mask(all family: AddressFamily) -> UInt128 {
        family == .ipv4 ? UInt128(UInt32.max) : UInt128.max
    }
}

/// An entry of an allow or deny list that cannot be used, naming the text.
public struct AddressPolicyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong with the entry.
    public enum Problem: Hashable, Sendable {
        /// What stands before the slash is neither an IPv4 nor an IPv6 address.
        case notAnAddress
        /// What stands after the slash is not a number in 0...the family's bits.
        case badPrefixLength(UInt8)
        /// Bits below the prefix are set; the network that was perhaps meant.
        case hostBitsSet(network: IPAddress, prefixLength: UInt8)
    }

    /// The entry as the operator wrote it.
    public let entry: String
    /// What is wrong with it.
    public let problem: Problem

    /// One line: the entry, what is wrong, and what to write instead.
    public var description: String {
        let quoted = entry.debugDescription
        return switch problem {
        case .notAnAddress:
            "\(quoted) is not an address block: write it like 192.0.2.0/24, 2001:db8::/32 or 192.0.2.7"
        case .badPrefixLength(let bits):
            "\(quoted) has a bad prefix length: it must be a number from 0 to \(bits)"
        case .hostBitsSet(let network, let length):
            "\(quoted) has bits set below the prefix: write \(network)/\(length) for the network,"
                + " or the address alone for one host"
        }
    }
}
