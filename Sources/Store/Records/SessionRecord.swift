/// A row of `sessions`.
public struct SessionRecord: Sendable, Equatable {
    /// Its id, which is no secret.
    public var id: String
    /// The hash of the token that the browser holds.
    public var tokenHash: [UInt8]
    /// Who signed in.
    public var personID: String
    /// The hash of the token that goes with every change.
    public var csrfHash: [UInt8]
    /// When it began.
    public var createdAt: Int64
    /// When it was last used.
    public var seenAt: Int64
    /// When it ends, used or not.
    public var expiresAt: Int64
    /// Where it was last used from.
    public var address: String
    /// What the browser says it is, sealed.
    public var agentSealed: [UInt8]
    /// When it was ended.
    public var endedAt: Int64?

    /// A session.
    public init(
        id: String, tokenHash: [UInt8], personID: String, csrfHash: [UInt8], createdAt: Int64, seenAt: Int64,
        expiresAt: Int64, address: String, agentSealed: [UInt8], endedAt: Int64? = nil
    ) {
        self.id = id
        self.tokenHash = tokenHash
        self.personID = personID
        self.csrfHash = csrfHash
        self.createdAt = createdAt
        self.seenAt = seenAt
        self.expiresAt = expiresAt
        self.address = address
        self.agentSealed = agentSealed
        self.endedAt = endedAt
    }

    init(_ row: Row) throws {
        id = try row.text("id")
        tokenHash = try row.bytes("token_hash")
        personID = try row.text("person_id")
        csrfHash = try row.bytes("csrf_hash")
        createdAt = try row.integer("created_at")
        seenAt = try row.integer("seen_at")
        expiresAt = try row.integer("expires_at")
        address = try row.text("address")
        agentSealed = try row.bytes("agent_sealed")
        endedAt = try row.optionalInteger("ended_at")
    }
}

/// When sessions are over: used last before one time, or to end before another.
public struct SessionLimits: Sendable {
    /// Now.
    public var now: Int64
    /// A session that was last used before this is over.
    public var seenAfter: Int64

    /// The limits at a time.
    public init(now: Int64, seenAfter: Int64) {
        self.now = now
        self.seenAfter = seenAfter
    }

    fileprivate static let condition = "ended_at IS NULL AND expires_at > ? AND seen_at > ?"
    fileprivate var arguments: [SQLValue] { [.integer(now), .integer(seenAfter)] }
}

extension StoreConnection {
    /// Adds a session.
    public func insert(_ session: SessionRecord) throws {
        try execute(
            """
            INSERT INTO sessions (id, token_hash, person_id, csrf_hash, created_at, seen_at, expires_at, address,
                agent_sealed, ended_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(session.id), .bytes(session.tokenHash), .text(session.personID), .bytes(session.csrfHash),
                .integer(session.createdAt), .integer(session.seenAt), .integer(session.expiresAt),
                .text(session.address), .bytes(session.agentSealed), .optional(session.endedAt),
            ])
    }

    /// The session with this id, living or ended.
    public func session(id: String) throws -> SessionRecord? {
        try row("SELECT * FROM sessions WHERE id = ?", [.text(id)]).map(SessionRecord.init)
    }

    /// The living session with this token.
    public func session(tokenHash: [UInt8], _ limits: SessionLimits) throws -> SessionRecord? {
        try row(
            "SELECT * FROM sessions WHERE token_hash = ? AND \(SessionLimits.condition)",
            [.bytes(tokenHash)] + limits.arguments
        ).map(SessionRecord.init)
    }

    /// The living sessions of a person, or of all people, the newest first.
    public func sessions(
        of person: String?, _ limits: SessionLimits, limit: Int, after cursor: PageCursor? = nil
    ) throws -> [SessionRecord] {
        let whose = person == nil ? "" : " AND person_id = ?"
        let behind = PageCursor.condition(cursor, newestFirst: "created_at", id: "id", idsDescend: true)
        let arguments =
            limits.arguments + (person.map { [.text($0)] } ?? []) + behind.arguments + [.integer(Int64(limit))]
        return try rows(
            """
            SELECT * FROM sessions WHERE \(SessionLimits.condition)\(whose) AND \(behind.sql)
            ORDER BY created_at DESC, id DESC LIMIT ?
            """, arguments
        ).map(SessionRecord.init)
    }

    /// The sessions of a person that nobody has ended, whatever their age.
    public func unendedSessions(of person: String) throws -> [SessionRecord] {
        try rows(
            "SELECT * FROM sessions WHERE person_id = ? AND ended_at IS NULL ORDER BY created_at, id", [.text(person)]
        )
        .map(SessionRecord.init)
    }

    /// The sessions that time has ended and nobody has.
    public func sessionsOver(_ limits: SessionLimits, limit: Int) throws -> [SessionRecord] {
        try rows(
            "SELECT * FROM sessions WHERE ended_at IS NULL AND (expires_at <= ? OR seen_at <= ?) LIMIT ?",
            limits.arguments + [.integer(Int64(limit))]
        ).map(SessionRecord.init)
    }

    /// The addresses a person signed in from since `time`.
    public func sessionAddresses(of person: String, since time: Int64, limit: Int) throws -> [String] {
        try rows(
            """
            SELECT DISTINCT address FROM sessions WHERE person_id = ? AND created_at > ? LIMIT ?
            """, [.text(person), .integer(time), .integer(Int64(limit))]
        ).map { try $0.text("address") }
    }

    /// How many living sessions each of these people has, and when one was last used.
    public func sessionFigures(of person: String, _ limits: SessionLimits) throws -> (count: Int, lastSeenAt: Int64?) {
        let living = try count(
            "SELECT count(*) AS value FROM sessions WHERE \(SessionLimits.condition) AND person_id = ?",
            limits.arguments + [.text(person)])
        let last = try row("SELECT max(seen_at) AS value FROM sessions WHERE person_id = ?", [.text(person)])
        return (living, try last?.optionalInteger("value"))
    }

    /// Notes that a session was used.
    public func touchSession(id: String, at time: Int64, from address: String?) throws {
        guard let address else {
            try execute(
                "UPDATE sessions SET seen_at = ? WHERE id = ? AND ended_at IS NULL", [.integer(time), .text(id)])
            return
        }
        try execute(
            "UPDATE sessions SET seen_at = ?, address = ? WHERE id = ? AND ended_at IS NULL",
            [.integer(time), .text(address), .text(id)])
    }

    /// Ends a session: false when it had ended.
    public func endSession(id: String, at time: Int64) throws -> Bool {
        try execute("DELETE FROM socket_tickets WHERE session_id = ?", [.text(id)])
        return try execute(
            "UPDATE sessions SET ended_at = ? WHERE id = ? AND ended_at IS NULL", [.integer(time), .text(id)]) == 1
    }

    /// Removes sessions that were ended before `time`.
    public func deleteSessions(endedBefore time: Int64) throws {
        try execute("DELETE FROM sessions WHERE ended_at < ?", [.integer(time)])
    }
}
