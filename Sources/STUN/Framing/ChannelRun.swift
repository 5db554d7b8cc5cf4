/// Datagrams of one channel with equal payloads, one behind the other in a receive buffer: they are checked once,
/// counted once and sent on with one call.
@frozen public struct ChannelRun: Sendable, Equatable {
    /// The channel number of all of them.
    public let channel: UInt16
    /// How many datagrams, at least 1.
    public let datagrams: Int
    /// Payload bytes of each but the last.
    public let payloadBytes: Int
    /// Payload bytes of the last: as many, or fewer.
    public let lastPayloadBytes: Int

    /// Payload bytes of all of them.
    @inlinable public var totalPayloadBytes: Int { payloadBytes &* (datagrams &- 1) &+ lastPayloadBytes }

    @inlinable
    init(channel: UInt16, datagrams: Int, payloadBytes: Int, lastPayloadBytes: Int) {
        self.channel = channel
        self.datagrams = datagrams
        self.payloadBytes = payloadBytes
        self.lastPayloadBytes = lastPayloadBytes
    }

    /// The longest run at the start of a buffer that holds consecutive datagrams of `segmentSize` bytes, of which the
    /// last may be shorter, as UDP_GRO delivers them; nil when the first datagram is no ChannelData.
    ///
    /// A datagram with a shorter payload belongs to the run and ends it; an empty one and one with another channel or
    /// a longer payload begin the next. The run takes up `datagrams * segmentSize` bytes of the buffer, or all of it.
    @inlinable @inline(__always)
    public static func parse(_ bytes: RawSpan, segmentSize: Int) -> ChannelRun? {
        let total = bytes.byteCount
        guard segmentSize >= ChannelData.headerByteCount || segmentSize >= total,
            total >= ChannelData.headerByteCount
        else { return nil }
        let first = bytes.uint32(at: 0)
        let payload = Int(first & 0xFFFF)
        guard first &>> 30 == 0b01, payload <= min(segmentSize, total) &- ChannelData.headerByteCount else {
            return nil
        }

        var datagrams = 1
        var last = payload
        var offset = segmentSize
        while offset < total &- ChannelData.headerByteCount {
            let head = bytes.uint32(at: offset)
            let count = Int(head & 0xFFFF)
            let room = min(segmentSize, total &- offset) &- ChannelData.headerByteCount
            guard head &>> 16 == first &>> 16, count <= payload, count <= room, count > 0 else { break }
            datagrams &+= 1
            last = count
            offset &+= segmentSize
            if count < payload { break }
        }
        return ChannelRun(
            channel: UInt16(truncatingIfNeeded: first &>> 16), datagrams: datagrams, payloadBytes: payload,
            lastPayloadBytes: last)
    }
}
