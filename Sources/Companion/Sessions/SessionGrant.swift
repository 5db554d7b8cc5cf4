/// A session that has just begun: what the browser gets.
public struct SessionGrant: Sendable {
    /// For the cookie. Nobody else has it, and the database does not hold it.
    public let token: String
    /// For the header of every change.
    public let csrf: String
    /// The session's id.
    public let sessionID: String
    /// When it ends, used or not.
    public let expiresAt: Int64
    /// Who signed in.
    public let person: Person
}

/// What a right password leads to.
public enum SignIn: Sendable {
    /// A session.
    case signedIn(SessionGrant)
    /// The question for the second factor; what it is called for the answer.
    case totpRequired(challenge: String)
}

/// A living session, opened.
public struct SessionSummary: Sendable, Hashable {
    /// The id.
    public let id: String
    /// Who signed in.
    public let personID: String
    /// When it began.
    public let createdAt: Int64
    /// When it was last used, to the minute.
    public let seenAt: Int64
    /// When it ends, used or not.
    public let expiresAt: Int64
    /// Where it was last used from.
    public let address: String
    /// What the browser says it is.
    public let agent: String
}

/// What opens one socket.
public struct SocketTicket: Sendable, Hashable {
    /// The ticket.
    public let ticket: String
    /// Until when.
    public let expiresAt: Int64
}
