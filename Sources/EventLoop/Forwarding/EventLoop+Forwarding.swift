import RelayCore
import STUN

/// Channels that somebody else forwards: kept in step with the core, which stays the authority.
extension EventLoop {
    /// Hands established channels to `forwarder` from now on, or with nil takes them all back: their datagrams come to
    /// this loop again, whose sockets have been open all the time.
    public mutating func replace(forwarder new: (any ChannelForwarder)?) {
        for id in Array(forwarded.allocations.keys) { stopForwarding(id) }
        forwarder = new
        core.sharedBudgets = new
        if let new {
            new.limit(perAllocation: core.bytesPerSecondPerAllocation, perUser: core.bytesPerSecondPerUser)
            for id in core.liveAllocations() { new.open(id) }
        }
        forwardAllChannels()
    }

    /// Brings everything that is forwarded in step with the core, after orders that concern many allocations at once.
    public mutating func forwardAllChannels() {
        guard let forwarder else { return }
        forwarder.limit(perAllocation: core.bytesPerSecondPerAllocation, perUser: core.bytesPerSecondPerUser)
        for id in Set(core.allocationsWithChannels()).union(forwarded.allocations.keys) { forwardChannels(of: id) }
    }

    /// Revokes in the core, and forwards nothing any more of what it ends, also when that takes it several turns.
    public mutating func revoke(_ name: String, forgetAfterUnixSeconds: Int64) -> Int {
        let ended = core.revoke(name, forgetAfterUnixSeconds: forgetAfterUnixSeconds, now: now)
        if ended > 0 { forwardAllChannels() }
        return ended
    }

    /// Takes over what has been counted up to now, so that sessions and counters tell all of it.
    public mutating func countForwarded() {
        for id in Array(forwarded.allocations.keys) { countForwarded(of: id) }
    }

    /// Takes over what has been counted in a tenth of the allocations.
    mutating func countForwardedPart() {
        let part = forwarded.nextPart
        forwarded.nextPart = (part + 1) % ForwardedChannels.parts
        let due = forwarded.allocations.keys.filter { $0.index % ForwardedChannels.parts == part }
        for id in due { countForwarded(of: id) }
    }

    /// Brings one allocation in step: installs, extends and removes.
    mutating func forwardChannels(of id: AllocationID) {
        guard let forwarder else { return }
        let wanted = core.forwardableChannels(of: id, now: now)
        for slot in Array(forwarded.allocations[id]?.channels ?? []) {
            guard let record = forwarded.records[slot] else { continue }
            if !wanted.contains(where: { $0.leads(likewise: record.channel) }) { stopForwarding(slot) }
        }
        for channel in wanted {
            if let record = forwarded.records[channel.slot], record.allocation == id {
                guard record.until != channel.until else { continue }
                forwarder.extend(channel)
                forwarded.records[channel.slot]?.until = channel.until
            } else {
                // The slot may have had another allocation's channel, whose end is told later in this turn.
                stopForwarding(channel.slot)
                startForwarding(channel, of: id, forwarder)
            }
        }
        countForwarded(of: id)
        if forwarded.allocations[id]?.channels.isEmpty == true { forwarded.allocations[id] = nil }
    }

    /// Adds to an allocation's last summary what was forwarded since it was last counted.
    mutating func completed(_ summary: AllocationSummary) -> AllocationSummary {
        guard let left = forwarded.ending.removeValue(forKey: summary.session.id) else { return summary }
        var summary = summary
        summary.session.toPeers += left.toPeers
        summary.session.toClient += left.toClient
        summary.session.dropped &+= left.droppedByAllocationRate &+ left.droppedByUserRate
        return summary
    }

    private mutating func startForwarding(
        _ channel: ForwardableChannel, of id: AllocationID, _ forwarder: any ChannelForwarder
    ) {
        guard let listener = listeners.first(where: { $0.index == channel.client.listener })?.address else { return }
        if forwarded.allocations[id] == nil {
            forwarded.allocations[id] = ForwardedChannels.Allocation(drops: forwarder.drops(of: id))
        }
        guard forwarder.install(channel, of: id, at: listener) else {
            counters.forwardingRefused &+= 1
            return
        }
        forwarded.allocations[id]?.channels.insert(channel.slot)
        forwarded.records[channel.slot] = ForwardedChannels.Record(
            channel: channel, allocation: id, until: channel.until)
        counters.channelsForwarded &+= 1
    }

    private mutating func stopForwarding(_ id: AllocationID) {
        for slot in Array(forwarded.allocations[id]?.channels ?? []) { stopForwarding(slot) }
        countForwarded(of: id)
        forwarded.allocations[id] = nil
    }

    /// Removes a channel, then takes over what was counted last.
    private mutating func stopForwarding(_ slot: UInt32) {
        guard let forwarder, let record = forwarded.records[slot] else { return }
        forwarder.remove(record.channel)
        let left = forwarder.traffic(of: record.channel) - record.counted
        forwarded.records[slot] = nil
        forwarded.allocations[record.allocation]?.channels.remove(slot)
        takeOver(left, of: record.allocation)
    }

    private mutating func countForwarded(of id: AllocationID) {
        guard let forwarder, let allocation = forwarded.allocations[id] else { return }
        var added = ForwardedTraffic()
        for slot in allocation.channels {
            guard let record = forwarded.records[slot] else { continue }
            let traffic = forwarder.traffic(of: record.channel)
            guard traffic != record.counted else { continue }
            added += traffic - record.counted
            forwarded.records[slot]?.counted = traffic
        }
        let drops = forwarder.drops(of: id)
        if drops != allocation.drops {
            added += drops - allocation.drops
            forwarded.allocations[id]?.drops = drops
        }
        takeOver(added, of: id)
    }

    private mutating func takeOver(_ traffic: ForwardedTraffic, of id: AllocationID) {
        core.countForwarded(traffic, of: id, channels: forwarded.allocations[id]?.channels.count ?? 0)
        if !core.holds(id) { forwarded.ending[id, default: ForwardedTraffic()] += traffic }
    }
}
