public import Store

/// Who asks: a person in one of his sessions.
public struct Principal: Sendable, Hashable {
    /// The person.
    public var personID: String
    /// The session.
    public var sessionID: String
    /// What the person may do, as of the request.
    public var role: Role
    /// The client's address, as the connection or the trusted proxy in front tells it.
    public var address: String

    /// A person in a session.
    public init(personID: String, sessionID: String, role: Role, address: String) {
        self.personID = personID
        self.sessionID = sessionID
        self.role = role
        self.address = address
    }
}

/// What a person may do.
public typealias Role = PersonRole
