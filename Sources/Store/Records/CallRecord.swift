/// A row of `calls`.
public struct CallRecord: Sendable, Equatable {
    /// Its id.
    public var id: String
    /// Its room.
    public var roomID: String
    /// Who called.
    public var requester: String
    /// Who was called.
    public var callee: String
    /// `requested`, `accepted`, `connected` or `ended`.
    public var state: String
    /// When it was requested.
    public var requestedAt: Int64
    /// When it was accepted.
    public var acceptedAt: Int64?
    /// When media first flowed.
    public var connectedAt: Int64?
    /// When it ended.
    public var endedAt: Int64?
    /// Why it ended.
    public var endReason: String?
    /// The path of the media, as the requester reports it.
    public var pathRequester: String?
    /// The path of the media, as the callee reports it.
    public var pathCallee: String?

    /// A call that was requested now.
    public init(id: String, roomID: String, requester: String, callee: String, requestedAt: Int64) {
        self.id = id
        self.roomID = roomID
        self.requester = requester
        self.callee = callee
        state = "requested"
        self.requestedAt = requestedAt
    }

    init(_ row: Row) throws {
        id = try row.text("id")
        roomID = try row.text("room_id")
        requester = try row.text("requester")
        callee = try row.text("callee")
        state = try row.text("state")
        requestedAt = try row.integer("requested_at")
        acceptedAt = try row.optionalInteger("accepted_at")
        connectedAt = try row.optionalInteger("connected_at")
        endedAt = try row.optionalInteger("ended_at")
        endReason = try row.optionalText("end_reason")
        pathRequester = try row.optionalText("path_requester")
        pathCallee = try row.optionalText("path_callee")
    }
}

extension StoreConnection {
    /// The call of this id.
    public func call(id: String) throws -> CallRecord? {
        try row("SELECT * FROM calls WHERE id = ?", [.text(id)]).map(CallRecord.init)
    }

    /// The newest calls, newest first.
    public func calls(limit: Int, after cursor: PageCursor? = nil) throws -> [CallRecord] {
        let behind = PageCursor.condition(cursor, newestFirst: "requested_at", id: "id", idsDescend: false)
        return try rows(
            "SELECT * FROM calls WHERE \(behind.sql) ORDER BY requested_at DESC, id LIMIT ?",
            behind.arguments + [.integer(Int64(limit))]
        ).map(CallRecord.init)
    }

    /// Calls that have not ended, oldest first.
    public func unfinishedCalls(limit: Int) throws -> [CallRecord] {
        try rows(
            """
            SELECT * FROM calls WHERE state IN ('requested', 'accepted', 'connected')
            ORDER BY requested_at, id LIMIT ?
            """,
            [.integer(Int64(limit))]
        ).map(CallRecord.init)
    }

    /// Adds a call.
    public func insert(_ call: CallRecord) throws {
        try execute(
            """
            INSERT INTO calls (id, room_id, requester, callee, state, requested_at, accepted_at, connected_at,
                ended_at, end_reason, path_requester, path_callee) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(call.id), .text(call.roomID), .text(call.requester), .text(call.callee), .text(call.state),
                .integer(call.requestedAt), .optional(call.acceptedAt), .optional(call.connectedAt),
                .optional(call.endedAt), .optional(call.endReason), .optional(call.pathRequester),
                .optional(call.pathCallee),
            ])
    }

    /// Writes everything of a call that can change. An ended call stays as it is: false.
    public func update(_ call: CallRecord) throws -> Bool {
        try execute(
            """
            UPDATE calls SET state = ?, accepted_at = ?, connected_at = ?, ended_at = ?, end_reason = ?,
                path_requester = ?, path_callee = ? WHERE id = ? AND state <> 'ended'
            """,
            [
                .text(call.state), .optional(call.acceptedAt), .optional(call.connectedAt), .optional(call.endedAt),
                .optional(call.endReason), .optional(call.pathRequester), .optional(call.pathCallee),
                .text(call.id),
            ]) == 1
    }

    /// The call and the person that have used a fingerprint.
    public func fingerprint(_ hash: [UInt8]) throws -> (call: String, person: String)? {
        try row("SELECT call_id, person_id FROM fingerprints WHERE hash = ?", [.bytes(hash)])
            .map { (try $0.text("call_id"), try $0.text("person_id")) }
    }

    /// Remembers a fingerprint for ever.
    public func insertFingerprint(_ hash: [UInt8], call: String, person: String, at time: Int64) throws {
        try execute(
            "INSERT INTO fingerprints (hash, call_id, person_id, seen_at) VALUES (?, ?, ?, ?)",
            [.bytes(hash), .text(call), .text(person), .integer(time)])
    }
}
