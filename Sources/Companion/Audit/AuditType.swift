/// Kinds of events, as the log names them.
public enum AuditType: String, Sendable, Hashable, CaseIterable {
    // The connection of a client's socket.
    case connectionSuccess = "connection.success"
    case connectionFailure = "connection.failure"
    case connectionClosed = "connection.closed"

    // Calls: a session of the vendor's overview is a call.
    case sessionRequest = "session.request"
    case sessionAccepted = "session.accepted"
    case sessionRejected = "session.rejected"
    case sessionAborted = "session.aborted"
    case sessionConnected = "session.connected"
    case sessionEnded = "session.ended"
    case sdpRefused = "sdp.refused"

    // Rooms, messages, documents.
    case roomCreated = "room.created"
    case roomMemberAdded = "room.member.added"
    case roomMemberRemoved = "room.member.removed"
    case messageSent = "message.sent"
    case documentShared = "document.shared"
    case documentDownloaded = "document.downloaded"
    case documentDeleted = "document.deleted"
    case documentRefused = "document.refused"

    // Accounts.
    case accountCreated = "account.created"
    case accountInvited = "account.invited"
    case accountActivated = "account.activated"
    case accountDisabled = "account.disabled"
    case accountEnabled = "account.enabled"
    case accountChanged = "account.changed"
    case passwordReset = "password.reset"
    case passwordResetRequested = "password.reset.requested"
    case passwordChanged = "password.changed"
    case mfaEnabled = "mfa.enabled"
    case mfaDisabled = "mfa.disabled"
    case mfaFailed = "mfa.failed"
    case mfaRecoveryUsed = "mfa.recovery.used"

    // Sign-in sessions.
    case signIn = "session.login"
    case signOut = "session.logout"
    case accessDenied = "authz.denied"

    // The relay.
    case turnCredentialIssued = "turn.credential.issued"
    case turnCredentialRevoked = "turn.credential.revoked"
    case turnSecretRotated = "turn.secret.rotated"
    case turnAllocationOpened = "turn.allocation.opened"
    case turnAllocationEnded = "turn.allocation.ended"

    // Operation.
    case keyRotated = "key.rotated"
    case configurationChanged = "config.changed"
    case auditExported = "audit.exported"
    case auditVerified = "audit.verified"
    case serverStarted = "server.started"
    case serverStopped = "server.stopped"
}
