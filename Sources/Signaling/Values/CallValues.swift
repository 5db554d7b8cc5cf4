/// What a call carries.
public enum MediaKind: String, Sendable, Hashable, CaseIterable {
    /// Sound.
    case audio
    /// Pictures.
    case video
}

/// Why a call ended.
public enum EndReason: String, Sendable, Hashable, CaseIterable {
    /// The callee refused.
    case rejected
    /// The requester gave up before it was accepted.
    case aborted
    /// One of the two hung up.
    case ended
    /// Nobody accepted in time.
    case timeout
    /// A socket in the call was lost and did not come back.
    case lost
    /// A person of the call was signed out or disabled.
    case revoked
    /// The callee is in another call.
    case busy
    /// The callee has no socket.
    case unavailable
    /// The companion was started again.
    case restart
}

/// The path that media takes, as a page reports it.
public enum MediaPath: String, Sendable, Hashable, CaseIterable {
    /// Directly, over UDP.
    case directUDP = "p2p-udp"
    /// Directly, over TCP.
    case directTCP = "p2p-tcp"
    /// Through the relay, reached over UDP.
    case relayUDP = "turn-udp"
    /// Through the relay, reached over TCP.
    case relayTCP = "turn-tcp"
    /// Through the relay, reached over TLS.
    case relayTLS = "turn-tls"
}

/// The two sides of a call.
public enum CallSide: Sendable, Hashable, CaseIterable {
    /// Who called.
    case requester
    /// Who was called.
    case callee

    /// The one across.
    public var other: CallSide { self == .requester ? .callee : .requester }
}

/// Whether a session description opens an exchange or answers it.
public enum DescriptionKind: String, Sendable, Hashable {
    /// The first of the two.
    case offer
    /// The second.
    case answer
}

/// An ICE candidate, as browsers write it. It is passed on and not read.
public struct IceCandidate: Sendable, Hashable {
    /// The candidate attribute.
    public let candidate: String
    /// The media section's name.
    public let mid: String?
    /// The media section's number.
    public let line: Int?
    /// The fragment of the user name that it belongs to.
    public let fragment: String?

    /// A candidate; nil when a part is too long or holds a control character.
    public init?(candidate: String, mid: String?, line: Int?, fragment: String?) {
        guard candidate.utf8.count <= TextLimits.candidateBytes, (mid?.utf8.count ?? 0) <= TextLimits.tokenBytes,
            (fragment?.utf8.count ?? 0) <= TextLimits.tokenBytes, (0..<256).contains(line ?? 0)
        else { return nil }
        for text in [candidate, mid, fragment] {
            // A candidate is one attribute of one line.
            guard text?.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) ?? true else { return nil }
        }
        self.candidate = candidate
        self.mid = mid
        self.line = line
        self.fragment = fragment
    }

    var byteCount: Int { candidate.utf8.count + (mid?.utf8.count ?? 0) + (fragment?.utf8.count ?? 0) }
}

/// STUN and TURN servers with the credential for them, as browsers take them.
public struct IceServers: Sendable, Hashable {
    /// One entry of `iceServers`.
    public struct Server: Sendable, Hashable {
        /// `stun:`, `turn:` and `turns:` URIs.
        public let urls: [String]
        /// The user name, for TURN.
        public let username: String?
        /// The password, for TURN.
        public let credential: String?

        /// An entry.
        public init(urls: [String], username: String? = nil, credential: String? = nil) {
            self.urls = urls
            self.username = username
            self.credential = credential
        }
    }

    /// The issued credential's own name.
    public let id: String
    /// How long it is good for, in seconds.
    public let ttlSeconds: Int64
    /// When it expires, in milliseconds since 1970.
    public let expiresAt: Int64
    /// The servers.
    public let servers: [Server]

    /// Servers with their credential.
    public init(id: String, ttlSeconds: Int64, expiresAt: Int64, servers: [Server]) {
        self.id = id
        self.ttlSeconds = ttlSeconds
        self.expiresAt = expiresAt
        self.servers = servers
    }
}
