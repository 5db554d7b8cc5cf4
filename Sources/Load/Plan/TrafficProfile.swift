/// What each session of a load does.
public enum TrafficProfile: String, CaseIterable, Sendable {
    /// A call with sound: 50 packets of 160 bytes per second, one by one.
    case voice
    /// A call with pictures: 30 frames per second, 6 packets of 1042 bytes each, 1.5 Mbit/s.
    case video
    /// A transfer: bursts of 40 packets of 1100 bytes.
    case bulk
    /// Allocations set up, refreshed and given back, again and again; no data.
    case allocations
    /// Allocations that are held; no data.
    case idle
    /// Datagrams that are invalid, or not authenticated; nothing is set up.
    case flood
    /// Sizes and spacing of recorded traffic, again and again.
    case trace

    /// Bytes of each payload; a trace has its own.
    public var payloadBytes: Int {
        switch self {
        case .voice: 160
        case .video: 1_042
        case .bulk: 1_100
        case .allocations, .idle, .flood, .trace: 0
        }
    }

    /// Packets that leave together.
    public var burst: Int {
        switch self {
        case .video: 6
        case .bulk: 40
        case .voice, .allocations, .idle, .flood, .trace: 1
        }
    }

    /// Packets per second of one session; for `allocations` cycles, for `flood` datagrams. A trace has its own.
    public var packetsPerSecond: Double {
        switch self {
        case .voice: 50
        case .video: 180
        case .bulk: 1_000
        case .allocations: 1
        case .flood: 100
        case .idle, .trace: 0
        }
    }

    /// Whether payloads go through the relay.
    public var carriesData: Bool { self == .voice || self == .video || self == .bulk || self == .trace }
}
