/// One page of one person. It outlives its connection for as long as it can be resumed.
struct Socket: Sendable {
    let id: SocketID
    let resume: ResumeKey
    let person: PersonID
    let session: SessionID
    /// Counted by the switchboard: the oldest has the lowest.
    let serial: UInt64
    var connection: ConnectionID?
    /// When it lost its connection.
    var lostAt: Int64?
    var replay = ReplayBuffer()
    var bucket: TokenBucket
    var auditBucket: TokenBucket
    /// Messages refused since the last one that was not.
    var refusedInARow = 0
    /// Only the first message of a connection can resume another socket.
    var isFresh = true
    /// Who came or went while the connection was lost.
    var presence: Set<PersonID> = []
    /// More of that happened than is remembered.
    var missedPresence = false
}

/// A person with at least one socket, a call, or a moment of grace.
struct Person: Sendable {
    let id: PersonID
    var name: String
    var role: String
    var contacts: Contacts
    var sockets: [SocketID] = []
    /// As others are told.
    var isOnline = false
    var call: CallID?
    var requests: TokenBucket
}

/// Whom a person sees and may call.
public enum Contacts: Sendable, Hashable {
    /// Everybody: the contact list of one organisation.
    case everyone
    /// Those who share a room.
    case only(Set<PersonID>)

    /// Whether a person is among them.
    public func contains(_ person: PersonID) -> Bool {
        switch self {
        case .everyone: true
        case .only(let people): people.contains(person)
        }
    }
}
