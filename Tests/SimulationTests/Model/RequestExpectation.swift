import RelayCore
import STUN

/// What an authenticated request may be answered with, by the reference model: error codes, 0 for success.
extension ReferenceModel {
    /// The codes that are right for this request now. More than one where the RFC, or the timing of the core's
    /// housekeeping, leaves a choice.
    func allowedCodes(
        _ index: MessageIndex, _ datagram: RawSpan, user: String, _ tuple: FiveTuple, loop: Int, _ now: UInt64
    ) -> Set<UInt16> {
        if !index.unknownRequired.isEmpty { return [420] }
        switch index.type.method {
        case .allocate: return allocateCodes(index, datagram, user, tuple, now)
        case .refresh: return refreshCodes(index, datagram, user, tuple, now)
        case .createPermission: return permissionCodes(index, datagram, user, tuple, loop, now)
        default: return channelCodes(index, datagram, user, tuple, loop, now)
        }
    }

    // MARK: - Allocate [RFC 8656 7.2]

    private func allocateCodes(
        _ index: MessageIndex, _ datagram: RawSpan, _ user: String, _ tuple: FiveTuple, _ now: UInt64
    ) -> Set<UInt16> {
        if let live = live(tuple, now) {
            return live.transactionID == index.transactionID && live.user == user ? [0] : [437]
        }
        guard let code = malformedAllocate(index, datagram) else {
            return capacityCodes(index, datagram, user, tuple, now)
        }
        return [code]
    }

    private func malformedAllocate(_ index: MessageIndex, _ datagram: RawSpan) -> UInt16? {
        guard let transport = index.transportProtocol(in: datagram).value else { return 400 }
        if transport != 17 { return 442 }
        let hasFamily = index.requestedAddressFamily != nil
        let hasAdditional = index.additionalAddressFamily != nil
        if index.reservationToken != nil, index.evenPort != nil || hasFamily || hasAdditional { return 400 }
        if hasFamily, hasAdditional { return 400 }
        if hasAdditional {
            if index.additionalFamily(in: datagram).value != AddressFamily.ipv6.rawValue { return 400 }
            if index.reservesNextPort(in: datagram).value == true { return 400 }
        }
        if hasFamily {
            guard let number = index.requestedFamily(in: datagram).value else { return 400 }
            guard let family = AddressFamily(rawValue: number), serves(family) else { return 440 }
        }
        return nil
    }

    private func capacityCodes(
        _ index: MessageIndex, _ datagram: RawSpan, _ user: String, _ tuple: FiveTuple, _ now: UInt64
    ) -> Set<UInt16> {
        if isDraining { return [508] }
        // What has ended counts until the core has noticed, at most until its next tick.
        func counts(_ belongs: (Allocation) -> Bool) -> (live: Int, held: Int) {
            let mine = allocations.values.filter { $0.tuple != tuple && belongs($0) }
            return (mine.count { $0.end > now }, mine.count)
        }
        var codes: Set<UInt16> = []
        func limit(_ count: (live: Int, held: Int), _ limit: Int, _ code: UInt16) -> Bool {
            if count.held >= limit { codes.insert(code) }
            return count.live >= limit
        }
        if limit(counts { _ in true }, scenario.quotas.allocations, 508) { return codes }
        if limit(counts { $0.user == user }, scenario.quotas.allocationsPerUser, 486) { return codes }
        if limit(counts { $0.tuple.client.ip == tuple.client.ip }, scenario.quotas.allocationsPerSource, 486) {
            return codes
        }
        if let token = index.reservationTokenValue(in: datagram).value {
            guard let reserved = reservations[token], reserved.user == user, reserved.end > now else {
                return codes.union([508])
            }
        }
        return codes.union([0])
    }

    // MARK: - Refresh [RFC 8656 8.2]

    private func refreshCodes(
        _ index: MessageIndex, _ datagram: RawSpan, _ user: String, _ tuple: FiveTuple, _ now: UInt64
    ) -> Set<UInt16> {
        guard let allocation = live(tuple, now) else { return [437] }
        guard allocation.user == user else { return [441] }
        if index.requestedAddressFamily != nil {
            guard let number = index.requestedFamily(in: datagram).value else { return [400] }
            guard let family = AddressFamily(rawValue: number), allocation.relayed(family) != nil else { return [443] }
        }
        return [0]
    }

    // MARK: - CreatePermission [RFC 8656 10.2]

    /// The peers that a request names; nil when one is malformed.
    func peers(_ index: MessageIndex, _ datagram: RawSpan) -> [TransportAddress]? {
        var found: [TransportAddress] = []
        var cursor = index.attributes
        while let range = cursor.next(.xorPeerAddress, in: datagram) {
            guard let peer = index.xorAddress(range, in: datagram).value else { return nil }
            found.append(peer)
        }
        return found
    }

    private func permissionCodes(
        _ index: MessageIndex, _ datagram: RawSpan, _ user: String, _ tuple: FiveTuple, _ loop: Int, _ now: UInt64
    ) -> Set<UInt16> {
        guard let allocation = live(tuple, now) else { return [437] }
        guard allocation.user == user else { return [441] }
        guard let peers = peers(index, datagram), !peers.isEmpty else { return [400] }
        for peer in peers {
            if allocation.relayed(peer.family) == nil { return [443] }
            if Scenario.denies(peer.ip) { return [403] }
        }
        return roomCodes(for: Set(peers.map(\.ip)), allocation, loop, now)
    }

    private func roomCodes(
        for ips: Set<IPAddress>, _ allocation: Allocation, _ loop: Int, _ now: UInt64
    ) -> Set<UInt16> {
        let liveOnes = allocation.permissions.filter { $0.value > now }
        let new = ips.count { liveOnes[$0] == nil }
        if liveOnes.count + new > scenario.quotas.permissionsPerAllocation, new > 0 { return [508] }
        let capacity = scenario.quotas.permissionsPerLoop ?? scenario.quotas.allocations * 4
        // The table is shared: what others hold, ended or not, can be in the way.
        return permissionsHeld(loop: loop) + new > capacity && new > 0 ? [0, 508] : [0]
    }

    // MARK: - ChannelBind [RFC 8656 12.2]

    private func channelCodes(
        _ index: MessageIndex, _ datagram: RawSpan, _ user: String, _ tuple: FiveTuple, _ loop: Int, _ now: UInt64
    ) -> Set<UInt16> {
        guard let allocation = live(tuple, now) else { return [437] }
        guard allocation.user == user else { return [441] }
        guard let number = index.channel(in: datagram).value, (0x4000...0x4FFF).contains(number),
            let peer = index.peerAddress(in: datagram).value
        else { return [400] }
        if allocation.relayed(peer.family) == nil { return [443] }
        let bound = allocation.channels.filter { $0.end > now }
        if bound.contains(where: { ($0.number == number) != ($0.peer == peer) }) { return [400] }
        if Scenario.denies(peer.ip) || peer.port == 0 { return [403] }
        if isRelayAddress(peer.ip), owner(of: peer) == nil { return [403] }
        let isNew = !bound.contains { $0.number == number }
        var codes = roomCodes(for: [peer.ip], allocation, loop, now)
        if isNew, bound.count >= scenario.quotas.channelsPerAllocation { return codes.subtracting([0]).union([508]) }
        let capacity = scenario.quotas.channelsPerLoop ?? scenario.quotas.allocations * 4
        if isNew, channelsHeld(loop: loop) >= capacity { codes.insert(508) }
        return codes
    }
}
