import Signaling

/// What a rule of the simulation says when it is broken.
struct Broken: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// One page of one person, as far as its person can tell: it believes only what it was sent, and checks it.
struct Page {
    let number: Int
    let person: PersonID
    let session: SessionID

    /// The connection, from the page's own view; what is underway on it is lost with it.
    var connection: ConnectionID?
    var inbox: [(sequence: UInt64?, message: ServerMessage)] = []
    /// The last welcome.
    var socket: SocketID?
    var resume: ResumeKey?
    var last: UInt64 = 0
    /// It has asked to resume its socket and waits for the second welcome; until then numbers count for the new one.
    var isResuming = false
    /// The number of the last message on a socket that it is about to leave.
    var temporary: UInt64 = 0

    var ringing: [CallID] = []
    /// The call that it asked for or accepted.
    var call: CallID?
    var isRequester = false
    var isAccepted = false
    /// Numbers of the candidates that came from the other side.
    var lastCandidate = 0
    var nextCandidate = 1
    var certificate: Int?
    /// Chat messages that it got on this socket.
    var receivedChat: [Int64] = []
    /// Pages that may have missed something compare nothing, until they start anew.
    var hasMissed = false

    init(number: Int, person: PersonID) {
        self.number = number
        self.person = person
        session = SessionID("session-\(number)")
    }

    mutating func forgetCall(_ id: CallID) {
        ringing.removeAll { $0 == id }
        guard call == id else { return }
        call = nil
        isAccepted = false
        isRequester = false
        lastCandidate = 0
        nextCandidate = 1
        certificate = nil
    }

    /// The page starts anew on a socket that it did not have before.
    mutating func startAnew() {
        ringing = []
        if let call { forgetCall(call) }
        receivedChat = []
        hasMissed = false
    }

    /// Takes the next message in.
    mutating func read() throws {
        let (sequence, message) = inbox.removeFirst()
        if let sequence {
            let expected = (isResuming ? temporary : last) + 1
            guard sequence == expected || hasMissed && sequence > expected else {
                throw Broken("page \(number) expected message \(expected), got \(sequence): \(message)")
            }
            if isResuming { temporary = sequence } else { last = sequence }
        }
        guard message.isSequenced == (sequence != nil) || sequence == nil else {
            throw Broken("page \(number): \(message) has a number")
        }
        try take(message)
    }

    private mutating func take(_ message: ServerMessage) throws {
        switch message {
        case .welcome(let welcome):
            guard welcome.person == person else { throw Broken("page \(number) was welcomed as \(welcome.person)") }
            take(welcome)
        // What comes before the second welcome is for a socket that is given up.
        case _ where isResuming: break
        case .ringing(let call, _, let from, _):
            guard from.id != person else { throw Broken("page \(number) is called by itself") }
            if !ringing.contains(call) { ringing.append(call) }
        case .ack(let id, let acknowledgement):
            if let new = acknowledgement.call, id == "request" {
                call = new
                isRequester = !acknowledgement.accepted
            }
        case .accepted(let id, let requester, let by, let accepting):
            if by == person {
                guard accepting == socket else { throw Broken("page \(number) was bound for another page") }
                call = id
            } else if requester != person || call != id, !hasMissed {
                throw Broken("page \(number) was told of \(id), which it did not ask for")
            }
            call = id
            isRequester = requester == person
            isAccepted = true
            ringing.removeAll { $0 == id }
        case .taken(let id): ringing.removeAll { $0 == id }
        case .ended(let id, _, _): forgetCall(id)
        case .description(let id, _, _): try requireCall(id, message)
        case .path(let id, _, _): try requireCall(id, message)
        case .candidate(let id, let candidate):
            try requireCall(id, message)
            let number = candidate.flatMap { Int($0.candidate) } ?? 0
            guard number > lastCandidate else { throw Broken("candidate \(number) came behind \(lastCandidate)") }
            lastCandidate = number
        case .servers(_, let id, _): try requireCall(id, message)
        case .chat(let chat): receivedChat.append(chat.position)
        default: break
        }
    }

    private mutating func take(_ welcome: Welcome) {
        if isResuming {
            isResuming = false
            if welcome.socket == socket {
                hasMissed = hasMissed || welcome.missed
                return
            }
            last = temporary
        } else {
            last = 0
        }
        socket = welcome.socket
        resume = welcome.resume
        startAnew()
        // It began somewhere in the middle.
        hasMissed = welcome.missed
    }

    private func requireCall(_ id: CallID, _ message: ServerMessage) throws {
        guard hasMissed || call == id && isAccepted else {
            throw Broken("page \(number) got \(message) outside of that call")
        }
    }
}
