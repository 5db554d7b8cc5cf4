internal import Signaling
internal import Store

extension StoreConnection {
    /// Writes a transition of a call and its audit row.
    func write(_ transition: CallTransition, address: String, _ surroundings: Surroundings) throws {
        var call =
            try call(id: transition.call.text)
            ?? CallRecord(
                id: transition.call.text, roomID: transition.room.text, requester: transition.requester.text,
                callee: transition.callee.text, requestedAt: transition.at)
        let isNew = call.apply(transition)
        if isNew {
            try insert(call)
        } else {
            guard try update(call) else { throw StoreFailure.constraint("the call \(call.id) has ended") }
        }
        try audit(AuditEvent(transition, call, address: address), surroundings)
    }

    /// Ends calls that an earlier process has left unfinished. Returns how many there were, up to `limit`.
    func endUnfinishedCalls(limit: Int, at time: Int64, _ surroundings: Surroundings) throws -> Int {
        let calls = try unfinishedCalls(limit: limit)
        for call in calls {
            let transition = CallTransition(
                call: CallID(call.id), room: RoomID(call.roomID), requester: PersonID(call.requester),
                callee: PersonID(call.callee), step: .ended(.restart, detail: nil), actor: nil,
                before: CallState(rawValue: call.state) ?? .requested, at: time)
            try write(transition, address: "", surroundings)
        }
        return calls.count
    }
}

extension CallRecord {
    /// Changes what a transition changes. Returns whether it makes the call.
    fileprivate mutating func apply(_ transition: CallTransition) -> Bool {
        switch transition.step {
        case .requested: return true
        case .refused(let reason):
            end(reason, at: transition.at)
            return true
        case .accepted:
            state = "accepted"
            acceptedAt = transition.at
        case .connected(let side, let path):
            state = "connected"
            connectedAt = connectedAt ?? transition.at
            setPath(path, side)
        case .moved(let side, let path): setPath(path, side)
        case .ended(let reason, _): end(reason, at: transition.at)
        }
        return false
    }

    private mutating func end(_ reason: EndReason, at time: Int64) {
        state = "ended"
        endedAt = time
        endReason = reason.rawValue
    }

    private mutating func setPath(_ path: MediaPath, _ side: CallSide) {
        if side == .requester { pathRequester = path.rawValue } else { pathCallee = path.rawValue }
    }
}

extension AuditEvent {
    /// What the log says of a transition.
    fileprivate init(_ transition: CallTransition, _ call: CallRecord, address: String) {
        let requester = transition.actor ?? transition.requester
        let other = requester == transition.requester ? transition.callee : transition.requester
        var extra: [String: AuditValue] = ["call": .text(transition.call.text)]
        var type = AuditType.sessionEnded
        var outcome = AuditOutcome.success
        var message = ""
        switch transition.step {
        case .requested:
            type = .sessionRequest
            message = "a call was requested"
        case .refused(let reason):
            type = .sessionRequest
            outcome = .failure
            message = reason == .busy ? "the person called is in another call" : "the person called is not there"
            extra["reason"] = .text(reason.rawValue)
        case .accepted:
            type = .sessionAccepted
            message = "the call was accepted"
        case .connected(let side, let path), .moved(let side, let path):
            type = .sessionConnected
            message = "media flows"
            extra["path"] = .text(path.rawValue)
            extra["side"] = side == .requester ? "requester" : "callee"
        case .ended(let reason, let detail):
            (type, outcome, message) = Self.end(reason, wasAccepted: call.acceptedAt != nil)
            extra["reason"] = .text(reason.rawValue)
            extra["connected"] = .flag(call.connectedAt != nil)
            if let detail { extra["detail"] = .text(detail) }
            if let connectedAt = call.connectedAt { extra["seconds"] = .integer((transition.at - connectedAt) / 1000) }
        }
        self.init(
            type: type, outcome: outcome, requester: requester.text, owner: other.text, room: transition.room.text,
            message: message, extra: extra, address: address)
    }

    private static func end(_ reason: EndReason, wasAccepted: Bool) -> (AuditType, AuditOutcome, String) {
        switch reason {
        case .rejected: (.sessionRejected, .success, "the call was rejected")
        case .aborted: (.sessionAborted, .success, "the call was given up")
        case .timeout: (.sessionAborted, .failure, "nobody accepted the call")
        case .ended: (.sessionEnded, .success, "the call was ended")
        case .lost: (wasAccepted ? .sessionEnded : .sessionAborted, .failure, "a connection was lost")
        case .revoked: (wasAccepted ? .sessionEnded : .sessionAborted, .failure, "a person was signed out")
        case .restart: (wasAccepted ? .sessionEnded : .sessionAborted, .failure, "the server was started again")
        case .busy, .unavailable: (.sessionAborted, .failure, "the person called is not there")
        }
    }

    /// What the log says of a refusal.
    init(_ refusal: Refusal, address: String) {
        var extra: [String: AuditValue] = ["call": .text(refusal.call.text)]
        var type = AuditType.sdpRefused
        let message: String
        switch refusal.cause {
        case .stranger:
            type = .accessDenied
            message = "no party of the call"
        case .description(let problem):
            message = "a session description was refused"
            extra["problem"] = .text(problem.rawValue)
        case .fingerprintSeen:
            message = "a certificate of another call was refused"
            extra["problem"] = "fingerprint_seen"
        }
        self.init(
            type: type, outcome: .failure, requester: refusal.person.text, owner: refusal.person.text,
            // Whoever is no party of a call does not learn its room from the log either.
            room: refusal.cause == .stranger ? nil : refusal.room.text, message: message, extra: extra,
            address: address)
    }
}
