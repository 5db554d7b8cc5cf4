/// What is to be done outside, in this order.
public enum Effect: Sendable, Hashable {
    /// Send a message. With a sequence number it is also kept for a resumption.
    case send(ConnectionID, sequence: UInt64?, ServerMessage)
    /// Close a connection behind everything sent on it.
    case close(ConnectionID, CloseReason)
    /// Write a transition and its audit row, then call `recorded` or `unrecorded`.
    case record(Ticket, CallTransition)
    /// Remember the fingerprints of a description when no other call has used them; then call `fingerprintsChecked`.
    case checkFingerprints(Ticket, person: PersonID, [Fingerprint])
    /// Issue ICE servers to one side, then call `serversIssued` or `serversFailed`.
    case issueServers(ServerRequest)
    /// Write an audit row about something that was refused.
    case auditRefusal(Refusal)
    /// A socket is gone and will not be resumed.
    case forget(SocketID)
}

/// Names something about a call that is being written.
public struct Ticket: Sendable, Hashable {
    /// The call.
    public let call: CallID
    /// Counted over the whole switchboard.
    public let number: UInt64
}

/// Somebody needs ICE servers.
public struct ServerRequest: Sendable, Hashable {
    /// For which call.
    public let call: CallID
    /// In which room.
    public let room: RoomID
    /// Who.
    public let person: PersonID
    /// On which socket.
    public let socket: SocketID
    /// The page's own name for its request; nil when it did not ask.
    public let id: String?
}

/// Something that a page may not do.
public struct Refusal: Sendable, Hashable {
    /// Why.
    public enum Cause: Sendable, Hashable {
        /// The person is no party of the call.
        case stranger
        /// The description is not one of an encrypted call.
        case description(DescriptionProblem)
        /// The fingerprint was seen before.
        case fingerprintSeen
    }

    /// Who tried.
    public let person: PersonID
    /// The call.
    public let call: CallID
    /// The call's room.
    public let room: RoomID
    /// Why it was refused.
    public let cause: Cause
}

/// Why a connection is closed.
public enum CloseReason: Sendable, Hashable {
    /// The sign-in is over.
    case sessionEnded
    /// Another connection has resumed its socket.
    case replaced
    /// It does not read what it is sent.
    case slowReader
    /// It goes on sending more than it may.
    case flooding
    /// The person has too many sockets; this was the oldest.
    case tooManySockets
    /// There is no room for another socket.
    case full

    /// The WebSocket close code [RFC 6455 7.4; 4000 to 4999 are the application's own].
    public var code: UInt16 {
        switch self {
        case .sessionEnded: 4001
        case .replaced: 4002
        case .slowReader: 4003
        case .flooding: 4004
        case .tooManySockets: 4005
        case .full: 1013
        }
    }

    /// The reason, as the close frame says it.
    public var text: String {
        switch self {
        case .sessionEnded: "the sign-in has ended"
        case .replaced: "resumed by another connection"
        case .slowReader: "messages are not read fast enough; resume when ready"
        case .flooding: "too many messages; slow down and resume"
        case .tooManySockets: "too many pages are open; this was the oldest"
        case .full: "the server has no room for another socket; try again later"
        }
    }
}

/// One step of a call that is written down before anybody is told.
public struct CallTransition: Sendable, Hashable {
    /// The steps.
    public enum Step: Sendable, Hashable {
        /// It was requested.
        case requested
        /// It was requested and could not ring.
        case refused(EndReason)
        /// It was accepted.
        case accepted
        /// Media flows, as the first side reports.
        case connected(CallSide, MediaPath)
        /// One side reports a path, for the first time or another one.
        case moved(CallSide, MediaPath)
        /// It is over.
        case ended(EndReason, detail: String?)
    }

    /// The call.
    public let call: CallID
    /// Its room.
    public let room: RoomID
    /// Who called.
    public let requester: PersonID
    /// Who was called.
    public let callee: PersonID
    /// What happens.
    public let step: Step
    /// Who caused it; nil when time or the companion did.
    public let actor: PersonID?
    /// The state before.
    public let before: CallState
    /// When, in milliseconds since 1970.
    public let at: Int64

    /// A transition.
    public init(
        call: CallID, room: RoomID, requester: PersonID, callee: PersonID, step: Step, actor: PersonID?,
        before: CallState, at: Int64
    ) {
        self.call = call
        self.room = room
        self.requester = requester
        self.callee = callee
        self.step = step
        self.actor = actor
        self.before = before
        self.at = at
    }
}

/// Where a call stands.
public enum CallState: String, Sendable, Hashable {
    /// Asked for, and not yet written.
    case proposed
    /// It rings.
    case requested
    /// Accepted; media is being set up.
    case accepted
    /// Media flows.
    case connected
}
