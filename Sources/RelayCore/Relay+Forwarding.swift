internal import BasicContainers
internal import STUN

// For somebody who forwards established channels himself: the relay says what may pass, and counts what did.
extension Relay {
    /// What bytes per second one allocation may relay; 0 means no limit.
    public var bytesPerSecondPerAllocation: UInt64 { allocationRate }

    /// What bytes per second the allocations of one user may relay together; 0 means no limit.
    public var bytesPerSecondPerUser: UInt64 { userRate }

    /// The channels of an allocation whose datagrams may pass now; none when it has ended or its client is not on UDP.
    public func forwardableChannels(of id: AllocationID, now: Now) -> [ForwardableChannel] {
        guard allocations.holds(id.index, generation: id.generation) else { return [] }
        let allocation = allocations[id.index]
        guard allocation.tuple.transport == .udp, allocation.expiry > now.monotonic else { return [] }
        var forwardable: [ForwardableChannel] = []
        var slot = allocation.firstChannel
        while slot != noSlot {
            let channel = channels[slot]
            if channel.usableUntil > now.monotonic, relays.isOpen(channel.relay) {
                forwardable.append(
                    ForwardableChannel(
                        slot: slot, number: channel.number, client: allocation.tuple, peer: channel.peer,
                        peerIsRelayed: channel.flags.contains(.relayAddress), bound: relays[channel.relay].bound,
                        external: relays[channel.relay].external, user: allocation.user,
                        until: min(channel.usableUntil, allocation.expiry)))
            }
            slot = channel.next
        }
        return forwardable
    }

    /// Every allocation there is.
    public func liveAllocations() -> [AllocationID] {
        var identifiers: [AllocationID] = []
        var slot: UInt32 = 0
        while slot < allocations.slotsUsed {
            if allocations.details[slot].state == .live { identifiers.append(identifier(slot)) }
            slot += 1
        }
        return identifiers
    }

    /// Every allocation that has channels.
    public func allocationsWithChannels() -> [AllocationID] {
        liveAllocations().filter { allocations[$0.index].channelCount > 0 }
    }

    /// Counts what was forwarded, as if it had come through here. An allocation that has ended meanwhile is counted in
    /// the totals alone. Whoever forwards takes it from the budgets himself: `sharedBudgets`.
    public mutating func countForwarded(_ forwarded: ForwardedTraffic, of id: AllocationID, channels: Int) {
        let udp = Int(ClientTransport.udp.rawValue)
        count.toPeers[udp] += forwarded.toPeers
        count.toClients[udp] += forwarded.toClient
        count.hairpinned += forwarded.hairpinned
        count.forwarded += forwarded.toPeers
        count.forwarded += forwarded.toClient
        count.count(.allocationRate, Int(truncatingIfNeeded: forwarded.droppedByAllocationRate))
        count.count(.userRate, Int(truncatingIfNeeded: forwarded.droppedByUserRate))
        guard allocations.holds(id.index, generation: id.generation) else { return }
        let slot = Int(id.index)
        allocations.hot.records[slot].toPeers += forwarded.toPeers
        allocations.hot.records[slot].toClient += forwarded.toClient
        allocations.hot.records[slot].dropped &+= forwarded.droppedByAllocationRate &+ forwarded.droppedByUserRate
        allocations.details[id.index].forwarded += forwarded.toPeers
        allocations.details[id.index].forwarded += forwarded.toClient
        allocations.details[id.index].forwardedChannels = UInt16(clamping: channels)
        allocations.details[id.index].forwardedShare.judge(
            all: allocations.hot.records[slot].toPeers.packets &+ allocations.hot.records[slot].toClient.packets,
            forwarded: allocations.details[id.index].forwarded.packets, channels: channels)
    }

    /// Whether an allocation is there, or its slot has been given up.
    public func holds(_ id: AllocationID) -> Bool { allocations.holds(id.index, generation: id.generation) }

    /// Tells that channels of an allocation have changed, when that is asked for.
    mutating func channelsChanged(_ slot: UInt32) {
        guard settings.tellsOfChannels, allocations[slot].tuple.transport == .udp,
            allocations[slot].firstChannel != noSlot || allocations.details[slot].forwardedChannels > 0
        else { return }
        effects.append(.channelsChanged(identifier(slot)))
    }

    private func identifier(_ slot: UInt32) -> AllocationID {
        AllocationID(loop: loop, index: slot, generation: allocations.details[slot].generation)
    }
}
