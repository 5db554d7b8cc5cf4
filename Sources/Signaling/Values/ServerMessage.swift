/// What the companion says to a page.
public enum ServerMessage: Sendable, Hashable {
    /// The first message of a connection, and the answer to a resumption.
    case welcome(Welcome)
    /// The answer to a ping.
    case pong(id: String?)
    /// A person came or went.
    case presence(person: PersonID, online: Bool)
    /// A request was carried out.
    case ack(id: String?, Acknowledgement)
    /// A request was refused.
    case error(id: String?, SignalingError)
    /// Somebody calls.
    case ringing(call: CallID, room: RoomID, from: Caller, media: [MediaKind])
    /// The call was accepted, by which of the callee's sockets.
    case accepted(call: CallID, requester: PersonID, by: PersonID, socket: SocketID)
    /// Another socket of the same person accepted the call.
    case taken(call: CallID)
    /// The call is over. `detail` is what the person that ended it gave as a reason.
    case ended(call: CallID, reason: EndReason, detail: String?)
    /// A session description from the other side.
    case description(call: CallID, kind: DescriptionKind, text: String)
    /// A candidate from the other side; nil says that there are no more.
    case candidate(call: CallID, IceCandidate?)
    /// ICE servers for a call.
    case servers(id: String?, call: CallID, IceServers)
    /// The path that the other side reports.
    case path(call: CallID, path: MediaPath, roundTripMilliseconds: Int?)
    /// A chat message.
    case chat(ChatMessage)
    /// A document was shared.
    case documentShared(DocumentNotice)
    /// A document was deleted.
    case documentDeleted(room: RoomID, document: String)
    /// The title or the members of a room changed.
    case roomChanged(RoomID)
    /// The sign-in of this socket is over.
    case sessionEnded(reason: String)

    /// Whether the message has a sequence number and is sent again after a resumption. The others say what holds now,
    /// and are told anew.
    public var isSequenced: Bool {
        switch self {
        case .welcome, .pong, .presence, .sessionEnded: false
        default: true
        }
    }

    /// About what it takes in memory.
    var byteCount: Int {
        let overhead = 128
        switch self {
        case .description(_, _, let text): return overhead + text.utf8.count
        case .candidate(_, let candidate): return overhead + (candidate?.byteCount ?? 0)
        case .chat(let message): return overhead + message.body.utf8.count
        case .ack(_, let ack): return overhead + (ack.message?.body.utf8.count ?? 0)
        case .servers: return overhead + 1_024
        default: return overhead
        }
    }
}

/// Who calls, as the callee is shown it.
public struct Caller: Sendable, Hashable {
    /// Who.
    public let id: PersonID
    /// The name to show.
    public let name: String
    /// Whether the person has a socket.
    public let online: Bool

    /// A person that calls.
    public init(id: PersonID, name: String, online: Bool) {
        self.id = id
        self.name = name
        self.online = online
    }
}

/// What a page learns first.
public struct Welcome: Sendable, Hashable {
    /// This socket.
    public let socket: SocketID
    /// With this it can be resumed.
    public let resume: ResumeKey
    /// Whose socket it is.
    public let person: PersonID
    /// That person's name.
    public let name: String
    /// That person's role.
    public let role: String
    /// Now, in milliseconds since 1970.
    public let serverTime: Int64
    /// Messages were lost: the page has to fetch what it shows.
    public let missed: Bool
}

/// What a request led to.
public struct Acknowledgement: Sendable, Hashable {
    /// The call that it concerns.
    public let call: CallID?
    /// The room of a requested call.
    public let room: RoomID?
    /// The person called was just calling, too: the request accepted that call.
    public let accepted: Bool
    /// The chat message as it was stored.
    public let message: ChatMessage?

    /// An acknowledgement.
    public init(call: CallID? = nil, room: RoomID? = nil, accepted: Bool = false, message: ChatMessage? = nil) {
        self.call = call
        self.room = room
        self.accepted = accepted
        self.message = message
    }
}

/// Why a request was refused: a code for programs and a line for people.
public struct SignalingError: Sendable, Hashable, Error {
    /// Stable, snake_case.
    public let code: String
    /// One line that names cause and remedy.
    public let message: String

    /// An error.
    public init(code: String, message: String) {
        self.code = code
        self.message = message
    }
}

/// A chat message as it was stored.
public struct ChatMessage: Sendable, Hashable {
    /// Its identifier.
    public let id: String
    /// The room that it was written in.
    public let room: RoomID
    /// Who wrote it.
    public let sender: PersonID
    /// The text.
    public let body: String
    /// When it was stored, in milliseconds since 1970.
    public let sentAt: Int64
    /// The sender's name for it: the same twice is the same message.
    public let clientID: String
    /// Its place in the room.
    public let position: Int64

    /// A message.
    public init(
        id: String, room: RoomID, sender: PersonID, body: String, sentAt: Int64, clientID: String, position: Int64
    ) {
        self.id = id
        self.room = room
        self.sender = sender
        self.body = body
        self.sentAt = sentAt
        self.clientID = clientID
        self.position = position
    }
}

/// A shared document, without its bytes.
public struct DocumentNotice: Sendable, Hashable {
    /// Its identifier.
    public let id: String
    /// The room that it was shared in.
    public let room: RoomID
    /// The name that the owner gave it, cleaned.
    public let name: String
    /// Its type, found by its content.
    public let type: String
    /// Its size.
    public let bytes: Int64
    /// SHA-256 of its content, in hexadecimal digits.
    public let sha256: String
    /// Who shared it.
    public let owner: PersonID
    /// When, in milliseconds since 1970.
    public let sharedAt: Int64

    /// A document.
    public init(
        id: String, room: RoomID, name: String, type: String, bytes: Int64, sha256: String, owner: PersonID,
        sharedAt: Int64
    ) {
        self.id = id
        self.room = room
        self.name = name
        self.type = type
        self.bytes = bytes
        self.sha256 = sha256
        self.owner = owner
        self.sharedAt = sharedAt
    }
}
