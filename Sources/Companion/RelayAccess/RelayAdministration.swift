/// What the companion asks of a relay: the calls of its administration.
public protocol RelayAdministration: Sendable {
    /// The relay's status document, JSON as the relay wrote it.
    func status() async throws(RelayFailure) -> [UInt8]
    /// Up to so many allocations.
    func sessions(limit: Int) async throws(RelayFailure) -> RelaySessions
    /// Ends an allocation: false when there is none of this name.
    func end(_ allocation: String) async throws(RelayFailure) -> Bool
    /// Revokes a credential by its id; how many allocations that ended. After `forgetAfterUnixSeconds` the relay may
    /// forget it; nil: never.
    func revoke(_ id: String, forgetAfterUnixSeconds: Int64?) async throws(RelayFailure) -> Int
    /// Lets the relay read its configuration and secrets again.
    func reload() async throws(RelayFailure)
    /// Up to so many events after one.
    func usage(after sequence: Int64, limit: Int) async throws(RelayFailure) -> RelayUsage
}

/// Why the relay did not do something.
public enum RelayFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// It does not answer.
    case unreachable(String)
    /// It refused, with its code and its words.
    case refused(code: String, message: String)
    /// Its answer makes no sense; it may be of another version.
    case unexpected(String)

    /// One line.
    public var description: String {
        switch self {
        case .unreachable(let reason):
            "the relay does not answer: \(reason); start it, or check the path of its admin socket"
        case .refused(let code, let message): "the relay refused: \(message) (\(code))"
        case .unexpected(let reason): "the relay's answer is not understood: \(reason); run the same version of both"
        }
    }
}

/// The allocations of a relay.
public struct RelaySessions: Decodable, Sendable, Equatable {
    /// One allocation.
    public struct Session: Decodable, Sendable, Equatable {
        /// Its name.
        public var id: String
        /// The user name it was opened with.
        public var username: String
        /// Where the client's packets come from.
        public var client: String
        /// `udp`, `tcp`, `tls` or `dtls`.
        public var transport: String
        /// Relayed addresses.
        public var relayed: [String]
        /// Seconds since it was opened.
        public var ageSeconds: Int
        /// What went to peers.
        public var toPeers: Traffic
        /// What went to the client.
        public var toClient: Traffic
    }

    /// Packets and bytes.
    public struct Traffic: Decodable, Sendable, Equatable {
        /// Packets.
        public var packets: Int64
        /// Bytes.
        public var bytes: Int64
    }

    /// All there are, listed or not.
    public var total: Int
    /// The listed ones.
    public var sessions: [Session]
}

/// What a relay did lately.
public struct RelayUsage: Decodable, Sendable, Equatable {
    /// An allocation was opened or ended.
    public struct Entry: Decodable, Sendable, Equatable {
        /// Its number.
        public var sequence: Int64
        /// `opened` or `ended`.
        public var event: String
        /// The allocation's name.
        public var allocation: String
        /// The user name it was opened with.
        public var username: String
        /// The id inside the user name.
        public var id: String?
        /// `udp`, `tcp`, `tls` or `dtls`.
        public var transport: String
        /// Where the client's packets come from.
        public var client: String
        /// Bytes to peers.
        public var bytesUp: Int64
        /// Bytes to the client.
        public var bytesDown: Int64
        /// When it was opened.
        public var startedAt: Int64
        /// When it ended.
        public var endedAt: Int64?
        /// Why it ended.
        public var reason: String?

        enum CodingKeys: String, CodingKey {
            case sequence, event, allocation, username, id, transport, client, reason
            case bytesUp = "bytes_up"
            case bytesDown = "bytes_down"
            case startedAt = "started_at"
            case endedAt = "ended_at"
        }
    }

    /// Names this run of the relay: another one counts from the beginning.
    public var epoch: String
    /// How many events were forgotten before they were asked for.
    public var lost: Int64
    /// The events.
    public var entries: [Entry]
}
