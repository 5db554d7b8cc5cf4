public import RelayCore

/// What a loop needs to know of the machine. The protocol's settings are the core's.
public struct LoopSettings: Sendable {
    /// Listeners of the relay, counted over all transports.
    public static let listenersMax = 1_024

    /// The number of this loop, from 0.
    public var index: UInt8
    /// The most relay sockets at once: two per allocation (IPv4 and IPv6).
    public var relaySlots: Int
    /// The relayed ports of every loop.
    public var directory: RelayDirectory
    /// The sockets of reserved ports, of every loop.
    public var reservedSockets = ReservedSockets()
    /// Bytes of a relay socket's receive queue.
    public var relayReceiveBufferBytes = 1 << 20
    /// Bytes of a relay socket's send queue.
    public var relaySendBufferBytes = 1 << 20
    /// Whether the six bits of DSCP are carried across; the two of ECN always are [RFC 8656 section 15].
    public var carriesDSCP = false
    /// The Unix socket of the companion, to which HTTP on TLS listeners is passed on; nil: such connections are closed.
    public var companionSocket: String?
    /// Limits on streams.
    public var streams = StreamLimits()

    /// Settings from the parts that have no default.
    public init(index: UInt8, relaySlots: Int, directory: RelayDirectory) {
        self.index = index
        self.relaySlots = relaySlots
        self.directory = directory
    }
}

/// What a loop tells of, off the packet path. Called on the loop's thread: hand the news on, do no work.
public protocol LoopObserver: AnyObject, Sendable {
    /// An allocation was opened.
    func opened(_ allocation: AllocationSummary)
    /// An allocation ended.
    func ended(_ allocation: AllocationSummary)
    /// Something went wrong in the machine that an operator should know of; said at most once per second and kind.
    func trouble(_ kind: LoopTrouble)
}

/// What can go wrong in the machine.
public enum LoopTrouble: Sendable, Hashable {
    /// No descriptor was left for a connection.
    case descriptorsExhausted
    /// The connection table is full.
    case connectionsExhausted
    /// A source has as many connections as one may have.
    case sourceExhausted
    /// A connection could not be passed on to the companion; the number is the system's.
    case companion(code: Int32)
    /// More comes in from clients than the loop can do.
    case overloaded
    /// A relay socket could not be opened; the number is the system's.
    case relaySocket(code: Int32)
}
