/// Limits on rates, on by default; 0 bytes per second means no limit.
public struct Budgets: Sendable, Hashable {
    /// Bytes of payload per second that one allocation relays, both directions together. Default 12,500,000
    /// (100 Mbit/s). One second's worth may pass at once.
    public var bytesPerSecondPerAllocation: UInt64 = 12_500_000
    /// Bytes of payload per second that the allocations of one user relay together, per loop. Default 50,000,000.
    public var bytesPerSecondPerUser: UInt64 = 50_000_000
    /// Bytes per second of answers over UDP to one prefix (/24 of IPv4, /56 of IPv6) whose sources have not proved
    /// their return path, beyond half of what they asked. Default 4096.
    public var unverifiedBytesPerSecond: UInt64 = 4096
    /// Bytes of answers that such a prefix may take at once. Default 131,072: a thousand clients that start together.
    public var unverifiedBurstBytes: UInt64 = 131_072
    /// The same rate for a prefix from which a client has authenticated within `verifiedSeconds`. Default 1 MiB/s.
    public var verifiedBytesPerSecond: UInt64 = 1_048_576
    /// The same burst for such a prefix. Default 4 MiB.
    public var verifiedBurstBytes: UInt64 = 4_194_304
    /// Seconds for which a successful authentication vouches for its prefix. Default 3600.
    public var verifiedSeconds: UInt64 = 3600

    /// The default limits.
    public init() {}
}
