import STUN

extension RelayClient {
    /// Takes one message from the relay: a datagram, or what `StreamReassembler` cut out of the stream.
    ///
    /// Returns what happened; nil for what needs no attention (the answer was a challenge that is being met, or came
    /// twice, or cannot be trusted).
    public mutating func receive(_ datagram: RawSpan, now: UInt64) -> ClientEvent? {
        if datagram.byteCount >= ChannelData.headerByteCount,
            ChannelData.isChannelData(firstByte: datagram.uint8(at: 0))
        {
            return receiveChannelData(datagram)
        }
        guard let index = try? MessageIndex.parse(datagram), fingerprintHolds(index, datagram) else { return ignore() }
        switch index.type.messageClass {
        case .indication: return receiveIndication(index, datagram)
        case .success, .error: return receiveAnswer(index, datagram, now: now)
        case .request: return ignore()
        }
    }

    private mutating func ignore() -> ClientEvent? {
        ignoredCount += 1
        return nil
    }

    // MARK: - Data

    private mutating func receiveChannelData(_ datagram: RawSpan) -> ClientEvent? {
        guard let header = ChannelData.parse(datagram),
            let channel = channels.first(where: { $0.number == header.channel })
        else { return ignore() }
        let start = ChannelData.headerByteCount
        return .data(from: channel.peer, channel: channel.number, payload: start..<start + header.payloadByteCount)
    }

    private mutating func receiveIndication(_ index: MessageIndex, _ datagram: RawSpan) -> ClientEvent? {
        guard index.type.method == .data, index.unknownRequired.isEmpty,
            case .value(let peer) = index.peerAddress(in: datagram)
        else { return ignore() }
        if case .value(let error) = index.icmpError(in: datagram) { return .unreachable(peer, error) }
        guard let payload = index.data else { return ignore() }
        return .data(from: peer, channel: nil, payload: payload.range)
    }

    // MARK: - Answers

    private mutating func receiveAnswer(_ index: MessageIndex, _ datagram: RawSpan, now: UInt64) -> ClientEvent? {
        guard let position = transactions.firstIndex(where: { $0.id == index.transactionID }),
            transactions[position].request.method == index.type.method
        else { return ignore() }
        let transaction = transactions[position]
        let error: ErrorCode?
        if index.type.messageClass == .error {
            guard case .value(let code) = index.error(in: datagram) else { return ignore() }
            error = code
        } else {
            error = nil
        }
        // An answer that lacks the proof is as if it had not come: repetitions go on [RFC 8489 9.2.5].
        if let proof = transaction.proof, !session.verifies(index, datagram, as: proof), !mayLackProof(error) {
            return ignore()
        }
        transactions.remove(at: position)
        guard let error else { return succeed(transaction, index, datagram, now: now) }
        return fail(transaction, error, index, datagram, now: now)
    }

    /// Errors that a relay sends before it knows who asks.
    private func mayLackProof(_ error: ErrorCode?) -> Bool {
        switch error {
        case .badRequest?, .unauthenticated?, .unknownAttribute?, .staleNonce?: true
        default: false
        }
    }

    private mutating func fail(
        _ transaction: Transaction, _ error: ErrorCode, _ index: MessageIndex, _ datagram: RawSpan, now: UInt64
    ) -> ClientEvent? {
        let failure: ClientFailure
        switch error {
        case .unauthenticated where transaction.proof == nil && !settings.username.isEmpty,
            .staleNonce where transaction.attempt < 3:
            if let problem = session.adopt(index, datagram) {
                failure = problem
            } else {
                begin(transaction.request, attempt: transaction.attempt + 1, now: now)
                return nil
            }
        case .unauthenticated where settings.username.isEmpty: failure = .refused(error)
        case .unauthenticated, .wrongCredentials: failure = .credentialsRefused(error)
        case .unknownAttribute: failure = .unknownAttributes(unknownTypes(index, datagram))
        case .tryAlternate:
            failure = .tryAlternate(index.plainAddress(index.alternateServer, in: datagram).value)
        default: failure = .refused(error)
        }
        if error == .allocationMismatch, transaction.request.method != .allocate { forgetAllocation() }
        renewals.removeAll { $0.request == transaction.request }
        return .failed(transaction.request, failure)
    }

    private mutating func succeed(
        _ transaction: Transaction, _ index: MessageIndex, _ datagram: RawSpan, now: UInt64
    ) -> ClientEvent? {
        switch transaction.request {
        case .binding:
            guard case .value(let mapped) = index.reflexiveAddress(in: datagram) else {
                return .failed(transaction.request, .malformedAnswer)
            }
            return .bound(mapped: mapped)
        case .allocate:
            let relayed = relayedAddresses(index, datagram)
            guard !relayed.isEmpty, case .value(let lifetime) = index.lifetimeSeconds(in: datagram) else {
                return .failed(transaction.request, .malformedAnswer)
            }
            let granted = ClientAllocation(
                relayed: relayed, mapped: index.reflexiveAddress(in: datagram).value, lifetimeSeconds: lifetime,
                reservationToken: index.reservationTokenValue(in: datagram).value,
                addressError: index.addressError(in: datagram).value)
            allocation = granted
            renewAllocation(lifetime, now: now)
            return .allocated(granted)
        case .refresh(_, let family):
            guard case .value(let lifetime) = index.lifetimeSeconds(in: datagram) else {
                return .failed(transaction.request, .malformedAnswer)
            }
            if family == nil {
                if lifetime == 0 { forgetAllocation() } else { renewAllocation(lifetime, now: now) }
            }
            return .refreshed(lifetimeSeconds: lifetime)
        case .createPermission(let peers):
            renew(transaction.request, at: now + RenewalPeriod.permission)
            return .permitted(peers)
        case .channelBind(let channel, let peer):
            // What either was bound to before has expired: the relay would have refused.
            channels.removeAll { $0.number == channel || $0.peer == peer }
            channels.append(Channel(number: channel, peer: peer))
            renew(transaction.request, at: now + RenewalPeriod.permission)
            return .channelBound(channel, peer: peer)
        }
    }

    private mutating func renewAllocation(_ lifetimeSeconds: UInt32, now: UInt64) {
        renewals.removeAll { $0.request.method == .refresh }
        renew(
            .refresh(lifetimeSeconds: lifetimeSeconds, family: nil),
            at: now + RenewalPeriod.allocation(lifetimeSeconds: lifetimeSeconds))
    }

    private mutating func renew(_ request: ClientRequest, at due: UInt64) {
        guard settings.keepsAlive else { return }
        renewals.removeAll { $0.request == request }
        renewals.append(Renewal(request: request, due: due))
    }

    private mutating func forgetAllocation() {
        allocation = nil
        channels.removeAll()
        renewals.removeAll()
    }

    // MARK: - Attributes

    private func fingerprintHolds(_ index: MessageIndex, _ datagram: RawSpan) -> Bool {
        guard let range = index.fingerprint else { return true }
        return Fingerprint.holds(datagram, at: range)
    }

    private func relayedAddresses(_ index: MessageIndex, _ datagram: RawSpan) -> [TransportAddress] {
        var cursor = index.attributes
        var found: [TransportAddress] = []
        while let range = cursor.next(.xorRelayedAddress, in: datagram) {
            if case .value(let address) = index.xorAddress(range, in: datagram) { found.append(address) }
        }
        return found
    }

    private func unknownTypes(_ index: MessageIndex, _ datagram: RawSpan) -> [AttributeType] {
        guard let range = index.unknownAttributes else { return [] }
        return stride(from: range.lowerBound, to: range.upperBound - 1, by: 2).map {
            AttributeType(rawValue: datagram.uint16(at: $0))
        }
    }
}
