import STUN

/// One request under way.
struct Transaction {
    let id: TransactionID
    let request: ClientRequest
    let message: [UInt8]
    /// Whether the request carried integrity, so that its answer must, too.
    let proof: ClientProof?
    /// How often the relay asked to try again: a fresh nonce, or credentials at all.
    let attempt: Int
    /// Times sent so far.
    var transmissions: Int
    /// When to send again, or to give up.
    var due: UInt64
}

/// Something that has to be asked again before it expires.
struct Renewal {
    let request: ClientRequest
    var due: UInt64
}

extension RelayClient {
    /// The moment by which `tick` has to be called; nil when nothing is awaited.
    public var nextDeadline: UInt64? {
        var deadline: UInt64?
        for transaction in transactions { deadline = min(deadline ?? .max, transaction.due) }
        for renewal in renewals { deadline = min(deadline ?? .max, renewal.due) }
        return deadline
    }

    /// Repeats what was not answered, gives up what was not answered long enough, renews what would expire.
    public mutating func tick(now: UInt64) -> [ClientEvent] {
        var events: [ClientEvent] = []
        for index in transactions.indices.reversed() where transactions[index].due <= now {
            if framing == .stream || transactions[index].transmissions >= settings.transmissions {
                let failed = transactions.remove(at: index)
                renewals.removeAll { $0.request == failed.request }
                events.append(.failed(failed.request, .timedOut))
            } else {
                emit(transactions[index].message)
                transactions[index].transmissions += 1
                transactions[index].due = now + wait(after: transactions[index].transmissions)
            }
        }
        for index in renewals.indices where renewals[index].due <= now {
            // Success sets the true date; until then the request's own repetitions do the work.
            renewals[index].due = now + RenewalPeriod.retry
            if transactions.count < RelayClient.transactionLimit {
                begin(renewals[index].request, attempt: 0, now: now)
            }
        }
        return events
    }

    /// Sends a request with what the client knows of the relay's realm and nonce.
    mutating func begin(_ request: ClientRequest, attempt: Int, now: UInt64) {
        let id = nextTransactionID()
        let proof = request.needsCredentials ? session.proof : nil
        let message = session.message(for: request, id, fingerprint: settings.sendsFingerprint)
        transactions.append(
            Transaction(
                id: id, request: request, message: message, proof: proof, attempt: attempt, transmissions: 1,
                due: now + wait(after: 1)))
        emit(message)
    }

    /// RTO, doubled with each transmission; after the last one Rm times RTO [RFC 8489 6.2.1].
    private func wait(after transmissions: Int) -> UInt64 {
        guard framing == .datagram else { return settings.streamTimeout }
        return transmissions < settings.transmissions
            ? settings.retransmissionTimeout << UInt64(transmissions - 1)
            : settings.retransmissionTimeout * settings.lastWaitMultiple
    }
}

/// When what the relay granted is asked for again, in milliseconds.
enum RenewalPeriod {
    /// Permissions live for 300 s, and a channel's refresh refreshes its permission [RFC 8656 9, 12].
    static let permission: UInt64 = 240_000
    /// When a renewal under way is looked at again.
    static let retry: UInt64 = 60_000

    /// One minute before the allocation ends, or at three quarters of a short life; never more often than each second.
    static func allocation(lifetimeSeconds: UInt32) -> UInt64 {
        let life = UInt64(lifetimeSeconds) * 1_000
        return life > 240_000 ? life - 60_000 : max(life / 4 * 3, 1_000)
    }
}
