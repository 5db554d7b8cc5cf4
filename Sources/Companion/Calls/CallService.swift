internal import Store

/// The calls of all people, for administrators.
public struct CallService: Sendable {
    /// Calls of one list.
    public static let listMax = 200

    private let core: CompanionCore

    /// A service.
    public init(core: CompanionCore) { self.core = core }

    /// The newest calls, newest first; or those that were requested before a time.
    public func list(
        _ principal: Principal, before time: Int64? = nil, limit: Int = listMax
    ) async throws -> [CallSummary] {
        guard principal.role == .admin else { throw ServiceFailure.forbidden }
        let core = core
        return try await core.store.read { connection in
            var names: [String: String] = [:]
            func person(_ id: String) throws -> RoomMember {
                if let name = names[id] { return RoomMember(id: id, name: name) }
                let name = try connection.member(id).map { try core.name(of: $0) } ?? ""
                names[id] = name
                return RoomMember(id: id, name: name)
            }
            return try connection.calls(before: time ?? .max, limit: min(max(limit, 1), Self.listMax)).map { call in
                CallSummary(call, requester: try person(call.requester), callee: try person(call.callee))
            }
        }
    }
}

/// A call, as administrators see it.
public struct CallSummary: Sendable, Hashable {
    /// Its id.
    public var id: String
    /// Its room.
    public var room: String
    /// Who called.
    public var requester: RoomMember
    /// Who was called.
    public var callee: RoomMember
    /// `requested`, `accepted`, `connected` or `ended`.
    public var state: String
    /// When it was requested.
    public var requestedAt: Int64
    /// When it was accepted.
    public var acceptedAt: Int64?
    /// When it ended.
    public var endedAt: Int64?
    /// Why it ended.
    public var endReason: String?
    /// The path of the media, as the requester reports it, or else the callee.
    public var path: String?

    init(_ call: CallRecord, requester: RoomMember, callee: RoomMember) {
        id = call.id
        room = call.roomID
        self.requester = requester
        self.callee = callee
        state = call.state
        requestedAt = call.requestedAt
        acceptedAt = call.acceptedAt
        endedAt = call.endedAt
        endReason = call.endReason
        path = call.pathRequester ?? call.pathCallee
    }
}
