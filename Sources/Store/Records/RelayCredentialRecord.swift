/// A row of `relay_credentials`. What a client signs with is computed from the relay's secret and not stored.
public struct RelayCredentialRecord: Sendable, Equatable {
    /// The id inside the user name.
    public var id: String
    /// Whom it was issued for.
    public var personID: String?
    /// The room it was issued for.
    public var roomID: String?
    /// The call it was issued for.
    public var callID: String?
    /// Why, sealed.
    public var reasonSealed: [UInt8]
    /// Who issued it: a person's id, or `system`.
    public var issuedBy: String
    /// When.
    public var issuedAt: Int64
    /// Until when it opens allocations.
    public var expiresAt: Int64
    /// When it was revoked.
    public var revokedAt: Int64?

    /// A credential that is valid.
    public init(
        id: String, personID: String?, roomID: String?, callID: String?, reasonSealed: [UInt8], issuedBy: String,
        issuedAt: Int64, expiresAt: Int64
    ) {
        self.id = id
        self.personID = personID
        self.roomID = roomID
        self.callID = callID
        self.reasonSealed = reasonSealed
        self.issuedBy = issuedBy
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
    }

    init(_ row: Row) throws {
        id = try row.text("id")
        personID = try row.optionalText("person_id")
        roomID = try row.optionalText("room_id")
        callID = try row.optionalText("call_id")
        reasonSealed = try row.bytes("reason_sealed")
        issuedBy = try row.text("issued_by")
        issuedAt = try row.integer("issued_at")
        expiresAt = try row.integer("expires_at")
        revokedAt = try row.optionalInteger("revoked_at")
    }
}

extension StoreConnection {
    /// Adds a credential.
    public func insert(_ credential: RelayCredentialRecord) throws {
        try execute(
            """
            INSERT INTO relay_credentials (id, person_id, room_id, call_id, reason_sealed, issued_by, issued_at,
                expires_at, revoked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(credential.id), .optional(credential.personID), .optional(credential.roomID),
                .optional(credential.callID), .bytes(credential.reasonSealed), .text(credential.issuedBy),
                .integer(credential.issuedAt), .integer(credential.expiresAt), .optional(credential.revokedAt),
            ])
    }

    /// The credential with this id.
    public func relayCredential(id: String) throws -> RelayCredentialRecord? {
        try row("SELECT * FROM relay_credentials WHERE id = ?", [.text(id)]).map(RelayCredentialRecord.init)
    }

    /// The newest credentials.
    public func relayCredentials(limit: Int, after cursor: PageCursor? = nil) throws -> [RelayCredentialRecord] {
        let behind = PageCursor.condition(cursor, newestFirst: "issued_at", id: "id", idsDescend: true)
        return try rows(
            "SELECT * FROM relay_credentials WHERE \(behind.sql) ORDER BY issued_at DESC, id DESC LIMIT ?",
            behind.arguments + [.integer(Int64(limit))]
        ).map(RelayCredentialRecord.init)
    }

    /// How many credentials a person was issued since `time`.
    public func relayCredentialCount(of person: String, issuedAfter time: Int64) throws -> Int {
        try count(
            "SELECT count(*) AS value FROM relay_credentials WHERE person_id = ? AND issued_at > ?",
            [.text(person), .integer(time)])
    }

    /// The credentials of a person that were not revoked and were issued after `time`, the newest first.
    public func relayCredentials(
        of person: String, issuedAfter time: Int64, limit: Int
    ) throws -> [RelayCredentialRecord] {
        try rows(
            """
            SELECT * FROM relay_credentials WHERE person_id = ? AND issued_at > ? AND revoked_at IS NULL
            ORDER BY issued_at DESC, id DESC LIMIT ?
            """, [.text(person), .integer(time), .integer(Int64(limit))]
        ).map(RelayCredentialRecord.init)
    }

    /// The credentials of a call that were not revoked.
    public func relayCredentials(ofCall call: String, limit: Int) throws -> [RelayCredentialRecord] {
        try rows(
            "SELECT * FROM relay_credentials WHERE call_id = ? AND revoked_at IS NULL LIMIT ?",
            [.text(call), .integer(Int64(limit))]
        ).map(RelayCredentialRecord.init)
    }

    /// The ids of credentials that were revoked and would be valid.
    public func revokedRelayCredentials(at time: Int64, limit: Int) throws -> [String] {
        try rows(
            "SELECT id FROM relay_credentials WHERE revoked_at IS NOT NULL AND expires_at > ? LIMIT ?",
            [.integer(time), .integer(Int64(limit))]
        ).map { try $0.text("id") }
    }

    /// Marks a credential as revoked: false when it was before.
    public func revokeRelayCredential(id: String, at time: Int64) throws -> Bool {
        try execute(
            "UPDATE relay_credentials SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL",
            [.integer(time), .text(id)]) == 1
    }

    /// Removes credentials that ended before `time`.
    public func deleteRelayCredentials(expiredBefore time: Int64) throws {
        try execute("DELETE FROM relay_credentials WHERE expires_at < ?", [.integer(time)])
    }
}
