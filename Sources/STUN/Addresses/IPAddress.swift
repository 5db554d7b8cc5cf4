/// The families STUN addresses come in, with their code on the wire [RFC 8489 14.1].
@frozen public enum AddressFamily: UInt8, Sendable, Hashable {
    /// IPv4: 4 bytes.
    case ipv4 = 1
    /// IPv6: 16 bytes.
    case ipv6 = 2

    /// Bytes of one address of this family.
    @inlinable public var byteCount: Int { self == .ipv4 ? 4 : 16 }
}

/// An IP address as plain integers in host byte order: 17 bytes, no reference, cheap to hash and to compare.
@frozen public struct IPAddress: Hashable, Sendable {
    /// The upper 64 bits of an IPv6 address; 0 for IPv4.
    public let high: UInt64
    /// The lower 64 bits of an IPv6 address; the 32-bit value of an IPv4 address.
    public let low: UInt64
    /// Which of the two it is.
    public let family: AddressFamily

    /// An IPv4 address: 127.0.0.1 is `0x7F00_0001`.
    @inlinable
    public init(ipv4 value: UInt32) {
        high = 0
        low = UInt64(value)
        family = .ipv4
    }

    /// An IPv6 address from its two halves: ::1 is `(0, 1)`.
    @inlinable
    public init(ipv6High high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
        family = .ipv6
    }

    /// The 32 bits of an IPv4 address; for an IPv6 address its last 32 bits.
    @inlinable public var ipv4: UInt32 { UInt32(truncatingIfNeeded: low) }

    /// `0.0.0.0`.
    @inlinable public static var anyIPv4: IPAddress { IPAddress(ipv4: 0) }
    /// `::`.
    @inlinable public static var anyIPv6: IPAddress { IPAddress(ipv6High: 0, low: 0) }

    /// Whether this is the unspecified address of its family.
    @inlinable public var isUnspecified: Bool { high == 0 && low == 0 }

    /// Whether this is a loopback address: 127/8 or ::1.
    @inlinable public var isLoopback: Bool {
        family == .ipv4 ? ipv4 &>> 24 == 127 : high == 0 && low == 1
    }
}

extension IPAddress: Comparable {
    /// IPv4 before IPv6, then by numeric value.
    @inlinable
    public static func < (left: IPAddress, right: IPAddress) -> Bool {
        (left.family.rawValue, left.high, left.low) < (right.family.rawValue, right.high, right.low)
    }
}
