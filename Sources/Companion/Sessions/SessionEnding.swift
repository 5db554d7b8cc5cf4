import Store

/// Who ends sessions, and why, as the audit log tells it.
struct SessionEnd: Sendable {
    /// The person that did it; nil for the server itself.
    var requester: String?
    /// One word or two: `sign-out`, `password changed`, `idle`.
    var reason: String
    /// Where that person is.
    var address: String
}

extension CompanionCore {
    /// Which sessions are alive now.
    var sessionLimits: SessionLimits {
        SessionLimits(now: now, seenAfter: now - Int64(settings.sessions.idleSeconds) * 1000)
    }

    /// Ends one session.
    func end(
        _ session: SessionRecord, _ cause: SessionEnd, _ connection: any StoreConnection
    ) throws -> EndedSessions {
        guard try connection.endSession(id: session.id, at: now) else { return EndedSessions() }
        try connection.audit(
            AuditEvent(
                type: .signOut, requester: cause.requester, owner: session.personID, message: "a session was ended",
                extra: ["session": .text(session.id), "reason": .text(cause.reason)], address: cause.address),
            surroundings)
        let left = try connection.sessions(of: session.personID, sessionLimits, limit: 1)
        return EndedSessions(sessions: [session.id], signedOut: left.isEmpty ? [session.personID] : [])
    }

    /// Ends all sessions of a person but one, and everything by which a new one could still begin from before.
    func endSessions(
        of person: String, except kept: String? = nil, _ cause: SessionEnd, _ connection: any StoreConnection
    ) throws -> EndedSessions {
        try connection.deleteChallenges(of: person)
        var ended = EndedSessions()
        for session in try connection.unendedSessions(of: person) where session.id != kept {
            ended.sessions += try end(session, cause, connection).sessions
        }
        if try connection.sessions(of: person, sessionLimits, limit: 1).isEmpty { ended.signedOut = [person] }
        return ended
    }
}
