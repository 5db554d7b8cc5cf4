internal import STUN

// CreatePermission [RFC 8656 10.2], and permissions in general [9].
extension Relay {
    mutating func createPermission(
        _ request: Request, _ datagram: RawSpan, _ now: Now, _ reply: inout MutableRawSpan
    ) throws(Refused) -> MessageVerdict {
        let slot = try allocation(of: request, now)
        // All or nothing: every peer is looked at before any permission changes.
        var peers = 0
        var newPermissions = 0
        var cursor = request.index.attributes
        while let range = cursor.next(.xorPeerAddress, in: datagram) {
            guard let peer = request.index.xorAddress(range, in: datagram).value else {
                throw .malformed("XOR-PEER-ADDRESS is malformed")
            }
            peers += 1
            guard peers <= Limits.peersPerRequest else { throw .malformed("too many XOR-PEER-ADDRESS attributes") }
            guard allocations[slot].relay(peer.family) != noSlot else {
                throw Refused(.peerAddressFamilyMismatch, .addressFamily(peer.family.rawValue))
            }
            _ = try admit(peer.ip)
            if !hasLivePermission(slot, peer.ip, now), !names(peer.ip, before: peers, request, datagram) {
                newPermissions += 1
            }
        }
        guard peers > 0 else { throw .malformed("XOR-PEER-ADDRESS is missing") }
        try reserveRoom(slot, newPermissions: newPermissions, now)

        cursor = request.index.attributes
        while let range = cursor.next(.xorPeerAddress, in: datagram) {
            guard let peer = request.index.xorAddress(range, in: datagram).value else { continue }
            installPermission(slot, peer.ip, try admit(peer.ip), now)
        }
        channelsChanged(slot)
        var writer = success(request, &reply)
        return succeed(request, &writer, &reply)
    }

    /// Asks the policy about a peer's address: 403, or what holds for its ports.
    func admit(_ ip: IPAddress) throws(Refused) -> PeerFlags {
        let verdict = settings.policy.verdict(ip)
        guard directory.isRelayAddress(ip) else {
            guard verdict.allowed else {
                throw Refused(.forbidden, .policy(TransportAddress(ip: ip, port: 0), verdict))
            }
            return []
        }
        // One of this relay's own addresses: what is live there can be reached, unless the operator says no.
        let relayed = settings.policy.verdict(ip, isLiveRelayedAddress: true)
        guard relayed.allowed || verdict.allowed else {
            throw Refused(.forbidden, .policy(TransportAddress(ip: ip, port: 0), relayed))
        }
        return verdict.allowed ? [.relayAddress, .otherPorts] : .relayAddress
    }

    /// Whether there is a permission that needs no new place: an expired one may be given back at any moment.
    func hasLivePermission(_ slot: UInt32, _ ip: IPAddress, _ now: Now) -> Bool {
        permissions.find(slot, ip).map { permissions[$0].expiry > now.monotonic } ?? false
    }

    /// Whether a request names `ip` before its `position`th XOR-PEER-ADDRESS: ports do not matter here, so one address
    /// with several ports is one permission.
    private func names(_ ip: IPAddress, before position: Int, _ request: Request, _ datagram: RawSpan) -> Bool {
        var cursor = request.index.attributes
        var seen = 1
        while seen < position, let range = cursor.next(.xorPeerAddress, in: datagram) {
            if request.index.xorAddress(range, in: datagram).value?.ip == ip { return true }
            seen += 1
        }
        return false
    }

    /// Makes sure that this many permissions can be added [RFC 8656 10.2: 508]. Expired ones make room.
    mutating func reserveRoom(_ slot: UInt32, newPermissions: Int, _ now: Now) throws(Refused) {
        let limit = settings.quotas.permissionsPerAllocation
        if Int(allocations[slot].permissionCount) + newPermissions > limit
            || permissions.freeCount < newPermissions
        {
            reclaim(slot, now)
        }
        guard Int(allocations[slot].permissionCount) + newPermissions <= limit else {
            throw Refused(.insufficientCapacity, .permissionQuota(limit))
        }
        guard permissions.freeCount >= newPermissions else { throw Refused(.insufficientCapacity, .tablesFull) }
    }

    /// Installs a permission or refreshes it, and keeps the peer's channels in step.
    mutating func installPermission(_ slot: UInt32, _ ip: IPAddress, _ flags: PeerFlags, _ now: Now) {
        let expiry = now.monotonic.advanced(bySeconds: Lifetimes.permissionSeconds)
        if let permission = permissions.find(slot, ip) {
            permissions[permission].expiry = expiry
            permissions[permission].flags = flags
        } else {
            let permission = Permission(
                ip: ip, flags: flags, allocation: slot, expiry: expiry, next: noSlot, previous: noSlot)
            guard permissions.insert(permission, first: &allocations[slot].firstPermission) != nil else { return }
            allocations[slot].permissionCount += 1
        }
        var channel = allocations[slot].firstChannel
        while channel != noSlot {
            if channels[channel].peer.ip == ip {
                channels[channel].usableUntil = min(channels[channel].expiry, expiry)
                channels[channel].flags = flags
            }
            channel = channels[channel].next
        }
        wake(slot, by: expiry)
    }

    mutating func removePermission(_ permission: UInt32, _ slot: UInt32) {
        permissions.remove(permission, first: &allocations[slot].firstPermission)
        allocations[slot].permissionCount -= 1
    }
}
