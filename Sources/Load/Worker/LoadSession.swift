import STUN
import TURNClient

/// One client of the server under load, apart from what every packet needs.
final class LoadSession {
    /// How far it is.
    enum State {
        /// TCP is being set up.
        case connecting
        /// TLS is being set up.
        case handshaking
        /// Requests are under way.
        case asking
        /// Payloads may pass.
        case ready
        /// It is over.
        case ended
    }

    /// Its place among the worker's sessions.
    let index: Int
    /// What carries its messages.
    let transport: RelayURI.Transport
    /// Its socket.
    let descriptor: Int32
    /// When it was begun, in nanoseconds.
    let startedAt: UInt64
    var state: State
    var client: RelayClient
    var tls: OpaquePointer?
    /// Its relayed address, once there is one.
    var relayed: TransportAddress?
    /// Bytes that the stream had no room for.
    var unsent: [UInt8] = []
    /// The beginning of a message whose end has not come.
    var leftover: [UInt8] = []
    /// Whether the loop waits for room in the stream.
    var awaitsRoom = false

    /// Bytes kept for a stream that is slower than the plan; beyond that packets are refused.
    static let unsentLimit = 262_144

    init(
        index: Int, transport: RelayURI.Transport, descriptor: Int32, client: RelayClient, state: State, now: UInt64
    ) {
        self.index = index
        self.transport = transport
        self.descriptor = descriptor
        self.client = client
        self.state = state
        startedAt = now
    }
}
