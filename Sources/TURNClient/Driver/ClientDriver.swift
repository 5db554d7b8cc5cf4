import Integrity
public import STUN

/// A peer's payload that came through the relay.
public struct ClientDelivery: Hashable, Sendable {
    /// The peer.
    public let peer: TransportAddress
    /// The channel it came through; nil when it came as an indication.
    public let channel: UInt16?
    /// The peer's bytes.
    public let payload: [UInt8]
    /// When it was read, in nanoseconds of `ClientClock`.
    public let nanoseconds: UInt64
}

/// Why a request through a driver failed. The description is one line for people.
public enum ClientDriverFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is no connection.
    case socket(ClientSocketFailure)
    /// The relay did not grant it.
    case request(ClientRequest, ClientFailure)

    /// What happened and what to do about it.
    public var description: String {
        switch self {
        case .socket(let failure): failure.description
        case .request(let request, let failure): "\(request.method): \(failure.advice)"
        }
    }
}

/// A `RelayClient` with a socket and a clock: blocking calls for tests, probes and small tools.
public struct ClientDriver: ~Copyable {
    /// The state machine.
    public private(set) var client: RelayClient
    /// The socket.
    public let socket: ClientSocket
    /// What peers sent and `takeDeliveries` has not yet returned.
    private var deliveries: [ClientDelivery] = []
    /// Outcomes of requests that nobody has looked at.
    private var outcomes: [ClientEvent] = []
    private var reassembler = StreamReassembler()
    private var buffer = [UInt8](repeating: 0, count: 65_536)

    /// Connects to the relay.
    public init(
        to uri: RelayURI, _ settings: ClientSettings, trust: CertificateTrust = .system,
        timeoutMilliseconds: UInt64 = 5_000
    ) throws(ClientSocketFailure) {
        socket = try ClientSocket(to: uri, trust: trust, timeoutMilliseconds: timeoutMilliseconds)
        client = RelayClient(
            settings, framing: uri.transport == .udp ? .datagram : .stream, random: SecureRandom())
    }

    /// A driver over a socket that is connected already.
    public init(over socket: consuming ClientSocket, framing: ClientFraming, _ settings: ClientSettings) {
        self.socket = socket
        client = RelayClient(settings, framing: framing, random: SecureRandom())
    }

    /// Sends a request and waits for its outcome.
    public mutating func perform(
        _ request: ClientRequest, timeoutMilliseconds: UInt64 = 5_000
    ) throws(ClientDriverFailure) -> ClientEvent {
        let deadline = ClientClock.milliseconds + timeoutMilliseconds
        outcomes.removeAll()
        client.start(request, now: ClientClock.milliseconds)
        while true {
            try pump()
            if !outcomes.isEmpty {
                let event = outcomes.removeFirst()
                if case .failed(let request, let failure) = event { throw .request(request, failure) }
                return event
            }
            let now = ClientClock.milliseconds
            guard now < deadline else { throw .socket(.timedOut) }
            _ = ClientClock.wait(on: [socket.descriptor], until: min(client.nextDeadline ?? deadline, deadline))
        }
    }

    /// Allocates a relayed address.
    public mutating func allocate(
        _ options: AllocateOptions = AllocateOptions(), timeoutMilliseconds: UInt64 = 5_000
    ) throws(ClientDriverFailure) -> ClientAllocation {
        let event = try perform(.allocate(options), timeoutMilliseconds: timeoutMilliseconds)
        guard case .allocated(let allocation) = event else { throw .request(.allocate(options), .malformedAnswer) }
        return allocation
    }

    /// Sends a payload to a peer: through its channel when one is bound, else as a Send indication.
    public mutating func send(_ payload: [UInt8], to peer: TransportAddress) throws(ClientSocketFailure) {
        try socket.send(client.packet(payload, to: peer))
    }

    /// Sends bytes as they are.
    public func send(raw bytes: [UInt8]) throws(ClientSocketFailure) {
        try socket.send(bytes)
    }

    /// What peers sent since the last call, after reading what the socket has now.
    public mutating func takeDeliveries() throws(ClientDriverFailure) -> [ClientDelivery] {
        try pump()
        defer { deliveries.removeAll(keepingCapacity: true) }
        return deliveries
    }

    /// Waits for at least one payload; none when the time passes.
    public mutating func awaitDeliveries(timeoutMilliseconds: UInt64) throws(ClientDriverFailure) -> [ClientDelivery] {
        let deadline = ClientClock.milliseconds + timeoutMilliseconds
        while true {
            let found = try takeDeliveries()
            guard found.isEmpty, ClientClock.milliseconds < deadline else { return found }
            _ = ClientClock.wait(on: [socket.descriptor], until: min(client.nextDeadline ?? deadline, deadline))
        }
    }

    /// Sends what is due and takes in what has come, without waiting.
    public mutating func pump() throws(ClientDriverFailure) {
        do throws(ClientSocketFailure) {
            outcomes += client.tick(now: ClientClock.milliseconds)
            try flush()
            while let count = try socket.receive(into: &buffer) {
                if client.framing == .datagram {
                    take(Array(buffer[..<count]))
                } else {
                    reassembler.append(buffer[..<count])
                    try takeMessages()
                }
                try flush()
            }
        } catch {
            throw .socket(error)
        }
    }

    private mutating func takeMessages() throws(ClientSocketFailure) {
        while true {
            switch reassembler.next() {
            case .message(let message): take(message)
            case .incomplete: return
            case .invalid: throw .notTURN
            }
        }
    }

    private mutating func take(_ message: [UInt8]) {
        switch client.receive(message.span.bytes, now: ClientClock.milliseconds) {
        case .data(let peer, let channel, let range)?:
            deliveries.append(
                ClientDelivery(
                    peer: peer, channel: channel, payload: Array(message[range]),
                    nanoseconds: ClientClock.nanoseconds))
        case let event?: outcomes.append(event)
        case nil: break
        }
    }

    private mutating func flush() throws(ClientSocketFailure) {
        while let message = client.nextOutput() { try socket.send(message) }
    }
}
