/// The header of an RTP packet [RFC 3550 5.1].
///
///     0                   1                   2                   3
///     |V=2|P|X|  CC   |M|     PT      |       sequence number         |
///     |                           timestamp                           |
///     |           synchronization source (SSRC) identifier            |
///     |            contributing source (CSRC) identifiers ...         |
public struct RTPHeader: Hashable, Sendable {
    /// Bytes of a header without contributing sources and extension.
    public static let byteCountMin = 12

    /// Whether a frame ends, or a talk spurt begins.
    public var marker: Bool
    /// What the payload is; 7 bits.
    public var payloadType: UInt8
    /// Grows by one with each packet, and wraps.
    public var sequence: UInt16
    /// When the payload was sampled, in units of its clock.
    public var timestamp: UInt32
    /// Who sends.
    public var source: UInt32

    /// A header with these fields.
    public init(marker: Bool = false, payloadType: UInt8, sequence: UInt16, timestamp: UInt32, source: UInt32) {
        self.marker = marker
        self.payloadType = payloadType & 0x7F
        self.sequence = sequence
        self.timestamp = timestamp
        self.source = source
    }

    /// Reads the header, and says where the payload lies: behind contributing sources and extension, before padding.
    /// Nil for what is no RTP packet of version 2, or is cut.
    public static func parse(_ packet: [UInt8]) -> (header: RTPHeader, payload: Range<Int>)? {
        guard packet.count >= byteCountMin, packet[0] >> 6 == 2 else { return nil }
        let header = RTPHeader(
            marker: packet[1] & 0x80 != 0, payloadType: packet[1] & 0x7F,
            sequence: UInt16(packet[2]) << 8 | UInt16(packet[3]), timestamp: word(packet, 4), source: word(packet, 8))
        var start = byteCountMin + 4 * Int(packet[0] & 0x0F)
        if packet[0] & 0x10 != 0 {
            guard start + 4 <= packet.count else { return nil }
            start += 4 + 4 * (Int(packet[start + 2]) << 8 | Int(packet[start + 3]))
        }
        var end = packet.count
        guard start <= end else { return nil }
        if packet[0] & 0x20 != 0 {
            // The last byte counts the padding, itself included.
            guard end > start, packet[end - 1] > 0, Int(packet[end - 1]) <= end - start else { return nil }
            end -= Int(packet[end - 1])
        }
        return (header, start..<end)
    }

    /// The packet with this payload.
    public func packet(_ payload: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = [0x80, marker ? payloadType | 0x80 : payloadType]
        bytes.reserveCapacity(RTPHeader.byteCountMin + payload.count)
        bytes += [UInt8(sequence >> 8), UInt8(truncatingIfNeeded: sequence)]
        for value in [timestamp, source] {
            bytes += (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * UInt32($0))) }
        }
        return bytes + payload
    }

    private static func word(_ packet: [UInt8], _ at: Int) -> UInt32 {
        packet[at..<at + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
}
