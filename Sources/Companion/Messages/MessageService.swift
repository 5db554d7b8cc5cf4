internal import Signaling
internal import Store
internal import Vault

/// The messages of rooms, for reading. They are written by the hub, in the order in which it tells of them.
public struct MessageService: Sendable {
    /// Messages of one page.
    public static let pageMax = 200

    private let core: CompanionCore

    /// A service.
    public init(core: CompanionCore) { self.core = core }

    /// The newest messages of a room, or those before a position; newest last.
    public func history(
        _ room: String, for principal: Principal, before position: Int64? = nil, limit: Int = 50
    ) async throws -> [RoomMessage] {
        let core = core
        let record = try await core.requireRoom(room, for: principal)
        let key = try core.key(of: record)
        return try await core.store.read { connection in
            try connection.messages(
                in: room, before: position ?? .max, limit: min(max(limit, 1), Self.pageMax)
            ).map { RoomMessage(try core.message($0, key)) }
        }
    }
}

/// A message, opened.
public struct RoomMessage: Sendable, Hashable {
    /// Its id.
    public var id: String
    /// The room.
    public var room: String
    /// Who wrote it.
    public var sender: String
    /// The text.
    public var body: String
    /// When it was stored.
    public var sentAt: Int64
    /// The sender's name for it.
    public var clientID: String
    /// Its place in the room.
    public var position: Int64

    init(_ message: ChatMessage) {
        id = message.id
        room = message.room.text
        sender = message.sender.text
        body = message.body
        sentAt = message.sentAt
        clientID = message.clientID
        position = message.position
    }
}

extension CompanionCore {
    static func messages(_ id: String) -> SealContext { SealContext(table: "messages", column: "body", row: id) }

    /// A row of `messages`, opened.
    func message(_ record: MessageRecord, _ key: DataKey) throws -> ChatMessage {
        ChatMessage(
            id: record.id, room: RoomID(record.roomID), sender: PersonID(record.sender),
            body: try key.openText(record.bodySealed, context: Self.messages(record.id)), sentAt: record.sentAt,
            clientID: record.clientID, position: record.position)
    }

    /// Writes a message, within the caller's transaction. The same `clientID` twice is the same message: the second
    /// time it yields what was written the first time.
    func post(
        _ body: String, clientID: String, by person: String, in room: RoomRecord, on connection: any StoreConnection
    ) throws -> (message: ChatMessage, isNew: Bool) {
        let key = try key(of: room)
        if let earlier = try connection.message(from: person, clientID: clientID) {
            guard earlier.roomID == room.id else {
                throw ServiceFailure(
                    code: "client_id_used", status: 409, message: "This client_id names a message of another room.")
            }
            return (try message(earlier, key), false)
        }
        let id = Identifier.make(surroundings)
        let record = MessageRecord(
            id: id, roomID: room.id, sender: person, clientID: clientID,
            bodySealed: key.seal(body, context: Self.messages(id)), sentAt: now,
            position: try connection.nextPosition(in: room.id))
        try connection.insert(record)
        return (
            ChatMessage(
                id: id, room: RoomID(room.id), sender: PersonID(person), body: body, sentAt: record.sentAt,
                clientID: clientID, position: record.position), true
        )
    }
}
