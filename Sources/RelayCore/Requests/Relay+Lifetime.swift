internal import Credentials
internal import STUN

extension Relay {
    /// The allocation on a five-tuple, if there is one: what has expired is ended here and now.
    mutating func liveAllocation(on tuple: FiveTuple, _ now: Now) -> UInt32? {
        guard let slot = allocations.find(tuple) else { return nil }
        guard allocations[slot].expiry <= now.monotonic else { return slot }
        end(slot, reason(slot, now), now)
        return nil
    }

    /// The allocation that a request other than Allocate is about [RFC 8656 5]: 437 without one, 441 for another
    /// user's.
    mutating func allocation(of request: Request, _ now: Now) throws(Refused) -> UInt32 {
        guard let slot = liveAllocation(on: request.route.tuple, now) else {
            throw Refused(.allocationMismatch, .noAllocation)
        }
        guard users[allocations[slot].user].id == request.identity.userID else {
            throw Refused(.wrongCredentials, .otherUser)
        }
        return slot
    }

    /// What a client gets that asks for this many seconds [RFC 8656 7.2]: never less than the default.
    func lifetime(requested: UInt32?) -> UInt32 {
        let lifetimes = settings.lifetimes
        guard let requested else { return lifetimes.allocationDefaultSeconds }
        return max(min(requested, lifetimes.allocationMaximumSeconds), lifetimes.allocationDefaultSeconds)
    }

    /// Lets an allocation live for `seconds` from now, or until its credential ends it.
    mutating func setLifetime(_ slot: UInt32, _ seconds: UInt32, _ identity: Identity, _ now: Now) {
        let end = now.monotonic.advanced(bySeconds: UInt64(seconds))
        let credentialEnd = credentialEnd(identity, now)
        allocations.details[slot].lifetimeEnd = end
        allocations.details[slot].credentialEnd = credentialEnd
        allocations[slot].expiry = min(end, credentialEnd)
    }

    /// When the credential ends the allocation, by the policy of its class.
    private func credentialEnd(_ identity: Identity, _ now: Now) -> Instant {
        guard let expiry = identity.expiresAtUnixSeconds else { return .never }
        let grace = settings.expiry.expiry(of: identity.secretLabel).graceSeconds
        let (end, overflow) = expiry.addingReportingOverflow(grace)
        guard !overflow else { return .never }
        let (seconds, tooLong) = end.subtractingReportingOverflow(now.unixSeconds)
        guard !tooLong else { return .never }
        // A credential that is good to second N is good through it.
        return now.monotonic.advanced(bySeconds: UInt64(max(seconds, 0)))
    }

    /// Whole seconds until the allocation ends, rounded down: a client never believes it has more than it has.
    func remainingSeconds(_ slot: UInt32, _ now: Now) -> UInt32 {
        UInt32(clamping: allocations[slot].expiry.milliseconds(since: now.monotonic) / 1000)
    }

    /// Why an allocation that is over is over.
    func reason(_ slot: UInt32, _ now: Now) -> EndReason {
        let details = allocations.details[slot]
        if let condemned = details.condemned { return condemned }
        return details.credentialEnd < details.lifetimeEnd ? .credentialExpired : .expired
    }

    // MARK: Ends

    /// Ends an allocation at once, whatever room the effects have: for all that is visible to clients and peers it is
    /// over now; its sockets are closed now or in the next turn.
    mutating func condemn(_ slot: UInt32, _ reason: EndReason, _ now: Now) {
        if effects.room >= Limits.effectsPerEnd { return end(slot, reason, now) }
        allocations.details[slot].condemned = reason
        allocations[slot].expiry = min(allocations[slot].expiry, now.monotonic)
        wheel.schedule(slot, at: now.monotonic, in: &allocations.details)
    }

    /// Ends an allocation and all that belongs to it.
    mutating func end(_ slot: UInt32, _ reason: EndReason, _ now: Now) {
        count.allocationsEnded[Int(reason.rawValue)] &+= 1
        // Before the summary, so that whoever forwards on his own adds what he has counted to it.
        channelsChanged(slot)
        effects.append(.allocationEnded(summary(slot, reason, now)))
        closeRelays(slot)
        let tuple = allocations[slot].tuple
        if tuple.transport != .udp, reason.closesConnection {
            effects.append(.closeConnection(allocations[slot].connection))
        }
        while allocations[slot].firstChannel != noSlot { removeChannel(allocations[slot].firstChannel, slot) }
        while allocations[slot].firstPermission != noSlot {
            removePermission(allocations[slot].firstPermission, slot)
        }
        discard(slot)
    }

    /// Closes the sockets of an allocation.
    mutating func closeRelays(_ slot: UInt32) {
        closeRelay(allocations[slot].relayIPv4)
        closeRelay(allocations[slot].relayIPv6)
        allocations[slot].relayIPv4 = noSlot
        allocations[slot].relayIPv6 = noSlot
    }

    /// Closes one socket.
    mutating func closeRelay(_ relay: UInt32) {
        guard relay != noSlot else { return }
        if relays.isOpen(relay) { effects.append(.closeRelay(relay: relay, bound: relays[relay].bound)) }
        relays.remove(relay)
    }

    /// Frees the slot of an allocation that has no sockets, channels or permissions left, and what was counted for it.
    mutating func discard(_ slot: UInt32) {
        wheel.cancel(slot, in: &allocations.details)
        let user = allocations[slot].user
        directory.users.subtract(users[user].id)
        directory.sources.subtract(allocations.details[slot].source)
        directory.removeAllocation()
        users.release(user)
        allocations.remove(slot)
    }
}

extension EndReason {
    /// Whether the client's connection goes with the allocation.
    fileprivate var closesConnection: Bool {
        switch self {
        case .ended, .revoked, .credentialExpired, .shutdown: true
        case .expired, .deleted, .connectionClosed: false
        }
    }
}
