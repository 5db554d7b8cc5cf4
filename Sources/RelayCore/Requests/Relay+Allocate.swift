internal import Credentials
public import STUN

// Allocate [RFC 8656 7.2].
extension Relay {
    mutating func allocate(
        _ request: Request, _ datagram: RawSpan, _ now: Now, _ reply: inout MutableRawSpan
    ) throws(Refused) -> MessageVerdict {
        // 2. One five-tuple, one allocation. The same request once more gets the same answer.
        if let slot = liveAllocation(on: request.route.tuple, now) {
            let isRetransmission =
                allocations.details[slot].transactionID == request.index.transactionID
                && users[allocations[slot].user].id == request.identity.userID
            guard isRetransmission else { throw Refused(.allocationMismatch, .allocationExists) }
            return answerAllocate(slot, request, &reply)
        }

        let plan = try AllocatePlan(request.index, datagram) { directory.serves($0) }
        if isDraining {
            let hasAlternative = alternateServer(for: request.route.tuple.client.family) != nil
            throw Refused(hasAlternative ? .tryAlternate : .insufficientCapacity, .draining)
        }
        let slot = try makeAllocation(request, plan, now)

        var unanswered = 0
        var reserved: TransportAddress?
        if let token = plan.token {
            guard let bound = directory.redeem(token: token, user: request.identity.userID, now: now.monotonic) else {
                discard(slot)
                throw Refused(.insufficientCapacity, .reservationToken)
            }
            reserved = bound
            unanswered += openRelay(slot, bound.family, plan, reserved: bound)
        } else {
            for family in plan.wantsBoth ? [AddressFamily.ipv4, .ipv6] : [plan.family] {
                if directory.serves(family) {
                    unanswered += openRelay(slot, family, plan, reserved: nil)
                } else {
                    fail(slot, family, .addressFamilyNotSupported)
                }
            }
        }
        guard unanswered > 0 else {
            discard(slot)
            throw Refused(.insufficientCapacity, .tablesFull)
        }
        pending = PendingAllocate(
            request: request, allocation: slot, reservesNext: plan.reservesNext, reserved: reserved,
            unanswered: unanswered, failure: nil)
        return .openRelays
    }

    /// The socket of relay slot `relay` is open, on this local address.
    public mutating func relayOpened(_ relay: UInt32, bound: TransportAddress) {
        guard let waiting = pending, relays.isUsed(relay), relays[relay].allocation == waiting.allocation,
            !relays.isOpen(relay)
        else { return }
        relays[relay].bound = bound
        relays[relay].external = directory.external(of: bound)
        relays[relay].isOpen = true
        pending?.unanswered -= 1
    }

    /// No socket could be opened for relay slot `relay`.
    public mutating func relayFailed(_ relay: UInt32, _ failure: RelayFailure) {
        guard let waiting = pending, relays.isUsed(relay), relays[relay].allocation == waiting.allocation,
            !relays.isOpen(relay)
        else { return }
        let slot = waiting.allocation
        let family: AddressFamily = allocations[slot].relayIPv4 == relay ? .ipv4 : .ipv6
        if let reserved = waiting.reserved {
            // The loop may have failed before it claimed the port, which then waits for it still.
            let owner = RelayOwner(loop: loop, relay: relay, generation: relays[relay].generation)
            directory.release(reserved, of: owner)
        }
        relays.remove(relay)
        if family == .ipv4 { allocations[slot].relayIPv4 = noSlot } else { allocations[slot].relayIPv6 = noSlot }
        fail(slot, family, .insufficientCapacity)
        pending?.failure = failure
        pending?.unanswered -= 1
    }

    /// Answers the Allocate whose sockets have been opened, or not.
    public mutating func finishAllocate(now: Now, reply: inout MutableRawSpan) -> MessageVerdict {
        guard let waiting = pending else { return .drop(.noAllocation) }
        let slot = waiting.allocation
        let hasAny = allocations[slot].relayIPv4 != noSlot || allocations[slot].relayIPv6 != noSlot
        guard hasAny, waiting.unanswered == 0 else {
            abandonPending(now)
            return refuse(
                waiting.request, Refused(.insufficientCapacity, .relay(waiting.failure ?? .system)), now, &reply)
        }
        if waiting.reservesNext, !reserveNext(slot, waiting.request, now) {
            abandonPending(now)
            return refuse(waiting.request, Refused(.insufficientCapacity, .tablesFull), now, &reply)
        }

        pending = nil
        allocations.details[slot].state = .live
        count.allocationsOpened &+= 1
        reschedule(slot)
        effects.append(.allocationOpened(summary(slot, nil, now)))
        return answerAllocate(slot, waiting.request, &reply)
    }

    /// Gives up the Allocate that waits for its sockets.
    mutating func abandonPending(_ now: Now) {
        guard let waiting = pending else { return }
        pending = nil
        closeRelays(waiting.allocation)
        discard(waiting.allocation)
    }

    // MARK: Steps

    /// A slot, counted against every quota: the user's, the source's, everybody's.
    private mutating func makeAllocation(
        _ request: Request, _ plan: AllocatePlan, _ now: Now
    ) throws(Refused) -> UInt32 {
        let quotas = settings.quotas
        let identity = request.identity
        let source = request.route.tuple.client.ip.quotaKey

        guard directory.addAllocation(limit: quotas.allocations) else {
            throw Refused(.insufficientCapacity, .totalQuota(quotas.allocations))
        }
        guard directory.users.add(identity.userID, limit: quotas.allocationsPerUser) else {
            directory.removeAllocation()
            throw Refused(.allocationQuotaReached, .userQuota(quotas.allocationsPerUser))
        }
        guard directory.sources.add(source, limit: quotas.allocationsPerSource) else {
            directory.users.subtract(identity.userID)
            directory.removeAllocation()
            throw Refused(.allocationQuotaReached, .sourceQuota(quotas.allocationsPerSource))
        }

        let user = users.retain(
            identity.userID, name: UserName(username: identity.username, id: identity.id),
            bucket: TokenBucket(rate: userRate, now: now.monotonic))
        let lifetime = lifetime(requested: plan.lifetime)
        guard let user, !allocations.isFull,
            let slot = allocations.insert(
                Allocation(
                    tuple: request.route.tuple, connection: request.route.connection, user: user, expiry: .zero,
                    bucket: TokenBucket(rate: allocationRate, now: now.monotonic)))
        else {
            if let user { users.release(user) }
            directory.sources.subtract(source)
            directory.users.subtract(identity.userID)
            directory.removeAllocation()
            throw Refused(.insufficientCapacity, .tablesFull)
        }

        allocations.details[slot].transactionID = request.index.transactionID
        allocations.details[slot].created = now.monotonic
        allocations.details[slot].source = source
        setLifetime(slot, lifetime, identity, now)
        allocations.details[slot].grantedSeconds = remainingSeconds(slot, now)
        return slot
    }

    /// Asks for the socket of one relayed address; how many were asked for.
    private mutating func openRelay(
        _ slot: UInt32, _ family: AddressFamily, _ plan: AllocatePlan, reserved: TransportAddress?
    ) -> Int {
        guard let relay = relays.insert(allocation: slot) else {
            fail(slot, family, .insufficientCapacity)
            if let reserved { directory.release(reserved) }
            return 0
        }
        if family == .ipv4 { allocations[slot].relayIPv4 = relay } else { allocations[slot].relayIPv6 = relay }
        let owner = RelayOwner(loop: loop, relay: relay, generation: relays[relay].generation)
        if let reserved { directory.assign(reserved, to: owner) }
        effects.append(
            .openRelay(
                RelayRequest(
                    relay: relay, owner: owner, family: family, evenPort: plan.evenPort, reserveNext: plan.reservesNext,
                    reserved: reserved)))
        return 1
    }

    /// Notes which family of a dual allocation is missing, and why.
    private mutating func fail(_ slot: UInt32, _ family: AddressFamily, _ code: ErrorCode) {
        allocations.details[slot].failedFamily = family.rawValue
        allocations.details[slot].failedCode = code.rawValue
    }

    /// Gives the port beside the allocation's a token.
    private mutating func reserveNext(_ slot: UInt32, _ request: Request, _ now: Now) -> Bool {
        let relay = allocations[slot].relayIPv4 == noSlot ? allocations[slot].relayIPv6 : allocations[slot].relayIPv4
        let bound = relays[relay].bound
        let next = TransportAddress(ip: bound.ip, port: bound.port &+ 1)
        let token = max(tokens.next().first, 1)
        let expiry = now.monotonic.advanced(bySeconds: Lifetimes.reservationSeconds)
        guard directory.reserve(next, token: token, user: request.identity.userID, until: expiry) else {
            directory.release(next)
            return false
        }
        allocations.details[slot].reservationToken = token
        return true
    }

    private mutating func answerAllocate(
        _ slot: UInt32, _ request: Request, _ reply: inout MutableRawSpan
    ) -> MessageVerdict {
        let details = allocations.details[slot]
        var writer = success(request, &reply)
        for relay in [allocations[slot].relayIPv4, allocations[slot].relayIPv6] where relay != noSlot {
            writer.append(.xorRelayedAddress, xor: relays[relay].external, into: &reply)
        }
        writer.append(.lifetime, uint32: details.grantedSeconds, into: &reply)
        writer.append(.xorMappedAddress, xor: request.route.tuple.client, into: &reply)
        if details.reservationToken != 0 {
            writer.append(.reservationToken, uint64: details.reservationToken, into: &reply)
        }
        if let family = AddressFamily(rawValue: details.failedFamily) {
            let error = AddressError(family: family, code: ErrorCode(rawValue: details.failedCode))
            writer.append(addressError: error, into: &reply)
        }
        return succeed(request, &writer, &reply)
    }
}

extension IPAddress {
    /// What allocations of one source are counted under: an IPv4 address, or an IPv6 /64.
    var quotaKey: UInt64 { family == .ipv4 ? low : high | 1 << 63 }
}
