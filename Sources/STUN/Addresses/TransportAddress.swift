/// An IP address and a port: who sends, who receives, what is relayed.
@frozen public struct TransportAddress: Hashable, Sendable {
    /// The host.
    public let ip: IPAddress
    /// The port in host byte order.
    public let port: UInt16

    /// `ip` with `port`.
    @inlinable
    public init(ip: IPAddress, port: UInt16) {
        self.ip = ip
        self.port = port
    }

    /// The address's family.
    @inlinable public var family: AddressFamily { ip.family }
}

extension TransportAddress: Comparable {
    /// By address, then by port.
    @inlinable
    public static func < (left: TransportAddress, right: TransportAddress) -> Bool {
        left.ip == right.ip ? left.port < right.port : left.ip < right.ip
    }
}

extension TransportAddress: LosslessStringConvertible {
    /// Reads `192.0.2.1:3478` or `[2001:db8::1]:3478`.
    public init?(_ description: String) {
        guard let colon = description.lastIndex(of: ":") else { return nil }
        var host = description[..<colon]
        let digits = description[description.index(after: colon)...].utf8
        guard (1...5).contains(digits.count), digits.allSatisfy({ (48...57).contains($0) }),
            let port = UInt16(description[description.index(after: colon)...])
        else { return nil }

        let bracketed = host.hasPrefix("[") && host.hasSuffix("]")
        if bracketed { host = host.dropFirst().dropLast() }
        guard let ip = IPAddress(String(host)), (ip.family == .ipv6) == bracketed else { return nil }
        self.init(ip: ip, port: port)
    }

    /// `192.0.2.1:3478` or `[2001:db8::1]:3478`.
    public var description: String {
        ip.family == .ipv4 ? "\(ip):\(port)" : "[\(ip)]:\(port)"
    }
}
