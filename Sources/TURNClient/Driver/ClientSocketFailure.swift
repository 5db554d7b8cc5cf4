import Glibc

/// Why a client has no connection to a relay, or lost it. The description is one line for people.
public enum ClientSocketFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The name has no address.
    case unresolved(host: String, reason: String)
    /// Nothing listens there.
    case refused
    /// No answer in time.
    case timedOut
    /// The relay closed the connection.
    case closed
    /// The file with the certificate authorities cannot be used.
    case authorities(path: String, reason: String)
    /// The relay's certificate is not to be trusted.
    case certificate(reason: String)
    /// TLS failed otherwise.
    case tls(reason: String)
    /// The bytes are no TURN stream.
    case notTURN
    /// The system refused a call.
    case system(call: String, code: Int32)

    /// What happened and what to do about it.
    public var description: String {
        switch self {
        case .unresolved(let host, let reason): "\(host) has no address: \(reason)"
        case .refused: "connection refused: nothing listens on that port"
        case .timedOut: "timed out: no answer; is the port open in the firewall?"
        case .closed: "the relay closed the connection"
        case .authorities(let path, let reason): "\(path) cannot be used as certificate authority: \(reason)"
        case .certificate(let reason):
            "certificate not trusted: \(reason); give its authority with --ca FILE, or use --insecure-certificate"
        case .tls(let reason): "TLS failed: \(reason); is this a TLS port?"
        case .notTURN: "the answer is no TURN: is this the relay's port?"
        case .system(let call, let code): "\(call): \(ClientSocketFailure.text(code))"
        }
    }

    /// The failure that the current `errno` tells about.
    public static func current(_ call: String) -> ClientSocketFailure {
        switch errno {
        case ECONNREFUSED: .refused
        case ETIMEDOUT: .timedOut
        case ECONNRESET, EPIPE: .closed
        case let code: .system(call: call, code: code)
        }
    }

    /// The system's words for an error.
    static func text(_ code: Int32) -> String {
        strerror(code).map { String(cString: $0) } ?? "error \(code)"
    }
}

/// Which certificates a client accepts.
public enum CertificateTrust: Hashable, Sendable {
    /// Those that the system's authorities vouch for.
    case system
    /// Those that the authorities in this PEM file vouch for, or that stand in it themselves.
    case authorities(path: String)
    /// Any: for a relay under test with a certificate of its own making.
    case anything
}
