/// One call. It does one thing at a time: while a transition is being written, everything else about the call waits.
struct Call: Sendable {
    let id: CallID
    let room: RoomID
    let media: [MediaKind]
    let requestedAt: Int64
    var requester: Party
    var callee: Party
    var state = CallState.proposed
    /// Why it cannot ring; it ends as soon as that is written.
    var refusal: EndReason?
    /// What is being written.
    var pending: Pending?
    /// What waits for that, oldest first.
    var held: [CallInput] = []
    var heldBytes = 0
    /// An end that waits for what is being written. It overtakes what is held.
    var heldEnd: CallInput?

    init(id: CallID, room: RoomID, media: [MediaKind], requester: Party, callee: Party, now: Int64) {
        self.id = id
        self.room = room
        self.media = media
        self.requester = requester
        self.callee = callee
        requestedAt = now
    }

    subscript(side: CallSide) -> Party {
        get { side == .requester ? requester : callee }
        set { if side == .requester { requester = newValue } else { callee = newValue } }
    }

    /// The side of a person; nil for strangers.
    func side(of person: PersonID) -> CallSide? {
        CallSide.allCases.first { self[$0].person == person }
    }

    /// The side that is bound to a socket.
    func side(on socket: SocketID) -> CallSide? {
        CallSide.allCases.first { self[$0].socket == socket }
    }

    /// Both sockets are bound.
    var isAccepted: Bool { state == .accepted || state == .connected }
}

/// One side of a call.
struct Party: Sendable {
    let person: PersonID
    /// The socket that the call is bound to; the callee has one from accepting on.
    var socket: SocketID?
    /// What is left of its candidates; nil until the first one of an ICE generation.
    var candidates: TokenBucket?
    /// What is left of its descriptions; nil until the first one.
    var descriptions: TokenBucket?
    /// The ICE user name fragments of its last description: others begin another generation [RFC 8839 4.4.1.1.1].
    var fragments: Set<String> = []
    var pathChanges = 0
    var fingerprints: [Fingerprint] = []
    var path: MediaPath?
    /// When its ICE servers are to be replaced.
    var refreshAt: Int64?
    /// When it was last given, or asked for, ICE servers.
    var askedAt: Int64?

    init(person: PersonID, socket: SocketID? = nil) {
        self.person = person
        self.socket = socket
    }
}

/// Who asked, and what the page calls its request.
struct Asker: Sendable, Hashable {
    let socket: SocketID
    let id: String?
}

/// Something that happens to a call.
struct CallInput: Sendable {
    enum Action: Sendable {
        case request(CallRequest)
        /// The callee called the requester: both want to talk.
        case glare
        case finish(EndReason)
    }

    let asker: Asker?
    let action: Action

    /// It ends the call, whatever else it waits behind.
    var isEnd: Bool {
        switch action {
        case .finish, .request(.reject), .request(.abort), .request(.end): true
        case .glare, .request: false
        }
    }

    var byteCount: Int {
        guard case .request(let request) = action else { return 64 }
        switch request {
        case .description(_, let text): return 64 + text.utf8.count
        case .candidate(let candidate): return 64 + (candidate?.byteCount ?? 0)
        default: return 64
        }
    }
}

/// What is being written.
struct Pending: Sendable {
    enum Subject: Sendable {
        case step(CallTransition.Step)
        case accept(isGlare: Bool)
        case path(CallTransition.Step, CallSide, MediaPath, Int?)
        case description(CallSide, DescriptionKind, String, SessionDescription)
    }

    let number: UInt64
    let asker: Asker?
    let subject: Subject
}
