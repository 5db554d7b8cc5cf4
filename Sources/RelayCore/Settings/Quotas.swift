/// Limits on numbers of things, on by default. 486 or 508 answers what would exceed them [RFC 8656 7.2, 10.2, 12.2].
public struct Quotas: Sendable, Hashable {
    /// Allocations of one user at a time, over all loops. Default 32.
    public var allocationsPerUser = 32
    /// Allocations from one source at a time, over all loops: an IPv4 address or an IPv6 /64. A site behind one NAT
    /// address shares it. Default 4096.
    public var allocationsPerSource = 4096
    /// Allocations in total, over all loops. Default 65536. Fixed at the start: the size of the tables.
    public var allocations = 65536
    /// Permissions of one allocation at a time. Default 64.
    public var permissionsPerAllocation = 64
    /// Channels of one allocation at a time. Default 64.
    public var channelsPerAllocation = 64
    /// Permissions of one loop at a time; nil stands for four per allocation. Fixed at the start.
    public var permissionsPerLoop: Int?
    /// Channels of one loop at a time; nil stands for four per allocation. Fixed at the start.
    public var channelsPerLoop: Int?

    /// The default limits.
    public init() {}

    var permissionCapacity: Int { max(permissionsPerLoop ?? allocations * 4, 1) }
    var channelCapacity: Int { max(channelsPerLoop ?? allocations * 4, 1) }
}
