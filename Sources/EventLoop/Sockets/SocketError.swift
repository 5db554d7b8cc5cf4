import CLinux
import Glibc

/// A system call on a socket that failed, in words for the operator.
public struct SocketError: Error, CustomStringConvertible, Sendable {
    /// What was tried, such as `bind udp://0.0.0.0:3478`.
    public let operation: String
    /// The error number of the system.
    public let code: Int32

    /// An error from its parts.
    public init(operation: String, code: Int32) {
        self.operation = operation
        self.code = code
    }

    /// The cause, and the remedy where there is a usual one.
    public var description: String {
        let cause = String(cString: strerror(code))
        switch code {
        case EADDRINUSE: return "\(operation): the port is taken; stop the other program or choose another port"
        case EACCES:
            return "\(operation): \(cause); ports below 1024 need the capability CAP_NET_BIND_SERVICE, or a higher port"
        case EADDRNOTAVAIL: return "\(operation): no interface of this host has that address"
        case EMFILE, ENFILE: return "\(operation): too many open descriptors; raise LimitNOFILE (ulimit -n)"
        default: return "\(operation): \(cause)"
        }
    }
}
