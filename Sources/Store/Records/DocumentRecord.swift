/// A row of `documents`.
public struct DocumentRecord: Sendable, Equatable {
    /// Its id.
    public var id: String
    /// The room that it was shared in.
    public var roomID: String
    /// Who shared it.
    public var owner: String
    /// The name, sealed.
    public var nameSealed: [UInt8]
    /// Its type, found by its content.
    public var type: String
    /// Its size.
    public var bytes: Int64
    /// SHA-256 of its content.
    public var sha256: [UInt8]
    /// The key of its file, wrapped.
    public var keyWrapped: [UInt8]
    /// The name of its file in the document folder.
    public var file: String
    /// When it was shared.
    public var sharedAt: Int64
    /// When it was deleted. Its key and its name are gone then.
    public var deletedAt: Int64?

    /// A document.
    public init(
        id: String, roomID: String, owner: String, nameSealed: [UInt8], type: String, bytes: Int64, sha256: [UInt8],
        keyWrapped: [UInt8], file: String, sharedAt: Int64
    ) {
        self.id = id
        self.roomID = roomID
        self.owner = owner
        self.nameSealed = nameSealed
        self.type = type
        self.bytes = bytes
        self.sha256 = sha256
        self.keyWrapped = keyWrapped
        self.file = file
        self.sharedAt = sharedAt
    }

    init(_ row: Row) throws {
        id = try row.text("id")
        roomID = try row.text("room_id")
        owner = try row.text("owner")
        nameSealed = try row.bytes("name_sealed")
        type = try row.text("type")
        bytes = try row.integer("bytes")
        sha256 = try row.bytes("sha256")
        keyWrapped = try row.bytes("key_wrapped")
        file = try row.text("file")
        sharedAt = try row.integer("shared_at")
        deletedAt = try row.optionalInteger("deleted_at")
    }
}

extension StoreConnection {
    /// A document of a room that was not deleted.
    public func document(id: String, in room: String) throws -> DocumentRecord? {
        try row(
            "SELECT * FROM documents WHERE id = ? AND room_id = ? AND deleted_at IS NULL", [.text(id), .text(room)]
        ).map(DocumentRecord.init)
    }

    /// The newest documents of a room, newest first.
    public func documents(
        in room: String, limit: Int, after cursor: PageCursor? = nil
    ) throws -> [DocumentRecord] {
        let behind = PageCursor.condition(cursor, newestFirst: "shared_at", id: "id", idsDescend: false)
        return try rows(
            """
            SELECT * FROM documents WHERE room_id = ? AND deleted_at IS NULL AND \(behind.sql)
            ORDER BY shared_at DESC, id LIMIT ?
            """,
            [.text(room)] + behind.arguments + [.integer(Int64(limit))]
        ).map(DocumentRecord.init)
    }

    /// Bytes of all documents of a person.
    public func documentBytes(of person: String) throws -> Int64 {
        Int64(
            try count(
                "SELECT coalesce(sum(bytes), 0) AS value FROM documents WHERE owner = ? AND deleted_at IS NULL",
                [.text(person)]))
    }

    /// Bytes of all documents of a room.
    public func documentBytes(in room: String) throws -> Int64 {
        Int64(
            try count(
                "SELECT coalesce(sum(bytes), 0) AS value FROM documents WHERE room_id = ? AND deleted_at IS NULL",
                [.text(room)]))
    }

    /// Whether a file of the document folder belongs to a document.
    public func hasDocument(file: String) throws -> Bool {
        try count(
            "SELECT count(*) AS value FROM documents WHERE file = ? AND deleted_at IS NULL", [.text(file)]) > 0
    }

    /// Adds a document.
    public func insert(_ document: DocumentRecord) throws {
        try execute(
            """
            INSERT INTO documents (id, room_id, owner, name_sealed, type, bytes, sha256, key_wrapped, file, shared_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(document.id), .text(document.roomID), .text(document.owner), .bytes(document.nameSealed),
                .text(document.type), .integer(document.bytes), .bytes(document.sha256),
                .bytes(document.keyWrapped), .text(document.file), .integer(document.sharedAt),
            ])
    }

    /// Marks a document as deleted; without key and name, what is left of it says nothing.
    public func deleteDocument(id: String, at time: Int64) throws {
        try execute(
            "UPDATE documents SET deleted_at = ?, key_wrapped = ?, name_sealed = ? WHERE id = ?",
            [.integer(time), .bytes([]), .bytes([]), .text(id)])
    }
}
