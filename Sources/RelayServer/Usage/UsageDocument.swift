import RelayCore
import STUN

/// The answer of `/v1/usage`.
///
/// A reader asks with `after=0` first and with `next` from then on. When `epoch` is another one than before, the relay
/// was started anew and counts from 1: the reader begins at 0 again.
public struct UsageDocument: Codable, Sendable, Equatable {
    /// One event.
    public struct Entry: Sendable, Equatable {
        /// Its number, from 1 without gaps.
        public var sequence: Int
        /// `opened` or `ended`.
        public var event: String
        /// The allocation's name: `1-42-7`.
        public var allocation: String
        /// The user, escaped.
        public var username: String
        /// The identifier inside a time-limited username; empty when it is none.
        public var id: String
        /// `udp`, `tcp`, `tls` or `dtls`.
        public var transport: String
        /// Where the client's packets came from.
        public var client: String
        /// Relayed transport addresses.
        public var relayed: [String]
        /// Bytes of payload to peers.
        public var bytesUp: UInt64
        /// Bytes of payload to the client.
        public var bytesDown: UInt64
        /// When the allocation was opened, in milliseconds since 1970.
        public var startedAt: Int64
        /// When it ended; null when it was opened just now.
        public var endedAt: Int64?
        /// Why it ended, in one word: `expired`, `deleted`, `connection_closed`, `ended`, `revoked`,
        /// `credential_expired` or `shutdown`; null when it was opened just now.
        public var reason: String?
    }

    /// Names this run of the relay.
    public var epoch: String
    /// What `after` is to be in the next call.
    public var next: Int
    /// Events that were overwritten before they were asked for.
    public var lost: Int
    /// The events, oldest first.
    public var entries: [Entry]

    init(_ page: UsagePage) {
        epoch = page.epoch
        next = page.next
        lost = page.lost
        entries = page.records.enumerated().map { Entry($1, sequence: page.first + $0) }
    }
}

extension UsageDocument.Entry: Codable {
    private enum CodingKeys: String, CodingKey {
        case sequence, event, allocation, username, id, transport, client, relayed, reason
        case bytesUp = "bytes_up"
        case bytesDown = "bytes_down"
        case startedAt = "started_at"
        case endedAt = "ended_at"
    }

    init(_ record: UsageRecord, sequence: Int) {
        self.init(
            sequence: sequence, event: record.endedAt == nil ? "opened" : "ended",
            allocation: record.allocation.description, username: record.username, id: record.credentialID,
            transport: record.transport.name.description, client: record.client.description,
            relayed: record.relayed.map(\.description), bytesUp: record.bytesUp, bytesDown: record.bytesDown,
            startedAt: record.startedAt, endedAt: record.endedAt, reason: record.reason?.name.description)
    }

    /// Writes every key, also those that are null.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(sequence, forKey: .sequence)
        try container.encode(event, forKey: .event)
        try container.encode(allocation, forKey: .allocation)
        try container.encode(username, forKey: .username)
        try container.encode(id, forKey: .id)
        try container.encode(transport, forKey: .transport)
        try container.encode(client, forKey: .client)
        try container.encode(relayed, forKey: .relayed)
        try container.encode(bytesUp, forKey: .bytesUp)
        try container.encode(bytesDown, forKey: .bytesDown)
        try container.encode(startedAt, forKey: .startedAt)
        try container.encode(endedAt, forKey: .endedAt)
        try container.encode(reason, forKey: .reason)
    }
}
