public import STUN

/// The client side of TURN as a state machine: bytes and time go in, bytes and events come out.
///
/// It has no socket and no clock. Times are milliseconds on any monotonic scale. After every call the owner sends what
/// `nextOutput` returns, and calls `tick` no later than `nextDeadline`.
public struct RelayClient {
    /// What the client was told.
    public let settings: ClientSettings
    /// What carries its messages.
    public let framing: ClientFraming
    /// The allocation, from its success until its end is known.
    public internal(set) var allocation: ClientAllocation?
    /// Bytes that came but meant nothing: no message of the protocol, or an answer that cannot be trusted.
    public internal(set) var ignoredCount = 0

    /// Requests that wait for their answer.
    public var requestsUnderWay: Int { transactions.count }

    var session: ClientSession
    var transactions: [Transaction] = []
    var renewals: [Renewal] = []
    var channels: [Channel] = []
    private var outputs: [[UInt8]] = []
    private var sentOutputs = 0
    private var random: any RandomNumberGenerator

    /// Requests under way at once at most: a queue that is longer says that the owner does not listen.
    static let transactionLimit = 64

    struct Channel {
        let number: UInt16
        let peer: TransportAddress
    }

    /// A client with these settings. `random` makes transaction IDs: a CSPRNG, or a seeded generator in tests.
    public init(_ settings: ClientSettings, framing: ClientFraming, random: any RandomNumberGenerator) {
        self.settings = settings
        self.framing = framing
        self.random = random
        session = ClientSession(settings)
    }

    // MARK: - Asking

    /// Sends a request. Its outcome is an event.
    public mutating func start(_ request: ClientRequest, now: UInt64) {
        precondition(transactions.count < RelayClient.transactionLimit, "too many requests under way")
        begin(request, attempt: 0, now: now)
    }

    /// The bytes of ChannelData with this payload, for the owner to send [RFC 8656 12.4].
    public func channelData(_ payload: some Collection<UInt8>, channel: UInt16) -> [UInt8] {
        let count = ChannelData.headerByteCount + payload.count
        var bytes = [UInt8](repeating: 0, count: ChannelData.headerByteCount)
        bytes.reserveCapacity(paddedTo4(count))
        var span = bytes.mutableSpan
        var buffer = span.mutableBytes
        ChannelData.writeHeader(channel: channel, payloadCount: payload.count, into: &buffer, at: 0)
        bytes.append(contentsOf: payload)
        if framing == .stream {
            while bytes.count % 4 != 0 { bytes.append(0) }
        }
        return bytes
    }

    /// The bytes of a Send indication with this payload, for the owner to send [RFC 8656 11.1].
    public mutating func sendIndication(
        _ payload: [UInt8], to peer: TransportAddress, dontFragment: Bool = false
    ) -> [UInt8] {
        let id = nextTransactionID()
        return MessageBuilder.build(MessageType(.send, .indication), id, capacity: payload.count + 64) {
            writer, buffer in
            writer.append(.xorPeerAddress, xor: peer, into: &buffer)
            if dontFragment { writer.append(flag: .dontFragment, into: &buffer) }
            writer.append(.data, payload.span, into: &buffer)
        }
    }

    /// The peer's payload as the relay takes it now: through its channel when one is bound, else as an indication.
    public mutating func packet(_ payload: [UInt8], to peer: TransportAddress) -> [UInt8] {
        if let channel = channels.first(where: { $0.peer == peer }) {
            return channelData(payload, channel: channel.number)
        }
        return sendIndication(payload, to: peer)
    }

    /// Whether the client knows of a channel to this peer.
    public func hasChannel(to peer: TransportAddress) -> Bool { channels.contains { $0.peer == peer } }

    // MARK: - Sending

    /// The next message to send to the relay; nil when there is none.
    public mutating func nextOutput() -> [UInt8]? {
        guard sentOutputs < outputs.count else {
            outputs.removeAll(keepingCapacity: true)
            sentOutputs = 0
            return nil
        }
        defer { sentOutputs += 1 }
        return outputs[sentOutputs]
    }

    mutating func emit(_ message: [UInt8]) {
        outputs.append(message)
    }

    mutating func nextTransactionID() -> TransactionID {
        TransactionID(high: UInt32(truncatingIfNeeded: random.next()), low: random.next())
    }
}
