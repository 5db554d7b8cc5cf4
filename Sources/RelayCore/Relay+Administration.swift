internal import Credentials
internal import STUN

// What the operator and the loop ask for.
extension Relay {
    /// Replaces the settings and keeps the allocations.
    ///
    /// Peers that the new policy denies lose their permissions, and users that are revoked their allocations, at once.
    /// New quotas count for what is asked for from now on, as far as the tables' fixed size allows; new lifetimes and
    /// expiry policies from the next Refresh on.
    public mutating func update(settings: RelaySettings, now: Now) {
        self.settings = settings
        allocationRate = settings.budgets.bytesPerSecondPerAllocation
        userRate = settings.budgets.bytesPerSecondPerUser
        longestGraceSeconds = settings.expiry.longestGraceSeconds
        authenticator.nonces.lifetimeSeconds = settings.nonceLifetimeSeconds
        var slot: UInt32 = 0
        while slot < allocations.slotsUsed {
            if allocations.details[slot].state == .live {
                let name = users.name(allocations[slot].user)
                if settings.credentials.revocations.contains(username: name.username, id: name.id) {
                    condemn(slot, .revoked, now)
                } else {
                    askPolicyAgain(slot)
                }
            }
            slot += 1
        }
    }

    /// Ends all allocations of a user, or of everybody with this id in a time-limited username, and takes no more
    /// from them; how many there were. After `forgetAfterUnixSeconds`, when their credentials have ended anyway, the
    /// name can be forgotten.
    public mutating func revoke(_ name: String, forgetAfterUnixSeconds: Int64 = .max, now: Now) -> Int {
        settings.credentials.revocations.makeRoom(unixSeconds: now.unixSeconds)
        settings.credentials.revocations.revoke(name, forgetAfterUnixSeconds: forgetAfterUnixSeconds)
        return condemnAll(.revoked, now) { $0.username == name || $0.id == name }
    }

    /// Ends one allocation; false when there is none of this identifier.
    public mutating func end(allocation id: AllocationID, now: Now) -> Bool {
        guard id.loop == loop, allocations.holds(id.index, generation: id.generation) else { return false }
        condemn(id.index, .ended, now)
        return true
    }

    /// Ends every allocation. Effects are to be drained and `tick` called until `allocationCount` is 0.
    public mutating func shutdown(now: Now) {
        isDraining = true
        _ = condemnAll(.shutdown, now) { _ in true }
    }

    /// The client's connection is closed: its allocation goes with it [RFC 8656 3.1].
    public mutating func connectionClosed(_ client: FiveTuple, now: Now) {
        if let slot = pending?.allocation, allocations[slot].tuple == client { abandonPending(now) }
        guard let slot = allocations.find(client) else { return }
        condemn(slot, .connectionClosed, now)
    }

    /// Live allocations, `limit` at most.
    public func sessions(limit: Int, now: Now) -> [SessionSnapshot] {
        var sessions: [SessionSnapshot] = []
        var slot: UInt32 = 0
        while slot < allocations.slotsUsed, sessions.count < limit {
            if allocations.details[slot].state == .live, allocations[slot].expiry > now.monotonic {
                sessions.append(snapshot(slot, now))
            }
            slot += 1
        }
        return sessions
    }

    // MARK: Steps

    private mutating func condemnAll(_ reason: EndReason, _ now: Now, where matches: (UserName) -> Bool) -> Int {
        var ended = 0
        var slot: UInt32 = 0
        while slot < allocations.slotsUsed {
            if allocations.details[slot].state == .live, allocations[slot].expiry > now.monotonic,
                matches(users.name(allocations[slot].user))
            {
                condemn(slot, reason, now)
                ended += 1
            }
            slot += 1
        }
        return ended
    }

    /// Takes away permissions for peers that the policy denies by now.
    private mutating func askPolicyAgain(_ slot: UInt32) {
        var permission = allocations[slot].firstPermission
        while permission != noSlot {
            let next = permissions[permission].next
            let ip = permissions[permission].ip
            let flags = try? admit(ip)
            if let flags { permissions[permission].flags = flags } else { removePermission(permission, slot) }
            var channel = allocations[slot].firstChannel
            while channel != noSlot {
                if channels[channel].peer.ip == ip {
                    channels[channel].flags = flags ?? []
                    if flags == nil { channels[channel].usableUntil = .zero }
                }
                channel = channels[channel].next
            }
            permission = next
        }
    }

    func summary(_ slot: UInt32, _ reason: EndReason?, _ now: Now) -> AllocationSummary {
        AllocationSummary(session: snapshot(slot, now), endReason: reason)
    }

    private func snapshot(_ slot: UInt32, _ now: Now) -> SessionSnapshot {
        let details = allocations.details[slot]
        var relayed: [TransportAddress] = []
        for relay in [allocations[slot].relayIPv4, allocations[slot].relayIPv6] where relay != noSlot {
            relayed.append(relays[relay].external)
        }
        let name = users.name(allocations[slot].user)
        return SessionSnapshot(
            id: AllocationID(loop: loop, index: slot, generation: details.generation),
            username: LogText.escape(name.username), credentialID: name.id ?? "",
            client: allocations[slot].tuple.client, transport: allocations[slot].tuple.transport, relayed: relayed,
            permissions: Int(allocations[slot].permissionCount), channels: Int(allocations[slot].channelCount),
            ageMilliseconds: UInt64(now.monotonic.milliseconds(since: details.created)),
            remainingSeconds: Int(remainingSeconds(slot, now)), toPeers: allocations[slot].toPeers,
            toClient: allocations[slot].toClient, dropped: allocations[slot].dropped,
            forwardedChannels: Int(details.forwardedChannels), forwarded: details.forwarded,
            forwardedShare: details.forwardedShare.share)
    }
}
