public import Credentials
public import STUN
public import TURNClient

/// What is to be done to a server.
public struct LoadPlan: Sendable {
    /// Who sends payloads.
    public enum Direction: String, CaseIterable, Sendable {
        /// Clients, to the peer that counts them.
        case up
        /// The peer, to clients that count them.
        case down
        /// Both, independently.
        case both
        /// Clients, and the peer sends each back: round trips.
        case echo
    }

    /// How a session proves who it is.
    public enum Credential: Sendable {
        /// The same user for all.
        case user(name: String, password: String)
        /// A time-limited credential for each session, made with the secret that the server knows.
        case secret(SharedSecret)
    }

    /// The server's URIs: sessions take them in turn.
    public var uris: [RelayURI]
    /// How sessions prove who they are.
    public var credential: Credential
    /// Which certificates are accepted.
    public var trust: CertificateTrust
    /// What sessions do.
    public var profile: TrafficProfile
    /// How many sessions.
    public var sessions = 100
    /// How long they do it, in seconds.
    public var seconds = 10.0
    /// Sessions set up per second; nil: as fast as they are answered.
    public var rampPerSecond: Double?
    /// Packets per second of all sessions together; nil: the profile's rate for each.
    public var packetsPerSecond: Double?
    /// Who sends.
    public var direction = Direction.up
    /// Payloads go as Send indications, not through channels.
    public var usesIndications = false
    /// Two sessions are each other's peer: every packet goes through the relay twice.
    public var isClientToClient = false
    /// What sessions replay with the profile `trace`: they take its flows in turn.
    public private(set) var trace: TrafficTrace?
    /// Bytes of each payload; with a trace of the largest.
    public var payloadBytes: Int
    /// Packets that leave together.
    public var burst: Int
    /// How long packets that are due wait for others to leave together with, at most, in microseconds. Real media never
    /// waits.
    public var paceMicroseconds = LoadPlan.ownPaceMicroseconds
    /// Event loops; a thread each.
    public var loops = 1
    /// Real media in place of counted payloads; nil: no media.
    public var media: MediaPlan?
    /// A peer elsewhere that sends everything back; nil: the peer is built in.
    public var remotePeer: TransportAddress?
    /// The address of the built-in peer; nil: the one that this machine reaches the server from.
    public var peerAddress: IPAddress?

    /// Neither frames through packet sockets nor counting in the kernel, even where this process may use them.
    public var usesSocketsOnly = false

    /// Microseconds that packets may be told to wait.
    public static let paceLimitsMicroseconds = 50...5_000
    /// The pace of a plan that is told none.
    public static let ownPaceMicroseconds = 200

    /// Bytes of payload that the load's own numbers take up.
    public static let payloadMinimum = PacketStamp.byteCount
    /// Bytes of payload that a proof needs: the numbers, and what is planted in any cut of it.
    public static let payloadMinimumToProve = PacketStamp.byteCount + 2 * Needle.byteCount

    /// Bytes of payload that fit into a packet of media: a path of 1280 bytes, with all headers taken off.
    public static let mediaPayloadMaximum = 1_150

    /// A plan with the profile's own numbers.
    public init(
        uris: [RelayURI], credential: Credential, profile: TrafficProfile, trust: CertificateTrust = .system
    ) {
        self.uris = uris
        self.credential = credential
        self.profile = profile
        self.trust = trust
        payloadBytes = profile.payloadBytes
        burst = profile.burst
    }

    var paceNanoseconds: UInt64 { UInt64(paceMicroseconds) * 1_000 }

    /// Packets, cycles or hostile datagrams that are due at one time.
    var packetsPerEvent: Int { profile.carriesData ? burst : 1 }

    /// Packets per second in all, each direction counted.
    public var targetRate: Double {
        packetsPerSecond ?? ownRate
    }

    /// Packets per second of all sessions when none are asked for.
    public var ownRate: Double {
        if let trace { return trace.packetsPerSecond(of: self) }
        return Double(sessions) * profile.packetsPerSecond * (direction == .both ? 2 : 1)
    }

    /// Has sessions replay this trace.
    public mutating func replay(_ trace: TrafficTrace) {
        profile = .trace
        self.trace = trace
        payloadBytes = max(trace.largestPayload, LoadPlan.payloadMinimum)
        burst = 1
    }
}
