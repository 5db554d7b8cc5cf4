/// Finds message boundaries in a TCP or TLS stream [RFC 8489 6.2.2, RFC 8656 12.5].
public enum StreamFraming {
    /// What stands at the start of the bytes received so far.
    @frozen public enum Next: Sendable, Equatable {
        /// Nothing complete; the next decision needs this many bytes in all.
        case need(Int)
        /// A STUN message of this many bytes.
        case message(Int)
        /// ChannelData with this many bytes of payload; with header and padding it takes up `total` bytes.
        case channelData(payload: Int, total: Int)
        /// Neither: the connection is of no use any more.
        case invalid
    }

    /// Decides about the first message in `bytes`. A STUN message longer than `messageLimit` is refused as soon as
    /// its header says so: nobody makes the relay wait for 64 KiB.
    @inlinable
    public static func next(_ bytes: RawSpan, messageLimit: Int = 65_532) -> Next {
        guard bytes.byteCount >= 4 else {
            guard bytes.byteCount > 0, bytes.uint8(at: 0) &>> 6 > 0b01 else { return .need(4) }
            return .invalid
        }
        let head = bytes.uint32(at: 0)
        let count = Int(head & 0xFFFF)
        switch head &>> 30 {
        case 0b00:
            let total = STUNHeader.byteCount &+ count
            guard count & 3 == 0, total <= messageLimit else { return .invalid }
            guard bytes.byteCount >= 8 else { return .need(STUNHeader.byteCount) }
            guard bytes.uint32(at: 4) == STUNHeader.magicCookie else { return .invalid }
            return bytes.byteCount >= total ? .message(total) : .need(total)
        case 0b01:
            let total = ChannelData.headerByteCount &+ paddedTo4(count)
            return bytes.byteCount >= total ? .channelData(payload: count, total: total) : .need(total)
        default:
            return .invalid
        }
    }
}
