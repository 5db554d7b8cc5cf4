import EventLoop
import KernelPath
import RelayCore
import STUN

/// One loop's part of the kernel path: its channels, allocations and users have their own places in the maps.
final class KernelForwarder: ChannelForwarder, @unchecked Sendable {
    private let path: KernelPath
    private let firstChannel: Int
    private let channelsMax: Int
    private let firstAllocation: Int
    private let allocationsMax: Int
    // Used by the loop's thread alone.
    private var installed: [UInt32: KernelChannel] = [:]
    private var rates: (perAllocation: UInt64, perUser: UInt64)?

    /// The part of loop `loop` of `loops`.
    init(_ path: KernelPath, loop: Int, loops: Int) {
        self.path = path
        channelsMax = path.settings.channels / loops
        firstChannel = loop * channelsMax
        allocationsMax = path.settings.allocations / loops
        firstAllocation = loop * allocationsMax
    }

    func install(_ channel: ForwardableChannel, of allocation: AllocationID, at listener: TransportAddress) -> Bool {
        guard Int(channel.slot) < channelsMax, Int(allocation.index) < allocationsMax,
            Int(channel.user) < allocationsMax
        else { return false }
        let known = KernelChannel(
            client: channel.client.client, listener: listener, number: channel.number, peer: channel.peer,
            bound: channel.bound, external: channel.external, peerIsRelayed: channel.peerIsRelayed)
        let user = firstAllocation + Int(channel.user)
        guard
            path.install(
                known, slot: place(channel), allocation: place(allocation), user: user,
                until: Self.nanoseconds(channel.until))
        else { return false }
        installed[channel.slot] = known
        return true
    }

    func extend(_ channel: ForwardableChannel) {
        path.extend(slot: place(channel), until: Self.nanoseconds(channel.until))
    }

    func remove(_ channel: ForwardableChannel) {
        guard let known = installed.removeValue(forKey: channel.slot) else { return }
        path.remove(known, slot: place(channel))
    }

    func traffic(of channel: ForwardableChannel) -> ForwardedTraffic {
        let counted = path.traffic(slot: place(channel))
        var traffic = ForwardedTraffic()
        traffic.toPeers = Traffic(packets: counted.toPeerPackets, bytes: counted.toPeerBytes)
        traffic.toClient = Traffic(packets: counted.toClientPackets, bytes: counted.toClientBytes)
        traffic.hairpinned = Traffic(packets: counted.hairpinPackets, bytes: counted.hairpinBytes)
        return traffic
    }

    func open(_ allocation: AllocationID) {
        guard Int(allocation.index) < allocationsMax else { return }
        path.openBudget(allocation: place(allocation), bytesPerSecond: rates?.perAllocation ?? 0)
    }

    func drops(of allocation: AllocationID) -> ForwardedTraffic {
        var traffic = ForwardedTraffic()
        guard Int(allocation.index) < allocationsMax else { return traffic }
        let drops = path.drops(allocation: place(allocation))
        traffic.droppedByAllocationRate = drops.ownRate
        traffic.droppedByUserRate = drops.userRate
        return traffic
    }

    func take(_ bytes: Int, allocation: UInt32, user: UInt32, now: Instant) -> DropReason? {
        let (allocation, user) = (firstAllocation + Int(allocation), firstAllocation + Int(user))
        switch path.take(bytes, allocation: allocation, user: user, now: Self.nanoseconds(now)) {
        case nil: return nil
        case .ofAllocation: return .allocationRate
        case .ofUser: return .userRate
        }
    }

    func limit(perAllocation: UInt64, perUser: UInt64) {
        if let rates, rates == (perAllocation, perUser) { return }
        rates = (perAllocation, perUser)
        for place in firstAllocation..<firstAllocation + allocationsMax {
            path.setBudget(allocation: place, bytesPerSecond: perAllocation)
            path.setBudget(user: place, bytesPerSecond: perUser)
        }
    }

    private func place(_ channel: ForwardableChannel) -> Int { firstChannel + Int(channel.slot) }

    private func place(_ allocation: AllocationID) -> Int { firstAllocation + Int(allocation.index) }

    /// The clocks of loops and kernel are the same.
    private static func nanoseconds(_ instant: Instant) -> UInt64 {
        let (product, overflow) = instant.milliseconds.multipliedReportingOverflow(by: 1_000_000)
        return overflow ? .max : product
    }
}
