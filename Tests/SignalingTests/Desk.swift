import Signaling

/// A switchboard whose store answers at once, and what each connection was sent.
struct Desk {
    var board: Switchboard
    var now: Int64 = 1_000_000
    var sent: [ConnectionID: [ServerMessage]] = [:]
    var closed: [ConnectionID: CloseReason] = [:]
    var transitions: [CallTransition.Step] = []
    var refusals: [Refusal.Cause] = []
    var requests: [ServerRequest] = []
    /// What the store says of fingerprints.
    var verdict = Switchboard.FingerprintVerdict.fresh
    /// While it is on hold the store does not answer.
    var isOnHold = false
    private var waiting: [Effect] = []
    private var connections: UInt64 = 0

    init(limits: SignalingLimits = SignalingLimits()) { board = Switchboard(limits: limits) }

    /// A new page; its connection and its socket have the same number.
    mutating func attach(
        _ person: String, session: String? = nil, contacts: Contacts = .everyone
    ) -> ConnectionID {
        connections += 1
        board.attach(
            Switchboard.Arrival(
                connection: ConnectionID(connections), socket: SocketID("socket-\(connections)"),
                resume: ResumeKey("resume-\(connections)"), person: PersonID(person), name: person, role: "user",
                session: SessionID(session ?? person), contacts: contacts), now: now)
        settle()
        return ConnectionID(connections)
    }

    mutating func call(_ from: ConnectionID, _ to: String, _ name: String = "call") {
        board.request(
            Switchboard.NewCall(
                call: CallID(name), room: RoomID("room"), socket: board.socket(on: from)!, id: "request",
                callee: PersonID(to), media: [.audio]), now: now)
        settle()
    }

    mutating func ask(_ request: CallRequest, _ from: ConnectionID, id: String? = "id", call: String = "call") {
        board.handle(request, of: CallID(call), from: board.socket(on: from)!, id: id, now: now)
        settle()
    }

    mutating func wait(_ milliseconds: Int64) {
        now += milliseconds
        board.tick(now: now)
        settle()
    }

    /// Brings two pages into a call.
    mutating func connect(_ one: ConnectionID, _ two: ConnectionID) {
        call(one, board.person(of: board.socket(on: two)!)!.text)
        ask(.accept, two)
        sent = [:]
    }

    /// What a page was sent since it was last asked.
    mutating func take(_ connection: ConnectionID) -> [ServerMessage] {
        sent.removeValue(forKey: connection) ?? []
    }

    /// The code of the last refusal that a page was sent.
    mutating func code(_ connection: ConnectionID) -> String? {
        take(connection).compactMap { if case .error(_, let error) = $0 { error.code } else { nil } }.last
    }

    /// The store answers what waits.
    mutating func answer() {
        isOnHold = false
        let effects = waiting
        waiting = []
        for effect in effects {
            execute(effect)
            settle()
        }
    }

    mutating func settle() {
        var effects = board.drainEffects()
        while !effects.isEmpty {
            for effect in effects { execute(effect) }
            effects = board.drainEffects()
        }
    }

    private mutating func execute(_ effect: Effect) {
        switch effect {
        case .send(let connection, _, let message): sent[connection, default: []].append(message)
        case .close(let connection, let reason): closed[connection] = reason
        case .record where isOnHold, .checkFingerprints where isOnHold: waiting.append(effect)
        case .record(let ticket, let transition):
            transitions.append(transition.step)
            board.recorded(ticket, now: now)
        case .checkFingerprints(let ticket, _, _): board.fingerprintsChecked(ticket, verdict, now: now)
        case .issueServers(let request): requests.append(request)
        case .auditRefusal(let refusal): refusals.append(refusal.cause)
        case .forget: break
        }
    }
}
