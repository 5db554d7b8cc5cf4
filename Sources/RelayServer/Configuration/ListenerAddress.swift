public import STUN

/// How clients reach a listening socket: the scheme of its URI.
public enum ListenerTransport: String, Sendable, CaseIterable {
    /// STUN and TURN over UDP (RFC 8656).
    case udp
    /// STUN and TURN over plain TCP (RFC 8656 section 3.1).
    case tcp
    /// STUN and TURN over TLS on TCP (RFC 8656 section 3.1, RFC 7443).
    case tls
}

/// One listening socket, written `udp://192.0.2.1:3478`, `tls://[2001:db8::1]:5349` or `tcp://*:3478`.
///
/// `*` stands for all local addresses of both families. It becomes two listeners, of which the IPv6 one is left out on
/// a host without IPv6.
public struct ListenerAddress: Hashable, Sendable, LosslessStringConvertible {
    /// What is spoken on the socket.
    public var transport: ListenerTransport
    /// The address to bind; `nil` stands for all local addresses, IPv4 and IPv6.
    public var ip: IPAddress?
    /// The port to bind; 0 lets the system choose, and the server prints which.
    public var port: UInt16

    /// A listener of this transport on this address and port.
    public init(_ transport: ListenerTransport, _ ip: IPAddress?, port: UInt16) {
        self.transport = transport
        self.ip = ip
        self.port = port
    }

    /// Reads `transport://address:port`; `nil` when the text is anything else.
    public init?(_ description: String) {
        guard let separator = description.firstRange(of: "://"),
            let transport = ListenerTransport(rawValue: description[..<separator.lowerBound].lowercased())
        else { return nil }
        let endpoint = String(description[separator.upperBound...])
        if endpoint.hasPrefix("*:") {
            guard let port = UInt16(endpoint.dropFirst(2)) else { return nil }
            self.init(transport, nil, port: port)
        } else {
            guard let address = TransportAddress(endpoint) else { return nil }
            self.init(transport, address.ip, port: address.port)
        }
    }

    /// The same form that the initializer reads.
    public var description: String {
        let endpoint = ip.map { String(describing: TransportAddress(ip: $0, port: port)) } ?? "*:\(port)"
        return "\(transport.rawValue)://\(endpoint)"
    }

    /// The addresses to bind, in order: one, or `0.0.0.0` and `::` for a listener on all addresses.
    public var bindAddresses: [TransportAddress] {
        if let ip { return [TransportAddress(ip: ip, port: port)] }
        return [
            TransportAddress(ip: IPAddress(ipv4: 0), port: port),
            TransportAddress(ip: IPAddress(ipv6High: 0, low: 0), port: port),
        ]
    }
}
