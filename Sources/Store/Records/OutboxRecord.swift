/// A row of `outbox`: a message on its way out.
public struct OutboxRecord: Sendable, Equatable {
    /// Where a message is.
    public enum State: String, Sendable {
        /// It goes when its time has come.
        case waiting
        /// It was taken by the other side, or shown, and is kept to be read here.
        case kept
        /// It will not go.
        case failed
    }

    /// Its id.
    public var id: String
    /// When it was written.
    public var at: Int64
    /// `mail` or `text`.
    public var kind: String
    /// The address, sealed.
    public var toSealed: [UInt8]
    /// The subject, sealed.
    public var subjectSealed: [UInt8]
    /// The text, sealed.
    public var bodySealed: [UInt8]
    /// Where it is.
    public var state: State
    /// How often it was tried.
    public var attempts: Int64
    /// When it is tried next.
    public var nextAt: Int64

    /// A message that waits.
    public init(
        id: String, at: Int64, kind: String, toSealed: [UInt8], subjectSealed: [UInt8], bodySealed: [UInt8]
    ) {
        self.id = id
        self.at = at
        self.kind = kind
        self.toSealed = toSealed
        self.subjectSealed = subjectSealed
        self.bodySealed = bodySealed
        state = .waiting
        attempts = 0
        nextAt = at
    }

    init(_ row: Row) throws {
        guard let state = State(rawValue: try row.text("state")) else { throw StoreFailure.unexpected(column: "state") }
        id = try row.text("id")
        at = try row.integer("at")
        kind = try row.text("kind")
        toSealed = try row.bytes("to_sealed")
        subjectSealed = try row.bytes("subject_sealed")
        bodySealed = try row.bytes("body_sealed")
        self.state = state
        attempts = try row.integer("attempts")
        nextAt = try row.integer("next_at")
    }
}

extension StoreConnection {
    /// Adds a message.
    public func insert(_ message: OutboxRecord) throws {
        try execute(
            """
            INSERT INTO outbox (id, at, kind, to_sealed, subject_sealed, body_sealed, state, attempts, next_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(message.id), .integer(message.at), .text(message.kind), .bytes(message.toSealed),
                .bytes(message.subjectSealed), .bytes(message.bodySealed), .text(message.state.rawValue),
                .integer(message.attempts), .integer(message.nextAt),
            ])
    }

    /// How many messages are in this state.
    public func outboxCount(_ state: OutboxRecord.State) throws -> Int {
        try count("SELECT count(*) AS value FROM outbox WHERE state = ?", [.text(state.rawValue)])
    }

    /// The messages whose time has come, the longest due first.
    public func outboxDue(at time: Int64, limit: Int) throws -> [OutboxRecord] {
        try rows(
            "SELECT * FROM outbox WHERE state = 'waiting' AND next_at <= ? ORDER BY next_at, at, id LIMIT ?",
            [.integer(time), .integer(Int64(limit))]
        ).map(OutboxRecord.init)
    }

    /// When the next message's time comes.
    public func outboxNextAt() throws -> Int64? {
        try row("SELECT min(next_at) AS value FROM outbox WHERE state = 'waiting'")?.optionalInteger("value")
    }

    /// The newest messages.
    public func outbox(limit: Int) throws -> [OutboxRecord] {
        try rows("SELECT * FROM outbox ORDER BY at DESC, id DESC LIMIT ?", [.integer(Int64(limit))])
            .map(OutboxRecord.init)
    }

    /// Writes how a message fared.
    public func updateOutbox(id: String, state: OutboxRecord.State, attempts: Int64, nextAt: Int64) throws {
        try execute(
            "UPDATE outbox SET state = ?, attempts = ?, next_at = ? WHERE id = ?",
            [.text(state.rawValue), .integer(attempts), .integer(nextAt), .text(id)])
    }

    /// Removes a message.
    public func deleteOutbox(id: String) throws {
        try execute("DELETE FROM outbox WHERE id = ?", [.text(id)])
    }

    /// Removes messages that no longer wait and were written before `time`.
    public func deleteOutbox(writtenBefore time: Int64) throws {
        try execute("DELETE FROM outbox WHERE state <> 'waiting' AND at < ?", [.integer(time)])
    }
}
