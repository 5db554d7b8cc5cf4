import Glibc
import TURNClient

/// Why a path ended at some step, in a word for scripts and a line for people.
struct PathProblem: Error {
    /// The kind.
    var blocker: Blocker
    /// What was seen, without advice.
    var text: String

    /// At which step something failed: the same failure means different things.
    enum Step {
        case connecting
        case handshake
        case talking(isStream: Bool)
    }

    init(_ blocker: Blocker, _ text: String) {
        self.blocker = blocker
        self.text = text
    }

    /// A socket's failure at a step.
    init(_ failure: ClientSocketFailure, _ step: Step) {
        switch failure {
        case .unresolved(let host, let reason): self.init(.noSuchName, "\(host): \(reason)")
        case .refused: self.init(.refused, "refused: something answered that this port is closed")
        case .authorities: self.init(.untrustedCertificate, failure.description)
        case .certificate(let reason): self.init(.untrustedCertificate, reason)
        case .notTURN: self.init(.notTURN, "what answers there speaks no TURN")
        case .timedOut:
            switch step {
            case .connecting, .talking(isStream: false): self.init(.timedOut, "timed out: nothing came back")
            case .handshake: self.init(.silentAfterHello, "connected, and then the TLS hello was never answered")
            case .talking(isStream: true):
                self.init(.silentAfterConnect, "connected, and then the first message was never answered")
            }
        case .closed:
            switch step {
            case .connecting: self.init(.refused, "refused: the connection was reset")
            case .handshake: self.init(.resetAfterHello, "the connection was cut right after the TLS hello")
            case .talking: self.init(.resetAfterConnect, "the connection was cut right after the first message")
            }
        case .tls(let reason):
            // The end of the stream in place of an answer is a cut, whatever OpenSSL calls it.
            if reason.contains("eof") {
                self.init(.resetAfterHello, "the connection was cut right after the TLS hello")
            } else {
                self.init(.notTLS, "TLS failed: \(reason)")
            }
        case .system(_, let code):
            switch code {
            case ENETUNREACH, EADDRNOTAVAIL, EAFNOSUPPORT:
                self.init(.noRoute, "this machine has no route there")
            // IPv6 tells a prohibition as EACCES; a firewall on this machine says EPERM.
            case EHOSTUNREACH, EACCES:
                self.init(.unreachable, "unreachable: a device on the way says that it is prohibited or has no route")
            case EPERM: self.init(.localFirewall, "forbidden by a firewall on this machine itself")
            default: self.init(.unreachable, failure.description)
            }
        }
    }
}
