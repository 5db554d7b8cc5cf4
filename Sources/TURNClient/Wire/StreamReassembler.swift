import STUN

/// Cuts a stream into STUN messages and ChannelData, whatever its fragmentation [RFC 8656 3.1, 12.5].
public struct StreamReassembler: Sendable {
    /// What `next` found.
    public enum Piece: Equatable, Sendable {
        /// One whole message without stream padding.
        case message([UInt8])
        /// More bytes have to come.
        case incomplete
        /// The stream is no TURN stream: it cannot be resumed.
        case invalid
    }

    private var buffer: [UInt8] = []
    private var start = 0

    /// Starts empty.
    public init() {}

    /// Takes bytes as the stream delivered them.
    public mutating func append(_ bytes: some Collection<UInt8>) {
        // Bytes already handed out go when they are the larger part: each byte is moved once on average.
        if start > 0, start * 2 >= buffer.count {
            buffer.removeFirst(start)
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next whole message.
    public mutating func next() -> Piece {
        guard start < buffer.count else { return .incomplete }
        switch StreamFraming.next(buffer.span.bytes.extracting(start..<buffer.count)) {
        case .need: return .incomplete
        case .invalid: return .invalid
        case .message(let count): return .message(take(count, of: count))
        case .channelData(let payload, let total):
            return .message(take(ChannelData.headerByteCount + payload, of: total))
        }
    }

    private mutating func take(_ count: Int, of total: Int) -> [UInt8] {
        let message = Array(buffer[start..<start + count])
        start += total
        return message
    }
}
