/// One row of the audit log.
public struct AuditRecord: Sendable, Hashable {
    /// 1 and up, without gaps.
    public var sequence: Int64
    /// Milliseconds since 1970 UTC.
    public var at: Int64
    /// What kind of thing happened, or was refused.
    public var type: String
    /// `success` or `failure`.
    public var outcome: String
    /// The person that did it, when known.
    public var requester: String?
    /// The person whose account it concerns: he may export the row.
    public var owner: String?
    /// The room, when it happened in one.
    public var roomID: String?
    /// One line for people.
    public var message: String
    /// Further fields, a JSON object.
    public var extra: String
    /// The client's address.
    public var address: String
    /// 16 random bytes: nobody who knows `leaf` can guess the content.
    public var salt: [UInt8]
    /// The digest of the salt and the content.
    public var leaf: [UInt8]
    /// The digest of the chain so far, the sequence and the leaf.
    public var chain: [UInt8]

    /// A row.
    public init(
        sequence: Int64, at: Int64, type: String, outcome: String, requester: String?, owner: String?,
        roomID: String?, message: String, extra: String, address: String, salt: [UInt8], leaf: [UInt8], chain: [UInt8]
    ) {
        self.sequence = sequence
        self.at = at
        self.type = type
        self.outcome = outcome
        self.requester = requester
        self.owner = owner
        self.roomID = roomID
        self.message = message
        self.extra = extra
        self.address = address
        self.salt = salt
        self.leaf = leaf
        self.chain = chain
    }

    init(_ row: Row) throws {
        self.init(
            sequence: try row.integer("sequence"), at: try row.integer("at"), type: try row.text("type"),
            outcome: try row.text("outcome"), requester: try row.optionalText("requester"),
            owner: try row.optionalText("owner"), roomID: try row.optionalText("room_id"),
            message: try row.text("message"), extra: try row.text("extra"), address: try row.text("address"),
            salt: try row.bytes("salt"), leaf: try row.bytes("leaf"), chain: try row.bytes("chain"))
    }
}

/// Which rows of the audit log to see.
public struct AuditFilter: Sendable, Hashable {
    /// Rows in one answer at most.
    public static let limitMax = 1000

    /// Of this type.
    public var type: String?
    /// That this person did, or that concern his account.
    public var person: String?
    /// In this room.
    public var room: String?
    /// Not earlier than this time.
    public var from: Int64?
    /// Earlier than this time.
    public var to: Int64?
    /// With a smaller sequence.
    public var before: Int64?
    /// With a greater sequence.
    public var after: Int64?
    /// So many rows at most.
    public var limit = 100
    /// The newest first, as people read; otherwise the oldest first.
    public var newestFirst = true

    /// Every row.
    public init() {}
}

extension StoreConnection {
    /// Adds a row. There is no other change: the table refuses it.
    public func insert(_ record: AuditRecord) throws {
        try execute(
            """
            INSERT INTO audit (sequence, at, type, outcome, requester, owner, room_id, message, extra, address,
                salt, leaf, chain) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(record.sequence), .integer(record.at), .text(record.type), .text(record.outcome),
                .optional(record.requester), .optional(record.owner), .optional(record.roomID), .text(record.message),
                .text(record.extra), .text(record.address), .bytes(record.salt), .bytes(record.leaf),
                .bytes(record.chain),
            ])
    }

    /// The last row's sequence and chain; nil in an empty log.
    public func auditHead() throws -> (sequence: Int64, chain: [UInt8])? {
        guard let row = try row("SELECT sequence, chain FROM audit ORDER BY sequence DESC LIMIT 1") else { return nil }
        return (try row.integer("sequence"), try row.bytes("chain"))
    }

    /// The chain as of one row; nil when there is no such row.
    public func auditChain(at sequence: Int64) throws -> [UInt8]? {
        try row("SELECT chain FROM audit WHERE sequence = ?", [.integer(sequence)])?.bytes("chain")
    }

    /// The rows that pass the filter.
    public func audit(_ filter: AuditFilter) throws -> [AuditRecord] {
        let limit = SQLValue.integer(Int64(min(max(1, filter.limit), AuditFilter.limitMax)))
        let order = "ORDER BY sequence \(filter.newestFirst ? "DESC" : "ASC") LIMIT ?"
        let (conditions, arguments) = filter.conditions
        guard let person = filter.person else {
            let clause = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
            return try rows("SELECT * FROM audit \(clause) \(order)", arguments + [limit]).map(AuditRecord.init)
        }
        // Two searches of an index each: with OR the database would sort all rows of a person for each page.
        let branches = ["owner", "requester"].map { column in
            let all = (["\(column) = ?"] + conditions).joined(separator: " AND ")
            return "SELECT * FROM (SELECT * FROM audit WHERE \(all) \(order)) AS by_\(column)"
        }
        let each = [.text(person)] + arguments + [limit]
        return try rows("\(branches.joined(separator: " UNION ")) \(order)", each + each + [limit])
            .map(AuditRecord.init)
    }
}

extension AuditFilter {
    fileprivate var conditions: (texts: [String], arguments: [SQLValue]) {
        let all: [(String, SQLValue?)] = [
            ("type = ?", type.map(SQLValue.text)), ("room_id = ?", room.map(SQLValue.text)),
            ("at >= ?", from.map(SQLValue.integer)), ("at < ?", to.map(SQLValue.integer)),
            ("sequence < ?", before.map(SQLValue.integer)), ("sequence > ?", after.map(SQLValue.integer)),
        ]
        let present = all.compactMap { text, value in value.map { (text, $0) } }
        return (present.map(\.0), present.map(\.1))
    }
}
