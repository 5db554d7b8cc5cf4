public import RelayCore
public import STUN

/// An allocation was opened, or has ended: what the companion joins to its calls.
public struct UsageRecord: Sendable, Equatable {
    /// The allocation's name.
    public var allocation: AllocationID
    /// The user, escaped for display.
    public var username: String
    /// The identifier inside a time-limited username, as it is; empty when the username is none.
    public var credentialID: String
    /// How the client reached the relay.
    public var transport: ClientTransport
    /// Where the client's packets came from.
    public var client: TransportAddress
    /// The relayed transport addresses.
    public var relayed: [TransportAddress]
    /// Bytes of payload to peers.
    public var bytesUp: UInt64
    /// Bytes of payload to the client.
    public var bytesDown: UInt64
    /// When the allocation was opened, in milliseconds since 1970.
    public var startedAt: Int64
    /// When it ended; nil while it lives.
    public var endedAt: Int64?
    /// Why it ended; nil while it lives.
    public var reason: EndReason?

    /// What a loop told at `time`, in milliseconds since 1970.
    init(_ allocation: AllocationSummary, at time: Int64) {
        let session = allocation.session
        self.allocation = session.id
        username = session.username
        credentialID = session.credentialID
        transport = session.transport
        client = session.client
        relayed = session.relayed
        bytesUp = session.toPeers.bytes
        bytesDown = session.toClient.bytes
        startedAt = time - Int64(session.ageMilliseconds)
        endedAt = allocation.endReason == nil ? nil : time
        reason = allocation.endReason
    }
}

/// Some of the records, in order.
public struct UsagePage: Sendable, Equatable {
    /// Names this run of the relay: another one counts from 1 again.
    public var epoch: String
    /// The number of the first record of `records`.
    public var first: Int
    /// Records that were overwritten before they were asked for.
    public var lost: Int
    /// The records.
    public var records: [UsageRecord]
    /// What to ask for next: the number of the last record that is known now.
    public var next: Int
}
