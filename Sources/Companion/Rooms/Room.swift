internal import Store
internal import Vault

/// A room with its members.
public struct Room: Sendable, Hashable {
    /// Its id.
    public var id: String
    /// Its title; nil for the direct room of two people.
    public var title: String?
    /// Who may remove others; see ``StoreConnection/roomOwner(_:)``.
    public var owner: String
    /// Its members, in the order in which they joined.
    public var members: [RoomMember]
    /// When it was made.
    public var createdAt: Int64
    /// When the last message in it was sent.
    public var lastMessageAt: Int64?
}

/// A member of a room.
public struct RoomMember: Sendable, Hashable {
    /// The person's id.
    public var id: String
    /// The person's name.
    public var name: String
}

extension CompanionCore {
    /// The name of a person, opened.
    func name(of member: MemberRecord) throws -> String {
        try vault.openText(
            member.nameSealed, context: SealContext(table: "people", column: "name", row: member.personID))
    }

    /// The key of a room's messages.
    func key(of room: RoomRecord) throws -> DataKey {
        try vault.unwrap(room.keyWrapped, context: Self.rooms("key", room.id))
    }

    static func rooms(_ column: String, _ id: String) -> SealContext {
        SealContext(table: "rooms", column: column, row: id)
    }

    /// A new room with its members, within the caller's transaction. Without a title it is a direct room.
    func makeRoom(
        title: String?, by person: String, members: [String], on connection: any StoreConnection
    ) throws -> RoomRecord {
        let id = Identifier.make(surroundings)
        let room = RoomRecord(
            id: id, titleSealed: title.map { vault.seal($0, context: Self.rooms("title", id)) }, createdBy: person,
            createdAt: now, keyWrapped: vault.newDataKey(context: Self.rooms("key", id)).wrapped)
        try connection.insert(room)
        for member in members { _ = try connection.addMember(member, to: id, at: room.createdAt) }
        try connection.audit(
            AuditEvent(
                type: .roomCreated, requester: person, owner: person, room: id,
                message: title == nil ? "the direct room of two people was made" : "a room was made",
                extra: ["members": .integer(Int64(members.count))]), surroundings)
        return room
    }

    /// The direct room of two people, found or made.
    func directRoom(
        of person: String, and other: String, on connection: any StoreConnection
    ) throws -> RoomRecord {
        if let room = try connection.directRoom(of: person, and: other) { return room }
        return try makeRoom(title: nil, by: person, members: [person, other], on: connection)
    }

    /// A row of `rooms`, opened.
    func room(_ record: RoomRecord, lastMessageAt: Int64?, on connection: any StoreConnection) throws -> Room {
        let members = try connection.members(of: record.id).map { member in
            RoomMember(id: member.personID, name: try name(of: member))
        }
        let title = try record.titleSealed.map { try vault.openText($0, context: Self.rooms("title", record.id)) }
        return Room(
            id: record.id, title: title, owner: try connection.roomOwner(record), members: members,
            createdAt: record.createdAt, lastMessageAt: lastMessageAt)
    }

    /// The room when the principal is a member of it. Else nobody learns whether there is one; that somebody asked for
    /// another's room is audited.
    func requireRoom(_ id: String, for principal: Principal) async throws -> RoomRecord {
        let found = try await store.read { connection in
            (try connection.room(id: id, of: principal.personID), try connection.room(id: id) != nil)
        }
        if let room = found.0 { return room }
        if found.1 { try await auditDenied(principal, room: id) }
        throw ServiceFailure.notFound
    }

    /// Notes that somebody asked for what is in another's room.
    func auditDenied(_ principal: Principal, room: String) async throws {
        let surroundings = surroundings
        _ = try await store.write { connection in
            try connection.audit(
                AuditEvent(
                    type: .accessDenied, outcome: .failure, requester: principal.personID, owner: principal.personID,
                    room: room, message: "no member of the room", address: principal.address), surroundings)
        }
    }
}
