import Foundation
import Integrity
import Logging
public import Store
import Vault

/// Sessions: who is signed in, from where, until when.
public final class SessionService: Sendable {
    /// Sessions that are listed at most.
    public static let listMax = 200
    /// Bytes of a browser's name of itself that are kept.
    static let agentBytesMax = 256
    /// Seconds between two sweeps of what has ended.
    static let sweepSeconds = 15
    /// Sessions that one sweep ends.
    static let sweepMax = 500

    let core: CompanionCore
    let limiter: AttemptLimiter
    /// Who is told of sessions that end.
    public let events: SessionEvents

    /// The sessions of `core`; those who listen to `events` learn of each that ends.
    public init(core: CompanionCore, events: SessionEvents) {
        self.core = core
        self.events = events
        limiter = AttemptLimiter(core: core)
    }

    // MARK: Asking

    /// Who holds this token, while the session lives and the account is open; notes that the session was used.
    public func authenticate(token: String, address: String) async throws -> Principal? {
        guard let hash = Token.hash(token) else { return nil }
        let limits = core.sessionLimits
        let found = try await core.store.read { connection -> (SessionRecord, PersonRecord)? in
            guard let session = try connection.session(tokenHash: hash, limits),
                let person = try connection.person(id: session.personID), person.state == .active
            else { return nil }
            return (session, person)
        }
        guard let (session, person) = found else { return nil }
        let moved = session.address != address
        if moved || core.now - session.seenAt >= Int64(core.settings.sessions.touchSeconds) * 1000 {
            let now = core.now
            do {
                try await core.store.write { try $0.touchSession(id: session.id, at: now, from: address) }
            } catch StoreFailure.full {
                // Reading goes on while nothing can be written.
            }
        }
        return Principal(personID: person.id, sessionID: session.id, role: person.role, address: address)
    }

    /// Notes that a session is used without a request, by an open socket; whether it still lives.
    public func touch(sessionID: String) async throws -> Bool {
        let (limits, now) = (core.sessionLimits, core.now)
        let stale = now - Int64(core.settings.sessions.touchSeconds) * 1000
        let session = try await core.store.read { try $0.session(id: sessionID) }
        guard let session, session.endedAt == nil, session.expiresAt > now, session.seenAt > limits.seenAfter else {
            return false
        }
        if session.seenAt <= stale {
            try await core.store.write { try $0.touchSession(id: sessionID, at: now, from: nil) }
        }
        return true
    }

    /// The token that goes with every change of a session. It follows from the session's own token, so nothing has to
    /// be kept, and whoever reads it cannot turn it back.
    public static func csrf(for token: String) -> String {
        var authenticator = MessageAuthenticator()
        let code = authenticator.sha256(key: Array(token.utf8).span, Array("csrf".utf8).span)
        return Token.text(code.indices.map { code[$0] })
    }

    /// Whether `csrf` goes with the session of `token`.
    public static func matches(csrf: String, token: String) -> Bool {
        ConstantTime.equal(Array(csrf.utf8).span, Array(Self.csrf(for: token).utf8).span)
    }

    /// The living sessions of the person who asks, the newest first.
    public func list(
        for principal: Principal, limit: Int = listMax, after cursor: PageCursor? = nil
    ) async throws -> Page<SessionSummary> {
        try await list(person: principal.personID, limit, cursor)
    }

    /// The living sessions of everybody, or of one person, the newest first: for administrators.
    public func listAll(
        for principal: Principal, person: String? = nil, limit: Int = listMax, after cursor: PageCursor? = nil
    ) async throws -> Page<SessionSummary> {
        guard principal.role == .admin else { throw ServiceFailure.forbidden }
        return try await list(person: person, limit, cursor)
    }

    private func list(
        person: String?, _ limit: Int, _ cursor: PageCursor?
    ) async throws -> Page<SessionSummary> {
        let (limits, limit) = (core.sessionLimits, min(max(limit, 1), Self.listMax))
        return try await core.store.read { [core] connection in
            try Page(
                connection.sessions(of: person, limits, limit: limit + 1, after: cursor), limit: limit,
                cursor: { PageCursor(key: $0.createdAt, id: $0.id) }
            ) { session in
                SessionSummary(
                    id: session.id, personID: session.personID, createdAt: session.createdAt, seenAt: session.seenAt,
                    expiresAt: session.expiresAt, address: session.address,
                    agent: try core.vault.openText(session.agentSealed, context: Self.agent(session.id)))
            }
        }
    }

    // MARK: Ending

    /// Ends a session of the person who asks; an administrator ends anybody's. Returns when sockets are closed.
    public func end(_ sessionID: String, by principal: Principal) async throws {
        let ended = try await core.store.write { [core] connection -> EndedSessions in
            guard let session = try connection.session(id: sessionID), session.endedAt == nil,
                session.personID == principal.personID || principal.role == .admin
            else { throw ServiceFailure.notFound }
            let cause = SessionEnd(requester: principal.personID, reason: "sign-out", address: principal.address)
            return try core.end(session, cause, connection)
        }
        await events.publish(ended)
    }

    /// Ends all sessions of a person: for administrators, and for people about themselves.
    public func endAll(of person: String, by principal: Principal) async throws {
        guard principal.role == .admin || principal.personID == person else { throw ServiceFailure.forbidden }
        let ended = try await core.store.write { [core] connection -> EndedSessions in
            guard try connection.person(id: person) != nil else { throw ServiceFailure.notFound }
            let cause = SessionEnd(
                requester: principal.personID, reason: "signed out everywhere", address: principal.address)
            return try core.endSessions(of: person, cause, connection)
        }
        await events.publish(ended)
    }

    /// Ends what time has ended, and forgets what nobody needs any more, until the task is cancelled.
    public func run() async {
        var trouble = Trouble("sessions cannot be swept")
        while !Task.isCancelled {
            do {
                try await sweep()
                trouble.note(nil, core.logger)
            } catch {
                trouble.note(error, core.logger)
            }
            try? await Task.sleep(for: .seconds(Self.sweepSeconds))
        }
    }

    /// One sweep.
    func sweep() async throws {
        let (limits, now) = (core.sessionLimits, core.now)
        let remembered = now - Int64(core.settings.sessions.rememberedDays) * 86_400_000
        let over = try await core.store.read { try $0.sessionsOver(limits, limit: Self.sweepMax) }
        if !over.isEmpty {
            let ended = try await core.store.write { [core] connection in
                var all = EndedSessions()
                for session in over {
                    let reason = session.expiresAt <= now ? "lifetime" : "idle"
                    let cause = SessionEnd(requester: nil, reason: reason, address: "")
                    let ended = try core.end(session, cause, connection)
                    all.sessions += ended.sessions
                    all.signedOut += ended.signedOut
                }
                return all
            }
            await events.publish(ended)
        }
        try await core.store.write { [limiter] connection in
            try limiter.sweep(connection)
            try connection.deleteChallenges(endedBefore: now)
            try connection.deleteTickets(endedBefore: now)
            try connection.deletePasswordResets(endedBefore: now)
            try connection.deleteSessions(endedBefore: remembered)
        }
    }

    // MARK: Sockets

    /// A ticket that opens one socket for the session of the person who asks.
    public func ticket(for principal: Principal) async throws -> SocketTicket {
        let token = Token.text(core.surroundings.random(Token.bytes))
        let expiresAt = core.now + Int64(core.settings.sessions.ticketSeconds) * 1000
        try await core.store.write { [core] connection in
            guard let session = try connection.session(id: principal.sessionID), session.endedAt == nil else {
                throw ServiceFailure.notSignedIn
            }
            let open = try connection.openTickets(of: session.id, at: core.now)
            guard open < core.settings.sessions.ticketsPerSessionMax else {
                throw ServiceFailure.tooMany(retryAfterSeconds: core.settings.sessions.ticketSeconds)
            }
            try connection.insertTicket(
                hash: Token.digest(Array(token.utf8)), session: session.id, expiresAt: expiresAt)
        }
        return SocketTicket(ticket: token, expiresAt: expiresAt)
    }

    /// Uses a ticket up: who it was issued to, or nil when it ended, was used before, or its session is over.
    public func redeem(ticket: String, address: String) async throws -> Principal? {
        guard let hash = Token.hash(ticket) else { return nil }
        let (limits, now) = (core.sessionLimits, core.now)
        return try await core.store.write { connection in
            guard let id = try connection.takeTicket(hash: hash, at: now), let session = try connection.session(id: id),
                session.endedAt == nil, session.expiresAt > now, session.seenAt > limits.seenAfter,
                let person = try connection.person(id: session.personID), person.state == .active
            else { return nil }
            return Principal(personID: person.id, sessionID: session.id, role: person.role, address: address)
        }
    }

    static func agent(_ id: String) -> SealContext { SealContext(table: "sessions", column: "agent", row: id) }
}
