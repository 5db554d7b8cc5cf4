/// All sockets and calls of a companion, and what is decided about them.
///
/// It does no input and no output and reads no clock: frames that were parsed, identifiers and time come in as
/// arguments; what is to be done comes out as effects. One input, then all its effects in their order, then the next
/// input. A transition of a call is written down before anybody is told: `Effect.record` asks for that, and the call
/// waits until `recorded` or `unrecorded`.
public struct Switchboard: Sendable {
    /// Sizes and times.
    public let limits: SignalingLimits

    var sockets: [SocketID: Socket] = [:]
    var connections: [ConnectionID: SocketID] = [:]
    var resumptions: [ResumeKey: SocketID] = [:]
    var people: [PersonID: Person] = [:]
    var calls: [CallID: Call] = [:]
    /// Lost sockets, and people whose last socket was lost.
    var lost: Set<SocketID> = []
    var leaving: [PersonID: Int64] = [:]
    /// Counts sockets and tickets.
    var counter: UInt64 = 0
    private var effects: [Effect] = []

    /// A switchboard without sockets.
    public init(limits: SignalingLimits = SignalingLimits()) { self.limits = limits }

    /// What is to be done outside, in order. To be drained after every input.
    public mutating func drainEffects() -> [Effect] {
        defer { effects = [] }
        return effects
    }

    mutating func emit(_ effect: Effect) { effects.append(effect) }

    mutating func count() -> UInt64 {
        counter += 1
        return counter
    }

    // MARK: What holds now

    /// Sockets, lost ones included.
    public var socketCount: Int { sockets.count }

    /// Calls that are not over.
    public var callCount: Int { calls.count }

    /// Whether a person has a socket, or had one a moment ago.
    public func isOnline(_ person: PersonID) -> Bool { people[person]?.isOnline ?? false }

    /// The socket of a connection.
    public func socket(on connection: ConnectionID) -> SocketID? { connections[connection] }

    /// Whose socket it is.
    public func person(of socket: SocketID) -> PersonID? { sockets[socket]?.person }

    /// The sign-ins that have a connection now.
    public var connectedSessions: Set<SessionID> {
        Set(sockets.values.lazy.filter { $0.connection != nil }.map(\.session))
    }

    /// Whether a person sees another one and may call them.
    public func isContact(_ person: PersonID, of other: PersonID) -> Bool {
        people[other]?.contacts.contains(person) ?? false
    }

    // MARK: Sending

    /// Sends to one socket, or keeps the message until it is resumed.
    public mutating func send(_ message: ServerMessage, to id: SocketID, now: Int64) {
        guard let connection = sockets[id]?.connection else {
            if message.isSequenced { _ = keep(message, for: id, now: now) }
            return
        }
        let sequence = message.isSequenced ? keep(message, for: id, now: now) : nil
        emit(.send(connection, sequence: sequence, message))
    }

    private mutating func keep(_ message: ServerMessage, for id: SocketID, now: Int64) -> UInt64? {
        guard let isConnected = sockets[id].map({ $0.connection != nil }) else { return nil }
        return sockets[id]?.replay.append(message, now: now, isConnected: isConnected, limits: limits)
    }

    /// Sends to every socket of some people but one.
    public mutating func deliver(
        _ message: ServerMessage, to persons: [PersonID], except: SocketID? = nil, now: Int64
    ) {
        for person in persons {
            for socket in people[person]?.sockets ?? [] where socket != except { send(message, to: socket, now: now) }
        }
    }

    /// Acknowledges a request.
    mutating func acknowledge(_ asker: Asker?, _ acknowledgement: Acknowledgement, now: Int64) {
        // A page that gave no name to its request does not wait for an answer.
        guard let asker, asker.id != nil else { return }
        send(.ack(id: asker.id, acknowledgement), to: asker.socket, now: now)
    }

    /// Refuses a request.
    mutating func refuse(_ asker: Asker?, _ error: SignalingError, now: Int64) {
        guard let asker else { return }
        send(.error(id: asker.id, error), to: asker.socket, now: now)
    }
}
