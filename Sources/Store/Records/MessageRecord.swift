/// A row of `messages`.
public struct MessageRecord: Sendable, Equatable {
    /// Its id.
    public var id: String
    /// The room that it was written in.
    public var roomID: String
    /// Who wrote it.
    public var sender: String
    /// The sender's name for it.
    public var clientID: String
    /// The text, sealed.
    public var bodySealed: [UInt8]
    /// When it was stored.
    public var sentAt: Int64
    /// Its place in the room: 1 and up.
    public var position: Int64

    /// A message.
    public init(
        id: String, roomID: String, sender: String, clientID: String, bodySealed: [UInt8], sentAt: Int64,
        position: Int64
    ) {
        self.id = id
        self.roomID = roomID
        self.sender = sender
        self.clientID = clientID
        self.bodySealed = bodySealed
        self.sentAt = sentAt
        self.position = position
    }

    init(_ row: Row) throws {
        id = try row.text("id")
        roomID = try row.text("room_id")
        sender = try row.text("sender")
        clientID = try row.text("client_id")
        bodySealed = try row.bytes("body_sealed")
        sentAt = try row.integer("sent_at")
        position = try row.integer("position")
    }
}

extension StoreConnection {
    /// The message that a sender has given this name.
    public func message(from sender: String, clientID: String) throws -> MessageRecord? {
        try row("SELECT * FROM messages WHERE sender = ? AND client_id = ?", [.text(sender), .text(clientID)])
            .map(MessageRecord.init)
    }

    /// The newest messages of a room before a position, oldest first.
    public func messages(in room: String, before position: Int64, limit: Int) throws -> [MessageRecord] {
        try rows(
            "SELECT * FROM messages WHERE room_id = ? AND position < ? ORDER BY position DESC LIMIT ?",
            [.text(room), .integer(position), .integer(Int64(limit))]
        ).map(MessageRecord.init).reversed()
    }

    /// The place of the next message in a room.
    public func nextPosition(in room: String) throws -> Int64 {
        let last = try count(
            "SELECT coalesce(max(position), 0) AS value FROM messages WHERE room_id = ?", [.text(room)])
        return Int64(last) + 1
    }

    /// Adds a message.
    public func insert(_ message: MessageRecord) throws {
        try execute(
            """
            INSERT INTO messages (id, room_id, sender, client_id, body_sealed, sent_at, position)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(message.id), .text(message.roomID), .text(message.sender), .text(message.clientID),
                .bytes(message.bodySealed), .integer(message.sentAt), .integer(message.position),
            ])
    }
}
