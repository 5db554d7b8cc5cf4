public import EventLoop
public import RelayCore
public import STUN

/// What operators can ask of a running relay, and tell it to do. The admin socket, the metrics listener and the
/// signals speak to the event loops through this and nothing else.
public protocol RelayControl: Sendable {
    /// The relay as a whole and each of its loops, now.
    func status() async -> RelayStatus
    /// Up to `limit` allocations, in no particular order.
    func sessions(limit: Int) async -> [SessionSnapshot]
    /// Up to `limit` recent refusals, newest first.
    func refusals(limit: Int) async -> [RefusalRecord]
    /// Up to `limit` events of allocations behind the one numbered `sequence`, oldest first.
    func usage(after sequence: Int, limit: Int) async -> UsagePage
    /// Ends one allocation. False: there is none of that name.
    func end(_ id: AllocationID) async -> Bool
    /// Refuses a username, or an id of time-limited credentials, from now on and ends its allocations; how many. It
    /// may be forgotten after `forgetAfterUnixSeconds`. Nil: there is no room for another name.
    func revoke(_ name: String, forgetAfterUnixSeconds: Int64) async -> Int?
    /// Refuses new allocations (true) or takes them again (false). Allocations that exist go on.
    func drain(_ on: Bool) async
    /// Reads the configuration again and applies it; what changed, a line each. Throws when it cannot be applied,
    /// and then nothing has changed.
    func reload() async throws -> [String]
    /// Whether a peer address may be relayed to, and which rule says so.
    func policy(_ address: TransportAddress) async -> (allowed: Bool, rule: String)
}

/// A relay at one moment.
public struct RelayStatus: Sendable {
    /// The program's version.
    public var version: String
    /// Seconds since the relay started.
    public var uptimeSeconds: Int
    /// Whether new allocations are refused because the relay is about to end.
    public var isDraining: Bool
    /// How much of its capacity is taken, 0 (idle) to 1 (full): the largest of the shares of busy time, of ports
    /// and of allocations.
    public var load: Double
    /// Relay ports that are free, over all relay addresses.
    public var portsFree: Int
    /// Relay ports that there are, over all relay addresses.
    public var portsTotal: Int
    /// Where clients connect, as URIs: `udp://192.0.2.1:3478`.
    public var listeners: [String]
    /// Bytes of memory that are resident.
    public var residentBytes: UInt64
    /// The event loops.
    public var loops: [LoopStatus]
    /// The log's own numbers.
    public var log: LogStatistics
    /// When the certificate in use expires, in seconds since 1970; nil without TLS.
    public var certificateExpiresUnixSeconds: Int64?
    /// Names revoked over the admin socket that are kept.
    public var revokedNames = 0
    /// Revocations that were refused for want of room.
    public var revocationsRefused: UInt64 = 0
    /// Forwarding in the kernel; nil when it is off.
    public var kernelPath: KernelPathStatus?

    /// A relay's state.
    public init(
        version: String, uptimeSeconds: Int, isDraining: Bool, load: Double, portsFree: Int, portsTotal: Int,
        listeners: [String] = [], residentBytes: UInt64 = 0, loops: [LoopStatus], log: LogStatistics = LogStatistics(),
        certificateExpiresUnixSeconds: Int64? = nil
    ) {
        self.version = version
        self.uptimeSeconds = uptimeSeconds
        self.isDraining = isDraining
        self.load = load
        self.portsFree = portsFree
        self.portsTotal = portsTotal
        self.listeners = listeners
        self.residentBytes = residentBytes
        self.loops = loops
        self.log = log
        self.certificateExpiresUnixSeconds = certificateExpiresUnixSeconds
    }

    /// Allocations of all loops.
    public var allocations: Int { loops.reduce(0) { $0 + $1.allocations } }
    /// Stream connections of all loops.
    public var connections: Int { loops.reduce(0) { $0 + $1.connections } }
}

/// One event loop at one moment.
public struct LoopStatus: Sendable {
    /// Its number, from 0.
    public var loop: Int
    /// Allocations that live on it.
    public var allocations: Int
    /// Stream connections that are open on it.
    public var connections: Int
    /// The share of the last seconds in which it did not wait, 0 to 100.
    public var busyPercent: Double
    /// What its core counted about the protocol.
    public var counters: Counters
    /// What it counted about the machine.
    public var loopCounters: LoopCounters

    /// A loop's state.
    public init(
        loop: Int, allocations: Int, connections: Int, busyPercent: Double, counters: Counters,
        loopCounters: LoopCounters
    ) {
        self.loop = loop
        self.allocations = allocations
        self.connections = connections
        self.busyPercent = busyPercent
        self.counters = counters
        self.loopCounters = loopCounters
    }
}
