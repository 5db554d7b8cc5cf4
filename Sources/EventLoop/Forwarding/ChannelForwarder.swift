public import RelayCore
public import STUN

/// Somebody who forwards established channels without the loop's data path: the kernel. Called on the loop's thread,
/// when channels change and once a second; for a packet of the loop's own only to take it from the common budget.
public protocol ChannelForwarder: SharedBudgets {
    /// Forwards a channel from now on. False when there is no room; its datagrams then keep coming to the loop.
    func install(_ channel: ForwardableChannel, of allocation: AllocationID, at listener: TransportAddress) -> Bool
    /// Changes until when an installed channel may pass.
    func extend(_ channel: ForwardableChannel)
    /// Forwards an installed channel no longer, at once.
    func remove(_ channel: ForwardableChannel)
    /// What has passed through an installed channel; drops are told by `drops`.
    func traffic(of channel: ForwardableChannel) -> ForwardedTraffic
    /// Starts the budget of an allocation that has just been made.
    func open(_ allocation: AllocationID)
    /// What an allocation has lost to the limits on rates since `open`.
    func drops(of allocation: AllocationID) -> ForwardedTraffic
    /// Bytes per second of allocations and users, 0 for no limit; for what is installed and what will be.
    func limit(perAllocation: UInt64, perUser: UInt64)
}
