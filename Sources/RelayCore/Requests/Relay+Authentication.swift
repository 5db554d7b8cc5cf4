internal import Credentials
internal import STUN

/// What a request's credentials lead to.
enum AuthenticationOutcome {
    /// The sender is known.
    case known(Identity)
    /// The request has been dealt with.
    case answered(MessageVerdict)
}

extension Relay {
    /// The long-term credential mechanism [RFC 8489 9.2.4], and the budget for answers to strangers.
    mutating func authenticate(
        _ datagram: RawSpan, _ index: MessageIndex, _ client: ClientRoute, _ now: Now, _ reply: inout MutableRawSpan
    ) -> AuthenticationOutcome {
        let ticket = ask(client, datagram.byteCount, now)
        // Without integrity the answer is a challenge, whose size is known: a flood is not worth more work than this.
        if MessageSeal.kind(of: index) == nil, let ticket, !budget.allows(ticket, bytes: challengeBytes) {
            count.count(index.type.method, .dropped)
            return .answered(drop(.unverifiedBudget))
        }

        let hasAllocation = allocations.find(client.tuple).map { allocations[$0].expiry > now.monotonic } ?? false
        let verdict = authenticator.authenticate(
            datagram, index, from: client.tuple.client, unixSeconds: now.unixSeconds,
            directory: settings.credentials, graceSeconds: hasAllocation ? longestGraceSeconds : 0)
        let code: ErrorCode
        let refusal: Refusal
        switch verdict {
        case .authenticated(let identity):
            guard let late = secondsBeyondGrace(identity, now) else {
                if ticket != nil {
                    count.unverifiedBytesAsked &-= UInt64(datagram.byteCount)
                    budget.verify(client.tuple.client.ip, now: now.monotonic, budgets: settings.budgets)
                }
                return .known(identity)
            }
            (code, refusal) = (.unauthenticated, .expired(secondsAgo: late))
        case .refused(let refusedCode, let reason):
            (code, refusal) = (refusedCode, reason)
        }

        note(refusal, code, datagram, index, client, now)
        let size = authenticator.writeRefusal(
            code, of: index, to: client.tuple.client, unixSeconds: now.unixSeconds, directory: settings.credentials,
            into: &reply)
        if code == .unauthenticated { challengeBytes = size }
        return .answered(answerUnverified(size, ticket, index.type.method, Outcome(code)))
    }

    /// Seconds since the end of a credential whose class does not let it count so long; nil when it counts.
    private func secondsBeyondGrace(_ identity: Identity, _ now: Now) -> Int64? {
        guard let expiry = identity.expiresAtUnixSeconds, now.unixSeconds > expiry else { return nil }
        let late = now.unixSeconds - expiry
        return late > settings.expiry.expiry(of: identity.secretLabel).graceSeconds ? late : nil
    }

    /// Remembers a refusal for the operator, unless it is part of how every client works: the first request, which
    /// has no credentials, and the first one after a nonce has had its time.
    private mutating func note(
        _ refusal: Refusal, _ code: ErrorCode, _ datagram: RawSpan, _ index: MessageIndex, _ client: ClientRoute,
        _ now: Now
    ) {
        switch refusal {
        case .noCredentials: return
        case .nonceStale(let age) where age >= 0: return
        default: break
        }
        let username = index.username.map { LogText.escape(datagram.extracting($0.range)) } ?? ""
        refusalRing.append(
            RefusalRecord(
                unixSeconds: now.unixSeconds, client: client.tuple.client, transport: client.tuple.transport,
                method: index.type.method, code: code, username: username, reason: .credentials(refusal)))
    }

    // MARK: Answers to sources that have not proved their return path

    /// Where the budget of this source's prefix is; nil for transports that prove the return path.
    mutating func ask(_ client: ClientRoute, _ bytes: Int, _ now: Now) -> UnverifiedBudget.Place? {
        guard client.tuple.transport == .udp else { return nil }
        count.unverifiedBytesAsked &+= UInt64(bytes)
        return budget.ask(client.tuple.client.ip, bytes: bytes, now: now.monotonic, budgets: settings.budgets)
    }

    /// Sends an answer if the budget has room for it.
    mutating func answerUnverified(
        _ size: Int, _ ticket: UnverifiedBudget.Place?, _ method: Method, _ outcome: Outcome
    ) -> MessageVerdict {
        guard size > 0 else {
            count.count(method, .dropped)
            return drop(.badLength)
        }
        if let ticket {
            guard budget.take(ticket, bytes: size) else {
                count.count(method, .dropped)
                return drop(.unverifiedBudget)
            }
            count.unverifiedBytesAnswered &+= UInt64(size)
        }
        count.count(method, outcome)
        return .reply(size)
    }
}
