import RelayCore

/// The channels that somebody else forwards, and how far what he counted has been taken over.
struct ForwardedChannels {
    struct Record {
        let channel: ForwardableChannel
        let allocation: AllocationID
        var until: Instant
        var counted = ForwardedTraffic()
    }

    struct Allocation {
        var channels: Set<UInt32> = []
        var drops = ForwardedTraffic()
    }

    /// By the channel's slot.
    var records: [UInt32: Record] = [:]
    /// By the allocation.
    var allocations: [AllocationID: Allocation] = [:]
    /// What the last summaries of allocations that the core has ended have still to be told of; such a summary follows
    /// in the same turn.
    var ending: [AllocationID: ForwardedTraffic] = [:]
    /// Which part of the allocations is counted next: every housekeeping takes one, so that no turn is long.
    var nextPart: UInt32 = 0

    /// In how many parts they are counted: with ten housekeepings a second, each of them once a second.
    static let parts: UInt32 = 10
}
