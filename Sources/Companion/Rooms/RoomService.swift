internal import Signaling
public import Store

/// Rooms: who may read and write what, and share documents. Every operation looks up the membership anew.
public struct RoomService: Sendable {
    private let core: CompanionCore
    private let announcer: any Announcer

    /// A service. The announcer is the hub.
    public init(core: CompanionCore, announcer: any Announcer) {
        self.core = core
        self.announcer = announcer
    }

    /// Rooms of one page.
    public static let listMax = 200

    /// The rooms of a person, the one with the newest message first.
    public func list(
        _ principal: Principal, limit: Int = listMax, after cursor: PageCursor? = nil
    ) async throws -> Page<Room> {
        let (core, limit) = (core, min(max(limit, 1), Self.listMax))
        return try await core.store.read { connection in
            try Page(
                connection.rooms(of: principal.personID, limit: limit + 1, after: cursor), limit: limit,
                cursor: { PageCursor(key: $0.lastMessageAt ?? $0.room.createdAt, id: $0.room.id) }
            ) { try core.room($0.room, lastMessageAt: $0.lastMessageAt, on: connection) }
        }
    }

    /// One room.
    public func room(_ id: String, for principal: Principal) async throws -> Room {
        let core = core
        let record = try await core.requireRoom(id, for: principal)
        return try await core.store.read { connection in
            try core.room(record, lastMessageAt: try connection.lastMessageAt(in: id), on: connection)
        }
    }

    /// Makes a room of the principal and some others. With one other and no title it is the direct room of the two,
    /// which is found when there is one.
    public func create(_ principal: Principal, title: String?, members: [String]) async throws -> Room {
        let settings = core.settings.signaling
        let others = try others(members, than: principal.personID)
        let title = try title.flatMap(clean)
        let people = [principal.personID] + others
        let core = core
        let made = try await core.store.write { connection -> (Room, isNew: Bool) in
            for person in others { try Self.requireActive(person, connection) }
            if title == nil, others.count == 1,
                let room = try connection.directRoom(of: people[0], and: people[1])
            {
                let last = try connection.lastMessageAt(in: room.id)
                return (try core.room(room, lastMessageAt: last, on: connection), false)
            }
            for person in people { try Self.requireSpace(person, settings, connection) }
            let isDirect = title == nil && others.count == 1
            let room = try core.makeRoom(
                title: isDirect ? nil : title ?? "", by: people[0], members: people, on: connection)
            return (try core.room(room, lastMessageAt: nil, on: connection), true)
        }
        if made.isNew { await announcer.announce(.roomChanged(RoomID(made.0.id)), to: people) }
        return made.0
    }

    /// Adds a member. Every member may do so.
    public func addMember(_ person: String, to id: String, by principal: Principal) async throws {
        let settings = core.settings.signaling
        try await change(id, by: principal, type: .roomMemberAdded, "a member was added", person) {
            room, connection, now in
            try Self.requireActive(person, connection)
            try Self.requireSpace(person, settings, connection)
            guard try connection.memberIDs(of: room.id).count < settings.membersPerRoom else {
                throw ServiceFailure.invalid("A room has at most \(settings.membersPerRoom) members.")
            }
            return try connection.addMember(person, to: room.id, at: now)
        }
    }

    /// Removes a member: oneself, or anybody by the room's owner.
    public func removeMember(_ person: String, from id: String, by principal: Principal) async throws {
        let message = "a member was removed"
        try await change(id, by: principal, type: .roomMemberRemoved, message, person) { room, connection, _ in
            guard try person == principal.personID || connection.roomOwner(room) == principal.personID else {
                throw ServiceFailure.forbidden
            }
            guard try connection.removeMember(person, from: room.id) else { throw ServiceFailure.notFound }
            return true
        }
    }

    private func change(
        _ id: String, by principal: Principal, type: AuditType, _ message: String, _ person: String,
        _ body: @escaping @Sendable (RoomRecord, any StoreConnection, Int64) throws -> Bool
    ) async throws {
        let core = core
        _ = try await core.requireRoom(id, for: principal)
        let told = try await core.store.write { connection -> [String] in
            // Looked up again: within this transaction nobody else changes it.
            guard let room = try connection.room(id: id, of: principal.personID) else {
                throw ServiceFailure.notFound
            }
            guard !room.isDirect else {
                throw ServiceFailure(
                    code: "direct_room", status: 409,
                    message: "The members of a direct room do not change: make a room with a title.")
            }
            let before = try connection.memberIDs(of: id)
            guard try body(room, connection, core.now) else { return [] }
            try connection.audit(
                AuditEvent(
                    type: type, requester: principal.personID, owner: person, room: id, message: message,
                    extra: ["person": .text(person)], address: principal.address), core.surroundings)
            return Array(Set(before + [person]))
        }
        if !told.isEmpty { await announcer.announce(.roomChanged(RoomID(id)), to: told) }
    }

    private func others(_ members: [String], than person: String) throws -> [String] {
        let most = core.settings.signaling.membersPerRoom
        var others: [String] = []
        for member in members where member != person && !others.contains(member) {
            others.append(member)
            guard others.count < most else { throw ServiceFailure.invalid("A room has at most \(most) members.") }
        }
        guard !others.isEmpty else { throw ServiceFailure.invalid("A room needs another member.") }
        return others
    }

    private func clean(_ title: String) throws -> String? {
        let clean = VisibleText.line(title)
        guard clean.utf8.count <= core.settings.signaling.titleBytes else {
            throw ServiceFailure.invalid("A title has at most \(core.settings.signaling.titleBytes) bytes.")
        }
        return clean.isEmpty ? nil : clean
    }

    private static func requireActive(_ person: String, _ connection: any StoreConnection) throws {
        guard try connection.member(person)?.isActive ?? false else {
            throw ServiceFailure(code: "person_not_found", status: 404, message: "There is no such person.")
        }
    }

    private static func requireSpace(
        _ person: String, _ settings: SignalingSettings, _ connection: any StoreConnection
    ) throws {
        guard try connection.roomCount(of: person) < settings.roomsPerPerson else {
            throw ServiceFailure(code: "too_many_rooms", status: 409, message: "A person is in too many rooms.")
        }
    }
}
