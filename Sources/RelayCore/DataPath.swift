internal import BasicContainers
public import STUN

// What happens to every datagram: no allocation of memory, no reference counting, no closure that escapes.
extension Relay {
    /// ChannelData from a client [RFC 8656 12.6]: `datagrams` of one channel in a row, `payloadBytes` in all.
    public mutating func forward(
        channel number: UInt16, datagrams: Int, payloadBytes: Int, from client: FiveTuple, now: Now
    ) -> PeerVerdict {
        guard let slot = allocations.find(client), allocations[slot].expiry > now.monotonic else {
            count.count(.noAllocation, datagrams)
            return .drop(.noAllocation)
        }

        var channel = allocations[slot].recentChannel
        if channel == noSlot || channels[channel].number != number || channels[channel].allocation != slot {
            guard let found = channels.find(slot, number: number) else {
                return drop(.noChannel, datagrams, of: slot)
            }
            allocations.hot.records[Int(slot)].recentChannel = found
            channel = found
        }
        guard channels[channel].usableUntil > now.monotonic else {
            let isBound = channels[channel].expiry > now.monotonic
            return drop(isBound ? .noPermission : .noChannel, datagrams, of: slot)
        }

        return send(
            to: channels[channel].peer, channels[channel].flags, from: slot, over: channels[channel].relay,
            dontFragment: false, datagrams, payloadBytes, now)
    }

    /// Datagrams of one peer in a row, received on the socket of relay slot `relay` [RFC 8656 11.3, 12.7].
    public mutating func deliver(
        from peer: TransportAddress, on relay: UInt32, datagrams: Int, payloadBytes: Int, now: Now
    ) -> ClientVerdict {
        guard relays.isOpen(relay) else {
            count.count(.noRelay, datagrams)
            return .drop(.noRelay)
        }
        let slot = relays[relay].allocation
        guard allocations[slot].expiry > now.monotonic else {
            count.count(.noAllocation, datagrams)
            return .drop(.noAllocation)
        }
        guard peer.port != 0 else { return drop(.invalidSource, datagrams, to: slot) }

        var channel = allocations[slot].recentPeer
        if channel == noSlot || channels[channel].peer != peer || channels[channel].allocation != slot {
            channel = channels.find(slot, peer: peer) ?? noSlot
            if channel != noSlot { allocations.hot.records[Int(slot)].recentPeer = channel }
        }
        let flags: PeerFlags
        if channel != noSlot, channels[channel].usableUntil > now.monotonic {
            flags = channels[channel].flags
        } else {
            // No channel, or one that has ended before its peer's permission has.
            channel = noSlot
            guard let permission = permissions.find(slot, peer.ip), permissions[permission].expiry > now.monotonic
            else { return drop(.noPermission, datagrams, to: slot) }
            flags = permissions[permission].flags
        }
        if flags == .relayAddress, directory.lookup(peer) == nil {
            return drop(.peerDenied, datagrams, to: slot)
        }
        if let reason = overRate(slot, payloadBytes, now) { return drop(reason, datagrams, to: slot) }

        allocations.hot.records[Int(slot)].toClient.count(datagrams, payloadBytes)
        count.toClients[Int(allocations[slot].tuple.transport.rawValue)].count(datagrams, payloadBytes)
        return channel == noSlot
            ? .indication(allocations[slot].route) : .channel(channels[channel].number, allocations[slot].route)
    }

    /// What `forward` or a Send indication on any loop gave the verdict `hairpin` for: as if it had arrived from the
    /// wire, with the same checks. It ends at a client, so no packet can go round in circles.
    ///
    /// - Parameters:
    ///   - sender: the sender's relayed address.
    ///   - relay: the relay slot.
    ///   - generation: which socket of the slot is meant, as the verdict says: the slot may hold another one by now.
    public mutating func deliverHairpin(
        from sender: TransportAddress, on relay: UInt32, generation: UInt32, datagrams: Int, payloadBytes: Int,
        now: Now
    ) -> ClientVerdict {
        guard relays.isOpen(relay), relays[relay].generation == generation else {
            count.count(.noRelay, datagrams)
            return .drop(.noRelay)
        }
        return deliver(from: sender, on: relay, datagrams: datagrams, payloadBytes: payloadBytes, now: now)
    }

    /// Sends to a peer for which there is a permission.
    @inline(__always)
    mutating func send(
        to peer: TransportAddress, _ flags: PeerFlags, from slot: UInt32, over relay: UInt32, dontFragment: Bool,
        _ datagrams: Int, _ payloadBytes: Int, _ now: Now
    ) -> PeerVerdict {
        var owner: RelayOwner?
        if flags.contains(.relayAddress) {
            owner = directory.lookup(peer)
            if owner == nil, !flags.contains(.otherPorts) { return drop(.peerDenied, datagrams, of: slot) }
        }
        if let reason = overRate(slot, payloadBytes, now) { return drop(reason, datagrams, of: slot) }

        allocations.hot.records[Int(slot)].toPeers.count(datagrams, payloadBytes)
        count.toPeers[Int(allocations[slot].tuple.transport.rawValue)].count(datagrams, payloadBytes)
        guard let owner else { return .peer(relay: relay, peer, dontFragment: dontFragment) }
        count.hairpinned.count(datagrams, payloadBytes)
        return .hairpin(
            loop: owner.loop, relay: owner.relay, generation: owner.generation, from: relays[relay].external)
    }

    /// Takes `bytes` from what the allocation and its user may relay; the reason when they may not.
    @inline(__always)
    private mutating func overRate(_ slot: UInt32, _ bytes: Int, _ now: Now) -> DropReason? {
        if let sharedBudgets {
            return sharedBudgets.take(bytes, allocation: slot, user: allocations[slot].user, now: now.monotonic)
        }
        if !allocations.hot.records[Int(slot)].bucket.take(bytes, rate: allocationRate, now: now.monotonic) {
            return .allocationRate
        }
        let user = Int(allocations[slot].user)
        return users.pool.records[user].bucket.take(bytes, rate: userRate, now: now.monotonic) ? nil : .userRate
    }

    mutating func drop(_ reason: DropReason, _ datagrams: Int, of slot: UInt32) -> PeerVerdict {
        count.count(reason, datagrams)
        allocations.hot.records[Int(slot)].dropped &+= UInt64(truncatingIfNeeded: datagrams)
        return .drop(reason)
    }

    mutating func drop(_ reason: DropReason, _ datagrams: Int, to slot: UInt32) -> ClientVerdict {
        count.count(reason, datagrams)
        allocations.hot.records[Int(slot)].dropped &+= UInt64(truncatingIfNeeded: datagrams)
        return .drop(reason)
    }
}
