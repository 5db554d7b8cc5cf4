internal import Logging
public import Signaling
internal import Store

/// The sockets of all pages: reads their frames, lets the switchboard decide, and does what it decides, in its order.
///
/// What has to be written goes into a queue; as many as have come share one transaction. The switchboard is told when
/// it is on the disk, and only then are people told: written, acknowledged, delivered.
public actor SignalingHub: Announcer {
    let core: CompanionCore
    let settings: SignalingSettings
    var board: Switchboard
    private let issuer: any IceServerIssuer

    private var handles: [ConnectionID: SocketHandle] = [:]
    private var principals: [SocketID: Principal] = [:]
    private var connectionCount: UInt64 = 0
    private var jobs: [SignalingJob] = []
    private var isWorking = false
    /// Ends of calls that could not be written, to be tried again.
    private var unwritten: [SignalingJob] = []
    private var trouble = Trouble("signaling could not be written")
    /// The last message that went to many, and its frame.
    private var lastFrame: (message: ServerMessage, text: String)?
    private var isClosed = false

    /// Ends of calls that are kept for another try.
    private static let unwrittenMax = 4_096
    /// Calls of an earlier process that are ended in one transaction.
    private static let unfinishedMax = 500

    /// A hub without sockets.
    public init(core: CompanionCore, issuer: any IceServerIssuer) {
        self.core = core
        self.issuer = issuer
        settings = core.settings.signaling
        board = Switchboard(limits: core.settings.signaling.limits)
    }

    // MARK: Life

    /// Ends the calls that an earlier process has left unfinished. To be called before the first socket.
    public func start() async throws {
        let core = core
        while true {
            let ended = try await core.store.write { connection in
                try connection.endUnfinishedCalls(limit: Self.unfinishedMax, at: core.now, core.surroundings)
            }
            if ended > 0 { core.logger.notice("calls of an earlier run were ended", metadata: ["calls": "\(ended)"]) }
            if ended < Self.unfinishedMax { return }
        }
    }

    /// Looks after time until it is cancelled.
    public func run() async {
        while !Task.isCancelled {
            tick()
            try? await Task.sleep(for: .milliseconds(settings.tickMilliseconds))
        }
    }

    /// Ends what has expired now. `run` does this by itself.
    public func tick() {
        let retried = unwritten
        unwritten = []
        for job in retried { enqueue(job) }
        board.tick(now: core.now)
        drain()
    }

    /// Closes all sockets and takes no more. What waits to be written is written.
    public func shutdown() async {
        isClosed = true
        for handle in handles.values { handle.outbound.close(code: 1001, reason: "the server is stopping") }
        handles = [:]
        await settle()
    }

    /// Waits until nothing is left to be written.
    public func settle() async {
        while isWorking || !jobs.isEmpty { try? await Task.sleep(for: .milliseconds(1)) }
    }

    // MARK: Sockets

    /// A connection of a person who is signed in. The first frame, a welcome, is in its outbox when this returns.
    public func attach(_ principal: Principal) async throws -> SocketHandle {
        let core = core
        let onlyRoommates = settings.contactsShareRoom
        let (person, roommates) = try await core.store.read { connection in
            (
                try connection.member(principal.personID),
                onlyRoommates ? try connection.roommateIDs(of: principal.personID) : nil
            )
        }
        guard let person, person.isActive else { throw ServiceFailure.notSignedIn }
        guard !isClosed else { throw ServiceFailure.busy }
        connectionCount += 1
        let handle = SocketHandle(
            connection: ConnectionID(connectionCount), principal: principal, settings: settings)
        let socket = SocketID(Identifier.make(core.surroundings))
        handles[handle.connection] = handle
        principals[socket] = principal
        let contacts = roommates.map { Contacts.only(Set($0.map { PersonID($0) })) } ?? .everyone
        board.attach(
            Switchboard.Arrival(
                connection: handle.connection, socket: socket,
                resume: ResumeKey(Identifier.make(core.surroundings)), person: PersonID(principal.personID),
                name: try core.name(of: person), role: principal.role.rawValue,
                session: SessionID(principal.sessionID), contacts: contacts),
            now: core.now)
        enqueue(socketJob(.connectionSuccess, principal))
        drain()
        return handle
    }

    /// A text frame came in.
    public func receive(_ text: String, from handle: SocketHandle) {
        let now = core.now
        defer { drain() }
        guard let socket = board.admit(handle.connection, now: now) else { return }
        do throws(ClientFrame.Problem) {
            let frame = try ClientFrame.read(text)
            if case .resume(let key, let last) = frame {
                board.resume(key, last: last, on: handle.connection, now: now)
                if let resumed = board.socket(on: handle.connection) { principals[resumed] = handle.principal }
            } else {
                board.settle(socket)
                take(frame, from: socket, now: now)
            }
        } catch {
            board.send(.error(id: error.id, error.error), to: socket, now: now)
        }
    }

    /// A connection is gone. Its socket can be resumed for a while.
    public func detach(_ handle: SocketHandle) {
        handles[handle.connection] = nil
        handle.outbound.finish()
        board.detach(handle.connection, now: core.now)
        drain()
    }

    /// Sign-ins are over: their sockets are closed with 4001 and their calls end.
    public func end(sessions: [String], reason: String = "signed_out") {
        board.end(sessions: Set(sessions.map { SessionID($0) }), reason: reason, now: core.now)
        drain()
    }

    /// A person may not go on: all sockets are closed with 4001 and the call ends.
    public func revoke(person: String, reason: String = "disabled") {
        board.revoke(PersonID(person), reason: reason, now: core.now)
        drain()
    }

    /// Tells people what has changed. After a change of a room they see each other anew.
    public func announce(_ message: ServerMessage, to people: [String]) async {
        if case .roomChanged = message, settings.contactsShareRoom { await loadContacts(of: people) }
        board.deliver(message, to: people.map { PersonID($0) }, now: core.now)
        drain()
    }

    private func loadContacts(of people: [String]) async {
        let found = try? await core.store.read { connection in
            try people.map { ($0, try connection.roommateIDs(of: $0)) }
        }
        for (person, roommates) in found ?? [] {
            board.setContacts(.only(Set(roommates.map { PersonID($0) })), of: PersonID(person))
        }
    }

    // MARK: What holds now

    /// Those of some people who are online.
    public func online(_ people: [String]) -> Set<String> {
        Set(people.filter { board.isOnline(PersonID($0)) })
    }

    /// The sign-ins that have a connection now.
    public func connectedSessions() -> Set<String> { Set(board.connectedSessions.map(\.text)) }

    /// Sockets and calls now, lost sockets included.
    public var counts: (sockets: Int, calls: Int) { (board.socketCount, board.callCount) }

    // MARK: Effects

    /// Does everything that the switchboard has decided.
    func drain() {
        var effects = board.drainEffects()
        while !effects.isEmpty {
            for effect in effects { execute(effect) }
            // A connection that takes no more has made further ones.
            effects = board.drainEffects()
        }
    }

    private func execute(_ effect: Effect) {
        switch effect {
        case .send(let connection, let sequence, let message):
            guard let handle = handles[connection] else { return }
            if !handle.outbound.push(frame(message, sequence)) { board.stalled(connection, now: core.now) }
        case .close(let connection, let reason):
            // A slow reader still gets what is queued: each resumption so brings it further.
            handles.removeValue(forKey: connection)?.outbound.close(code: reason.code, reason: reason.text)
        case .record(let ticket, let transition):
            enqueue(.record(ticket, transition, address: address(of: transition)))
        case .checkFingerprints(let ticket, let person, let fingerprints):
            enqueue(.fingerprints(ticket, person: person, fingerprints))
        case .issueServers(let request): issueServers(request)
        case .auditRefusal(let refusal): enqueue(.refusal(refusal, address: address(of: refusal.person)))
        case .forget(let socket):
            if let principal = principals.removeValue(forKey: socket) {
                enqueue(socketJob(.connectionClosed, principal))
            }
        }
    }

    private func frame(_ message: ServerMessage, _ sequence: UInt64?) -> String {
        guard sequence == nil else { return ServerFrame.text(message, sequence: sequence) }
        // Presence goes to many at once.
        if let last = lastFrame, last.message == message { return last.text }
        let text = ServerFrame.text(message, sequence: nil)
        lastFrame = (message, text)
        return text
    }

    private func socketJob(_ type: AuditType, _ principal: Principal) -> SignalingJob {
        .socket(type, person: principal.personID, session: principal.sessionID, address: principal.address)
    }

    /// Where the person that causes a transition is.
    private func address(of transition: CallTransition) -> String {
        transition.actor.map { address(of: $0) } ?? ""
    }

    private func address(of person: PersonID) -> String {
        principals.first { $0.value.personID == person.text }?.value.address ?? ""
    }

    private func issueServers(_ request: ServerRequest) {
        guard let principal = principals[request.socket] else { return }
        let issuer = issuer
        Task {
            do {
                let servers = try await issuer.issue(
                    for: principal, room: request.room.text, call: request.call.text)
                board.serversIssued(request, servers, now: core.now)
            } catch {
                core.logger.warning("no relay credential for a call", metadata: ["error": "\(error)"])
                let failure = error as? ServiceFailure
                board.serversFailed(
                    request,
                    SignalingError(
                        code: failure?.code ?? "unavailable",
                        message: failure?.message ?? "no relay credential could be issued: try again"),
                    now: core.now)
            }
            drain()
        }
    }

    // MARK: Writing

    /// Whether there is room for another job of a page; else the page is told.
    func hasRoom(for socket: SocketID, _ id: String?) -> Bool {
        if jobs.count < settings.waitingMax { return true }
        let error = SignalingError(code: "busy", message: "the server has too much to write: try again")
        board.send(.error(id: id, error), to: socket, now: core.now)
        return false
    }

    func enqueue(_ job: SignalingJob) {
        jobs.append(job)
        guard !isWorking else { return }
        isWorking = true
        Task { await work() }
    }

    private func work() async {
        while !jobs.isEmpty {
            let batch = Array(jobs.prefix(settings.batchMax))
            jobs.removeFirst(batch.count)
            let outcomes = await perform(batch)
            for (job, outcome) in zip(batch, outcomes) {
                apply(outcome, of: job)
                drain()
            }
        }
        isWorking = false
    }

    private func perform(_ batch: [SignalingJob]) async -> [SignalingJob.Outcome] {
        let core = core
        do {
            let outcomes = try await core.store.write { connection in
                try batch.map { try $0.perform(core, connection) }
            }
            trouble.note(nil, core.logger)
            return outcomes
        } catch {
            guard batch.count > 1 else {
                trouble.note(error, core.logger)
                return [.failed(Self.error(error))]
            }
        }
        // One of them does not go: the others shall not suffer for it.
        var outcomes: [SignalingJob.Outcome] = []
        for job in batch { outcomes += await perform([job]) }
        return outcomes
    }

    private static func error(_ error: any Error) -> SignalingError {
        if case StoreFailure.full = error {
            return SignalingError(code: "storage_full", message: "the server's disk is full: tell the administrator")
        }
        return SignalingError(code: "unavailable", message: "the server could not write this down: try again")
    }

    private func apply(_ outcome: SignalingJob.Outcome, of job: SignalingJob) {
        let now = core.now
        switch (job, outcome) {
        case (.record(let ticket, _, _), .done): board.recorded(ticket, now: now)
        case (.record(let ticket, let transition, _), _):
            board.unrecorded(ticket, now: now)
            if case .ended = transition.step, unwritten.count < Self.unwrittenMax { unwritten.append(job) }
        case (.fingerprints(let ticket, _, _), .verdict(let verdict)):
            board.fingerprintsChecked(ticket, verdict, now: now)
        case (.fingerprints(let ticket, _, _), _): board.fingerprintsChecked(ticket, .unknown, now: now)
        case (.call(_, let callee, let socket, let id, let media), .room(let room)):
            board.request(
                Switchboard.NewCall(
                    call: CallID(Identifier.make(core.surroundings)), room: RoomID(room), socket: socket, id: id,
                    callee: PersonID(callee), media: media), now: now)
        case (.chat(_, let socket, let id, _, _, _), .stored(let message, let members)):
            board.send(.ack(id: id, Acknowledgement(message: message)), to: socket, now: now)
            board.deliver(.chat(message), to: members.map { PersonID($0) }, except: socket, now: now)
        case (.chat(_, let socket, let id, _, _, _), .repeated(let message)):
            board.send(.ack(id: id, Acknowledgement(message: message)), to: socket, now: now)
        case (.call(_, _, let socket, let id, _), .refused(let error)),
            (.call(_, _, let socket, let id, _), .failed(let error)),
            (.chat(_, let socket, let id, _, _, _), .refused(let error)),
            (.chat(_, let socket, let id, _, _, _), .failed(let error)):
            board.send(.error(id: id, error), to: socket, now: now)
        default: break
        }
    }
}
