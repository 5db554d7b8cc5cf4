/// A row of `rooms`.
public struct RoomRecord: Sendable, Equatable {
    /// Its id.
    public var id: String
    /// The title, sealed; nil marks the direct room of two people.
    public var titleSealed: [UInt8]?
    /// Who made it.
    public var createdBy: String
    /// When it was made.
    public var createdAt: Int64
    /// The key of its messages, wrapped.
    public var keyWrapped: [UInt8]

    /// A room.
    public init(id: String, titleSealed: [UInt8]?, createdBy: String, createdAt: Int64, keyWrapped: [UInt8]) {
        self.id = id
        self.titleSealed = titleSealed
        self.createdBy = createdBy
        self.createdAt = createdAt
        self.keyWrapped = keyWrapped
    }

    init(_ row: Row) throws {
        id = try row.text("id")
        titleSealed = try row.optionalBytes("title_sealed")
        createdBy = try row.text("created_by")
        createdAt = try row.integer("created_at")
        keyWrapped = try row.bytes("key_wrapped")
    }

    /// It belongs to two people, who are its members for ever.
    public var isDirect: Bool { titleSealed == nil }
}

/// A member of a room, or anybody, with the sealed name.
public struct MemberRecord: Sendable, Equatable {
    /// The person.
    public var personID: String
    /// The name, sealed.
    public var nameSealed: [UInt8]
    /// Whether the account is active.
    public var isActive: Bool
    /// `user` or `admin`.
    public var role: String

    init(_ row: Row) throws {
        personID = try row.text("id")
        nameSealed = try row.bytes("name_sealed")
        isActive = try row.text("state") == "active"
        role = try row.text("role")
    }
}

extension StoreConnection {
    /// The room of this id.
    public func room(id: String) throws -> RoomRecord? {
        try row("SELECT * FROM rooms WHERE id = ?", [.text(id)]).map(RoomRecord.init)
    }

    /// The room of this id when the person is a member.
    public func room(id: String, of person: String) throws -> RoomRecord? {
        try row(
            """
            SELECT rooms.* FROM rooms JOIN room_members ON room_members.room_id = rooms.id
            WHERE rooms.id = ? AND room_members.person_id = ?
            """,
            [.text(id), .text(person)]
        ).map(RoomRecord.init)
    }

    /// The direct room of two people.
    public func directRoom(of first: String, and second: String) throws -> RoomRecord? {
        try row(
            """
            SELECT rooms.* FROM rooms
            JOIN room_members AS one ON one.room_id = rooms.id AND one.person_id = ?
            JOIN room_members AS two ON two.room_id = rooms.id AND two.person_id = ?
            WHERE rooms.title_sealed IS NULL ORDER BY rooms.created_at, rooms.id LIMIT 1
            """,
            [.text(first), .text(second)]
        ).map(RoomRecord.init)
    }

    /// The newest rooms of a person, by their last message or, without one, by when they were made.
    public func rooms(
        of person: String, limit: Int, after cursor: PageCursor? = nil
    ) throws -> [(room: RoomRecord, lastMessageAt: Int64?)] {
        let behind = PageCursor.condition(cursor, newestFirst: "active_at", id: "id", idsDescend: false)
        let rows = try rows(
            """
            SELECT * FROM (
                SELECT own.*, coalesce(own.last_message_at, own.created_at) AS active_at FROM (
                    SELECT rooms.*, (SELECT sent_at FROM messages WHERE messages.room_id = rooms.id
                        ORDER BY position DESC LIMIT 1) AS last_message_at
                    FROM rooms JOIN room_members ON room_members.room_id = rooms.id
                    WHERE room_members.person_id = ?) AS own) AS listed
            WHERE \(behind.sql) ORDER BY active_at DESC, id LIMIT ?
            """,
            [.text(person)] + behind.arguments + [.integer(Int64(limit))])
        return try rows.map { (try RoomRecord($0), try $0.optionalInteger("last_message_at")) }
    }

    /// When the last message of a room was sent.
    public func lastMessageAt(in room: String) throws -> Int64? {
        try row("SELECT sent_at FROM messages WHERE room_id = ? ORDER BY position DESC LIMIT 1", [.text(room)])?
            .integer("sent_at")
    }

    /// How many rooms a person is a member of.
    public func roomCount(of person: String) throws -> Int {
        try count("SELECT count(*) AS value FROM room_members WHERE person_id = ?", [.text(person)])
    }

    /// Adds a room without members.
    public func insert(_ room: RoomRecord) throws {
        try execute(
            "INSERT INTO rooms (id, title_sealed, created_by, created_at, key_wrapped) VALUES (?, ?, ?, ?, ?)",
            [
                .text(room.id), .optional(room.titleSealed), .text(room.createdBy), .integer(room.createdAt),
                .bytes(room.keyWrapped),
            ])
    }

    /// Makes a person a member. False when the person was one.
    public func addMember(_ person: String, to room: String, at time: Int64) throws -> Bool {
        try execute(
            """
            INSERT INTO room_members (room_id, person_id, joined_at) VALUES (?, ?, ?)
            ON CONFLICT (room_id, person_id) DO NOTHING
            """,
            [.text(room), .text(person), .integer(time)]) == 1
    }

    /// Ends a membership. False when there was none.
    public func removeMember(_ person: String, from room: String) throws -> Bool {
        try execute(
            "DELETE FROM room_members WHERE room_id = ? AND person_id = ?", [.text(room), .text(person)]) == 1
    }

    /// The ids of a room's members.
    public func memberIDs(of room: String) throws -> [String] {
        try rows("SELECT person_id FROM room_members WHERE room_id = ? ORDER BY person_id", [.text(room)])
            .map { try $0.text("person_id") }
    }

    /// A room's members.
    public func members(of room: String) throws -> [MemberRecord] {
        try rows(
            """
            SELECT people.id, people.name_sealed, people.state, people.role FROM people
            JOIN room_members ON room_members.person_id = people.id
            WHERE room_members.room_id = ? ORDER BY room_members.joined_at, people.id
            """,
            [.text(room)]
        ).map(MemberRecord.init)
    }

    /// Who looks after a room: whoever made it while a member of it, else who has been a member for longest.
    public func roomOwner(_ room: RoomRecord) throws -> String {
        try row(
            """
            SELECT person_id FROM room_members WHERE room_id = ?
            ORDER BY CASE WHEN person_id = ? THEN 0 ELSE 1 END, joined_at, person_id LIMIT 1
            """,
            [.text(room.id), .text(room.createdBy)])?.text("person_id") ?? room.createdBy
    }

    /// Anybody, as a member would be shown.
    public func member(_ person: String) throws -> MemberRecord? {
        try row("SELECT id, name_sealed, state, role FROM people WHERE id = ?", [.text(person)])
            .map(MemberRecord.init)
    }

    /// The ids of all who share a room with a person.
    public func roommateIDs(of person: String) throws -> [String] {
        try rows(
            """
            SELECT DISTINCT other.person_id FROM room_members AS own
            JOIN room_members AS other ON other.room_id = own.room_id
            WHERE own.person_id = ? AND other.person_id <> own.person_id
            """,
            [.text(person)]
        ).map { try $0.text("person_id") }
    }
}
