/// ChannelData: 4 bytes in front of the payload [RFC 8656 12.4].
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |         Channel Number        |            Length             |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///
/// Channel numbers begin with the bits 01. RFC 8656 leaves 0x4000-0x4FFF to clients, RFC 5766 had up to 0x7FFE;
/// which of them may be bound is the relay's policy, a number that is not bound leads nowhere.
@frozen public struct ChannelData: Sendable, Equatable {
    /// Bytes in front of the payload.
    @inlinable public static var headerByteCount: Int { 4 }

    /// The channel number, 0x4000 or above.
    public let channel: UInt16
    /// Bytes of payload; padding is not counted.
    public let payloadByteCount: Int

    /// Whether a datagram or a stream's next message with this first byte is ChannelData.
    @inlinable @inline(__always)
    public static func isChannelData(firstByte: UInt8) -> Bool { firstByte &>> 6 == 0b01 }

    /// Reads a UDP datagram. It may be longer than its header says, the rest is padding [RFC 8656 12.5]; nil when it
    /// is shorter or no ChannelData.
    @inlinable @inline(__always)
    public static func parse(_ datagram: RawSpan) -> ChannelData? {
        guard datagram.byteCount >= headerByteCount else { return nil }
        let head = datagram.uint32(at: 0)
        let count = Int(head & 0xFFFF)
        guard head &>> 30 == 0b01, count <= datagram.byteCount &- headerByteCount else { return nil }
        return ChannelData(channel: UInt16(truncatingIfNeeded: head &>> 16), payloadByteCount: count)
    }

    /// Stores the header at `offset`.
    @inlinable @inline(__always)
    public static func writeHeader(
        channel: UInt16, payloadCount: Int, into buffer: inout MutableRawSpan, at offset: Int
    ) {
        buffer.store(uint32: UInt32(channel) &<< 16 | UInt32(truncatingIfNeeded: payloadCount & 0xFFFF), at: offset)
    }

    @inlinable
    init(channel: UInt16, payloadByteCount: Int) {
        self.channel = channel
        self.payloadByteCount = payloadByteCount
    }
}
