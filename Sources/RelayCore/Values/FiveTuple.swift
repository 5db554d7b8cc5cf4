public import STUN

/// How a client reaches the relay [RFC 8656 3.1].
@frozen public enum ClientTransport: UInt8, Hashable, Sendable, CaseIterable {
    /// STUN and TURN over UDP.
    case udp
    /// STUN and TURN over TCP.
    case tcp
    /// STUN and TURN over TLS over TCP.
    case tls
    /// STUN and TURN over DTLS over UDP [RFC 7350].
    case dtls

    /// Whether messages arrive as a byte stream, which ends when a message is malformed.
    @inlinable public var isStream: Bool { self == .tcp || self == .tls }

    /// The transport's name in metrics and tables.
    public var name: StaticString {
        switch self {
        case .udp: "udp"
        case .tcp: "tcp"
        case .tls: "tls"
        case .dtls: "dtls"
        }
    }
}

/// What identifies an allocation: client address and port, server address and port, transport [RFC 8656 3.2].
@frozen public struct FiveTuple: Hashable, Sendable {
    /// Where the client's packets come from: its server-reflexive transport address.
    public let client: TransportAddress
    /// Which of the server's listening addresses they arrive at, by index.
    public let listener: UInt16
    /// The transport between the two.
    public let transport: ClientTransport

    /// A five-tuple of its parts.
    @inlinable
    public init(client: TransportAddress, listener: UInt16, transport: ClientTransport) {
        self.client = client
        self.listener = listener
        self.transport = transport
    }
}

/// The way back to a client.
@frozen public struct ClientRoute: Hashable, Sendable {
    /// The client's five-tuple.
    public let tuple: FiveTuple
    /// Slot of the client's connection in the loop's connection table; 0 for UDP.
    public let connection: UInt32

    /// A route over `connection` (0 for UDP) to the client of `tuple`.
    @inlinable
    public init(tuple: FiveTuple, connection: UInt32 = 0) {
        self.tuple = tuple
        self.connection = connection
    }
}
