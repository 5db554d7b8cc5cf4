import Integrity
import STUN
import TURNClient

/// One end's way to the other: through the relay as its client, or from outside.
protocol MediaLeg: AnyObject {
    /// Its socket.
    var descriptor: Int32 { get }
    /// Sends a payload to the other end.
    func send(_ payload: [UInt8]) throws(ClientSocketFailure)
    /// Sends a payload so that the relay itself has to read the message around it.
    func sendOpenly(_ payload: [UInt8]) throws(ClientSocketFailure)
    /// Takes what has come, a bounded number of payloads.
    func receive(_ body: (MediaLegInput) -> Void) throws(ClientSocketFailure)
}

/// What came by a leg.
enum MediaLegInput {
    /// A payload of the other end.
    case payload([UInt8])
    /// What the relay did about the leg's allocation.
    case event(ClientEvent)
}

/// How much is read at once, so that no session keeps the others waiting.
private enum ReadLimit {
    static let datagrams = 64
    static let bytes = 65_536
}

/// The relay's client.
final class RelayLeg: MediaLeg {
    /// How long connecting may take, TLS included, in milliseconds.
    private static let connectMilliseconds: UInt64 = 5_000

    private let socket: ClientSocket
    private var client: RelayClient
    private var reassembler = StreamReassembler()
    private var buffer = [UInt8](repeating: 0, count: ReadLimit.bytes)
    /// Whom payloads go to.
    var peer: TransportAddress?
    /// Its relayed address, once there is one.
    var relayed: TransportAddress? { client.allocation?.relayed.first }
    /// Whether the relay has granted the channel to `peer`.
    var isBound: Bool { peer.map { client.hasChannel(to: $0) } ?? false }
    /// The relay's family: peers have to be of the same.
    var family: AddressFamily { socket.remote.family }
    var descriptor: Int32 { socket.descriptor }

    /// Connects.
    init(
        _ uri: RelayURI, _ server: TransportAddress, _ settings: ClientSettings, trust: CertificateTrust
    ) throws(ClientSocketFailure) {
        socket = try ClientSocket(
            to: server, transport: uri.transport, host: uri.host, trust: trust,
            timeoutMilliseconds: RelayLeg.connectMilliseconds)
        client = RelayClient(
            settings, framing: uri.transport == .udp ? .datagram : .stream, random: SecureRandom())
    }

    /// Sends a request; its outcome is an event.
    func start(_ request: ClientRequest) throws(ClientSocketFailure) {
        client.start(request, now: ClientClock.milliseconds)
        try flush()
    }

    /// Repeats and renews what is due.
    func tick() throws(ClientSocketFailure) -> [ClientEvent] {
        let events = client.tick(now: ClientClock.milliseconds)
        try flush()
        return events
    }

    func send(_ payload: [UInt8]) throws(ClientSocketFailure) {
        guard let peer else { return }
        try transmit(client.packet(payload, to: peer))
    }

    func sendOpenly(_ payload: [UInt8]) throws(ClientSocketFailure) {
        guard let peer else { return }
        try transmit(client.sendIndication(payload, to: peer))
    }

    func receive(_ body: (MediaLegInput) -> Void) throws(ClientSocketFailure) {
        for _ in 0..<ReadLimit.datagrams {
            guard let count = try read() else { return }
            if client.framing == .datagram {
                take(Array(buffer[..<count]), body)
            } else {
                reassembler.append(buffer[..<count])
                try takeMessages(body)
            }
            try flush()
        }
    }

    private func read() throws(ClientSocketFailure) -> Int? {
        do throws(ClientSocketFailure) {
            return try socket.receive(into: &buffer)
        } catch {
            // An ICMP error that an earlier datagram met ends nothing.
            if client.framing == .datagram { return nil }
            throw error
        }
    }

    private func takeMessages(_ body: (MediaLegInput) -> Void) throws(ClientSocketFailure) {
        while true {
            switch reassembler.next() {
            case .message(let message): take(message, body)
            case .incomplete: return
            case .invalid: throw .notTURN
            }
        }
    }

    private func take(_ message: [UInt8], _ body: (MediaLegInput) -> Void) {
        switch client.receive(message.span.bytes, now: ClientClock.milliseconds) {
        case .data(_, _, let range)?: body(.payload(Array(message[range])))
        case let event?: body(.event(event))
        case nil: break
        }
    }

    private func flush() throws(ClientSocketFailure) {
        while let message = client.nextOutput() { try transmit(message) }
    }

    private func transmit(_ message: [UInt8]) throws(ClientSocketFailure) {
        do throws(ClientSocketFailure) {
            try socket.send(message)
        } catch {
            // As in `read`: what could not be sent is lost, as on the way.
            if client.framing == .stream { throw error }
        }
    }
}

/// Somebody outside who sends to the relayed address.
final class PeerLeg: MediaLeg {
    private let socket: ClientSocket
    private var buffer = [UInt8](repeating: 0, count: ReadLimit.bytes)
    var descriptor: Int32 { socket.descriptor }
    /// Where the relay sends to.
    var address: TransportAddress { socket.local }

    /// A socket towards this relayed address.
    init(towards relayed: TransportAddress) throws(ClientSocketFailure) {
        socket = try ClientSocket(to: relayed, transport: .udp, host: "")
    }

    func send(_ payload: [UInt8]) throws(ClientSocketFailure) {
        // What could not be sent is lost, as on the way.
        _ = try? socket.send(payload)
    }

    func sendOpenly(_ payload: [UInt8]) throws(ClientSocketFailure) { try send(payload) }

    func receive(_ body: (MediaLegInput) -> Void) throws(ClientSocketFailure) {
        for _ in 0..<ReadLimit.datagrams {
            guard let count = try? socket.receive(into: &buffer) else { return }
            body(.payload(Array(buffer[..<count])))
        }
    }
}
