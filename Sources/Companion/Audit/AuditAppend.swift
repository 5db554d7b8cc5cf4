internal import Credentials
public import Store

extension StoreConnection {
    /// Adds an event to the log, within the transaction of what it tells about: either both are kept or none. Returns
    /// its sequence.
    ///
    /// Transactions that write run one after the other, so that the head read here is still the head when the row is
    /// inserted.
    @discardableResult public func audit(_ event: AuditEvent, _ surroundings: Surroundings) throws -> Int64 {
        let head = try auditHead()
        var record = AuditRecord(
            sequence: (head?.sequence ?? 0) + 1, at: surroundings.now(), type: event.type.rawValue,
            outcome: event.outcome.rawValue, requester: event.requester.map(plain), owner: event.owner.map(plain),
            roomID: event.room.map(plain), message: plain(event.message), extra: Self.json(event.extra),
            address: plain(event.address), salt: surroundings.random(AuditChain.saltLength), leaf: [], chain: [])
        record.leaf = AuditChain.leaf(record)
        record.chain = AuditChain.next(
            head?.chain ?? AuditChain.start, sequence: record.sequence, leaf: record.leaf)
        try insert(record)
        return record.sequence
    }

    private static func json(_ extra: [String: AuditValue]) -> String {
        precondition(extra.count <= AuditEvent.extraMax, "an audit event has \(extra.count) fields")
        return CanonicalJSON.object(
            extra.map { key, value in
                if case .text(let text) = value { return (plain(key), .text(plain(text))) }
                return (plain(key), value)
            })
    }
}

/// Whatever came from a stranger is one line of visible characters, here and in everything that reads the log later.
private func plain(_ text: String) -> String { LogText.escape(text, limit: AuditEvent.textMax) }
