import Companion
import NIOCore
import STUN
import Synchronization

/// What is known of one connection beside its bytes.
final class ConnectionInfo: Sendable {
    private struct State {
        var client: TransportAddress
        var refusal: ServiceFailure?
        var principal: Principal?
    }

    private let state: Mutex<State>

    init(client: TransportAddress = .unknown) {
        state = Mutex(State(client: client))
    }

    /// Who is at the other end, as the listener knows it. What a request says of its origin is never believed.
    var client: TransportAddress {
        get { state.withLock { $0.client } }
        set { state.withLock { $0.client = newValue } }
    }

    /// Why this connection did not become a WebSocket, for the answer that the router gives instead.
    var refusal: ServiceFailure? {
        get { state.withLock { $0.refusal } }
        set { state.withLock { $0.refusal = newValue } }
    }

    /// Whose WebSocket this connection becomes.
    var principal: Principal? {
        get { state.withLock { $0.principal } }
        set { state.withLock { $0.principal = newValue } }
    }
}

extension TransportAddress {
    /// A client that is on this machine, or not known.
    static let unknown = TransportAddress(ip: IPAddress(ipv4: 0x7F00_0001), port: 0)

    init(_ address: SocketAddress?) {
        guard let address, let port = address.port, let ip = address.ipAddress.flatMap({ IPAddress($0) }) else {
            self = .unknown
            return
        }
        self.init(
            ip: ip.family == .ipv4 ? ip : .unmapped(high: ip.high, low: ip.low),
            port: UInt16(truncatingIfNeeded: port))
    }
}

extension IPAddress {
    /// What one subscriber holds: an IPv4 address, or a /64 network of IPv6 addresses.
    var subscriber: IPAddress {
        family == .ipv4 ? self : IPAddress(ipv6High: high, low: 0)
    }
}
