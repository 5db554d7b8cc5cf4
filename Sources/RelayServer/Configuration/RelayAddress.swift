public import STUN

/// An address that relayed ports are opened on, written `ADDRESS` or `ADDRESS/EXTERNAL`.
public struct RelayAddress: Hashable, Sendable, LosslessStringConvertible {
    /// The local address that relay sockets bind to.
    public var bind: IPAddress
    /// The address that clients and peers see, when a 1:1 NAT stands between; equals `bind` without one.
    public var external: IPAddress

    /// An address to bind, and the one that the outside sees (the same, when left out).
    public init(_ bind: IPAddress, external: IPAddress? = nil) {
        self.bind = bind
        self.external = external ?? bind
    }

    /// Reads `ADDRESS` or `ADDRESS/EXTERNAL`; both must be of one family.
    public init?(_ description: String) {
        let parts = description.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let bind = IPAddress(String(parts[0])) else { return nil }
        guard parts.count == 2 else {
            self.init(bind)
            return
        }
        guard let external = IPAddress(String(parts[1])), external.family == bind.family else { return nil }
        self.init(bind, external: external)
    }

    /// The same form that the initializer reads.
    public var description: String {
        external == bind ? String(describing: bind) : "\(bind)/\(external)"
    }
}

/// The ports that relayed transport addresses come from, written `49152-65535`.
public struct PortRange: Hashable, Sendable, LosslessStringConvertible {
    /// The lowest port of the range.
    public var first: UInt16
    /// The highest port of the range, included.
    public var last: UInt16

    /// Ports `first` to `last`, both included.
    public init(_ first: UInt16, _ last: UInt16) {
        self.first = first
        self.last = last
    }

    /// Reads `FIRST-LAST`; port 0 and an empty range are refused.
    public init?(_ description: String) {
        let parts = description.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let first = UInt16(parts[0]), let last = UInt16(parts[1]), first > 0, first <= last
        else { return nil }
        self.init(first, last)
    }

    /// The same form that the initializer reads.
    public var description: String { "\(first)-\(last)" }

    /// How many ports there are in the range.
    public var count: Int { Int(last) - Int(first) + 1 }

    /// Whether the port lies in the range.
    public func contains(_ port: UInt16) -> Bool { first <= port && port <= last }
}

/// The channel numbers that clients may bind (RFC 8656 section 12), written `0x4000-0x4fff`.
public struct ChannelNumberRange: Hashable, Sendable, LosslessStringConvertible {
    /// What RFC 8656 allows; clients of RFC 5766 may use numbers up to 0x7FFE.
    public static let rfc8656 = ChannelNumberRange(last: 0x4FFF)

    /// The lowest number: always 0x4000, since lower ones cannot be told from STUN.
    public var first: UInt16 { 0x4000 }
    /// The highest number that a client may bind, 0x7FFE at most.
    public var last: UInt16

    /// Numbers 0x4000 to `last`.
    public init(last: UInt16) { self.last = last }

    /// Reads `0x4000-LAST`, with LAST from 0x4000 to 0x7ffe.
    public init?(_ description: String) {
        let parts = description.lowercased().split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == "0x4000", parts[1].hasPrefix("0x"),
            let last = UInt16(parts[1].dropFirst(2), radix: 16), (0x4000...0x7FFE).contains(last)
        else { return nil }
        self.init(last: last)
    }

    /// The same form that the initializer reads.
    public var description: String { "0x4000-0x\(String(last, radix: 16))" }
}
