/// Limits of every connection, whichever listener it came through.
public struct EdgeLimits: Sendable {
    /// Connections open at once.
    public var connectionsMax = 10_000
    /// Of these, from one client address (IPv6: one /64 network).
    public var connectionsPerAddressMax = 2_000
    /// From the accept to the first whole request head: TLS handshake and PROXY header included.
    public var firstRequestSeconds: Int64 = 10
    /// Between two requests, and between two pieces of a request body.
    public var idleSeconds: Int64 = 30
    /// How long a client may leave what it was sent unread.
    public var stallSeconds: Int64 = 30
    /// One header field, and the request target.
    public var headerFieldBytesMax = 8 * 1024
    /// All header fields of a request.
    public var headerBytesMax = 16 * 1024
    /// Header fields of a request.
    public var headerFieldsMax = 64
    /// A stop waits this long for answers that are under way, in milliseconds.
    public var stopMilliseconds: Int64 = 600

    /// The limits of production.
    public init() {}
}

/// Where the companion listens.
public struct EdgeSettings: Sendable {
    /// The companion's own TLS listener.
    public struct TLSListener: Sendable {
        /// IP address or host name to bind to.
        public var host: String
        /// Port; 0 takes any that is free.
        public var port: Int
        /// PEM file: the certificate, then its issuers.
        public var certificateFile: String
        /// PEM file: the private key.
        public var privateKeyFile: String

        /// A listener at this address.
        public init(host: String, port: Int, certificateFile: String, privateKeyFile: String) {
            self.host = host
            self.port = port
            self.certificateFile = certificateFile
            self.privateKeyFile = privateKeyFile
        }
    }

    /// The listener with TLS of its own; nil when the relay's port is the only way in.
    public var tls: TLSListener?
    /// The Unix socket over which the relay hands connections; nil in split installations.
    public var handOverSocket: String?
    /// Limits of the connections.
    public var limits = EdgeLimits()

    /// Listeners of these kinds.
    public init(tls: TLSListener? = nil, handOverSocket: String? = nil) {
        self.tls = tls
        self.handOverSocket = handOverSocket
    }
}

/// Why a listener could not be opened: one line with cause and remedy.
public struct ListenFailure: Error, CustomStringConvertible, Sendable, Equatable {
    /// The line.
    public let description: String

    init(_ description: String) { self.description = description }
}

/// A listener that is open.
public struct BoundListener: Sendable, Equatable, CustomStringConvertible {
    /// How clients reach it.
    public enum Kind: Sendable, Equatable {
        /// TLS ends here.
        case tls
        /// TLS ended in the relay.
        case handOver
    }

    /// How clients reach it.
    public let kind: Kind
    /// `127.0.0.1:8443`, or the path of the Unix socket.
    public let address: String
    /// The port of a TLS listener.
    public let port: Int?

    /// `tls 127.0.0.1:8443`.
    public var description: String { (kind == .tls ? "tls " : "unix ") + address }
}
