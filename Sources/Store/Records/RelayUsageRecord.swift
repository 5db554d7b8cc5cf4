/// A row of `relay_usage`: an allocation that a relay opened or ended.
public struct RelayUsageRecord: Sendable, Equatable {
    /// Which run of which relay.
    public var relay: String
    /// The relay's number of the event.
    public var sequence: Int64
    /// The credential it was opened with.
    public var credentialID: String?
    /// The room that was issued for.
    public var roomID: String?
    /// `opened` or `ended`.
    public var event: String
    /// `udp`, `tcp`, `tls` or `dtls`.
    public var transport: String
    /// Bytes to peers.
    public var bytesUp: Int64
    /// Bytes to the client.
    public var bytesDown: Int64
    /// When it was opened.
    public var startedAt: Int64
    /// When it ended.
    public var endedAt: Int64?
    /// Why it ended.
    public var reason: String?

    /// An event.
    public init(
        relay: String, sequence: Int64, credentialID: String?, roomID: String?, event: String, transport: String,
        bytesUp: Int64, bytesDown: Int64, startedAt: Int64, endedAt: Int64?, reason: String?
    ) {
        self.relay = relay
        self.sequence = sequence
        self.credentialID = credentialID
        self.roomID = roomID
        self.event = event
        self.transport = transport
        self.bytesUp = bytesUp
        self.bytesDown = bytesDown
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.reason = reason
    }
}

extension StoreConnection {
    /// Adds an event: false when it is there already.
    public func insertIfNew(_ usage: RelayUsageRecord) throws -> Bool {
        try execute(
            """
            INSERT INTO relay_usage (relay, sequence, credential_id, room_id, event, transport, bytes_up, bytes_down,
                started_at, ended_at, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (relay, sequence) DO NOTHING
            """,
            [
                .text(usage.relay), .integer(usage.sequence), .optional(usage.credentialID), .optional(usage.roomID),
                .text(usage.event), .text(usage.transport), .integer(usage.bytesUp), .integer(usage.bytesDown),
                .integer(usage.startedAt), .optional(usage.endedAt), .optional(usage.reason),
            ]) == 1
    }

    /// The last event of a relay's run that is known, 0 when none is.
    public func relayUsageLast(relay: String) throws -> Int64 {
        try row("SELECT coalesce(max(sequence), 0) AS value FROM relay_usage WHERE relay = ?", [.text(relay)])?
            .integer("value") ?? 0
    }

    /// Removes events of allocations that were opened before `time`.
    public func deleteRelayUsage(startedBefore time: Int64) throws {
        try execute("DELETE FROM relay_usage WHERE started_at < ?", [.integer(time)])
    }
}
