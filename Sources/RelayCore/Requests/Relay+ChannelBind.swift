internal import STUN

// ChannelBind [RFC 8656 12.2].
extension Relay {
    mutating func channelBind(
        _ request: Request, _ datagram: RawSpan, _ now: Now, _ reply: inout MutableRawSpan
    ) throws(Refused) -> MessageVerdict {
        let slot = try allocation(of: request, now)
        guard let number = request.index.channel(in: datagram).value else {
            throw .malformed("CHANNEL-NUMBER is missing or malformed")
        }
        guard let peer = request.index.peerAddress(in: datagram).value else {
            throw .malformed("XOR-PEER-ADDRESS is missing or malformed")
        }
        guard number >= 0x4000, number <= min(settings.highestChannelNumber, 0x7FFE) else {
            throw Refused(.badRequest, .channelNumber(number))
        }
        guard allocations[slot].relay(peer.family) != noSlot else {
            throw Refused(.peerAddressFamilyMismatch, .addressFamily(peer.family.rawValue))
        }

        // One number, one peer, in both directions. What has expired is unbound.
        let byNumber = boundChannel(channels.find(slot, number: number), slot, now)
        if let byNumber, channels[byNumber].peer != peer {
            throw Refused(.badRequest, .channelTaken(number, by: channels[byNumber].peer))
        }
        let byPeer = boundChannel(channels.find(slot, peer: peer), slot, now)
        if let byPeer, channels[byPeer].number != number {
            throw Refused(.badRequest, .peerTaken(peer, by: channels[byPeer].number))
        }

        let flags = try admit(peer)
        try reserveRoom(slot, newPermissions: hasLivePermission(slot, peer.ip, now) ? 0 : 1, now)
        let expiry = now.monotonic.advanced(bySeconds: Lifetimes.channelSeconds)
        if let byNumber {
            channels[byNumber].expiry = expiry
        } else {
            try addChannel(number, peer, flags, slot, expiry, now)
        }
        installPermission(slot, peer.ip, flags, now)
        channelsChanged(slot)
        var writer = success(request, &reply)
        return succeed(request, &writer, &reply)
    }

    /// Asks the policy about a peer's address and port.
    private func admit(_ peer: TransportAddress) throws(Refused) -> PeerFlags {
        let flags = try admit(peer.ip)
        if flags == .relayAddress, directory.lookup(peer) == nil {
            throw Refused(.forbidden, .policy(peer, settings.policy.verdict(peer)))
        }
        if peer.port == 0 { throw Refused(.forbidden, .policy(peer, settings.policy.verdict(peer))) }
        return flags
    }

    /// The channel if its binding has not expired; if it has, it is removed.
    private mutating func boundChannel(_ channel: UInt32?, _ slot: UInt32, _ now: Now) -> UInt32? {
        guard let channel else { return nil }
        if channels[channel].expiry > now.monotonic { return channel }
        removeChannel(channel, slot)
        return nil
    }

    private mutating func addChannel(
        _ number: UInt16, _ peer: TransportAddress, _ flags: PeerFlags, _ slot: UInt32, _ expiry: Instant, _ now: Now
    ) throws(Refused) {
        let limit = settings.quotas.channelsPerAllocation
        if Int(allocations[slot].channelCount) >= limit || channels.isFull { reclaim(slot, now) }
        guard allocations[slot].channelCount < limit else {
            throw Refused(.insufficientCapacity, .channelQuota(limit))
        }
        let channel = Channel(
            peer: peer, number: number, flags: flags, allocation: slot, relay: allocations[slot].relay(peer.family),
            usableUntil: .zero, expiry: expiry, next: noSlot, previous: noSlot)
        guard channels.insert(channel, first: &allocations[slot].firstChannel) != nil else {
            throw Refused(.insufficientCapacity, .tablesFull)
        }
        allocations[slot].channelCount += 1
        wake(slot, by: expiry)
    }

    mutating func removeChannel(_ channel: UInt32, _ slot: UInt32) {
        channels.remove(channel, first: &allocations[slot].firstChannel)
        allocations[slot].channelCount -= 1
    }
}
