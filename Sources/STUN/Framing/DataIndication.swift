/// Data indications: what a peer without a channel sends to the client [RFC 8656 11.3]. Only the bytes in front of
/// the payload are written here; the payload is never copied.
public enum DataIndication {
    /// Bytes in front of the payload: header, XOR-PEER-ADDRESS and the head of DATA; 36 for IPv4, 48 for IPv6.
    @inlinable
    public static func headerByteCount(_ family: AddressFamily) -> Int {
        STUNHeader.byteCount &+ 4 &+ 4 &+ family.byteCount &+ 4
    }

    /// Bytes of zeros that follow a payload of `payloadCount` bytes.
    @inlinable
    public static func paddingByteCount(_ payloadCount: Int) -> Int { paddedTo4(payloadCount) &- payloadCount }

    /// Writes the bytes in front of the payload to the start of `buffer` and returns how many.
    ///
    /// The caller puts `payloadCount` bytes of payload and `paddingByteCount(payloadCount)` zeros behind them.
    @inlinable
    public static func writeHeader(
        peer: TransportAddress, payloadCount: Int, transactionID: TransactionID, into buffer: inout MutableRawSpan
    ) -> Int {
        let count = headerByteCount(peer.family)
        let length = count &- STUNHeader.byteCount &+ paddedTo4(payloadCount)
        writeStart(length, transactionID, into: &buffer)
        let end = writePeer(peer, transactionID, into: &buffer)
        buffer.store(uint16: AttributeType.data.rawValue, at: end)
        buffer.store(uint16: UInt16(truncatingIfNeeded: payloadCount), at: end &+ 2)
        return count
    }

    /// Writes a whole Data indication that reports an ICMP error [RFC 8656 11.6] and returns its size.
    public static func writeICMP(
        peer: TransportAddress, error: ICMPValue, transactionID: TransactionID, into buffer: inout MutableRawSpan
    ) -> Int {
        let count = headerByteCount(peer.family) + 8
        writeStart(count - STUNHeader.byteCount, transactionID, into: &buffer)
        let end = writePeer(peer, transactionID, into: &buffer)
        buffer.store(uint16: AttributeType.icmp.rawValue, at: end)
        buffer.store(uint16: 8, at: end + 2)
        buffer.store(uint64: error.bits, at: end + 4)
        return count
    }

    @inlinable
    static func writeStart(_ length: Int, _ transactionID: TransactionID, into buffer: inout MutableRawSpan) {
        buffer.store(uint16: MessageType(.data, .indication).rawValue, at: 0)
        buffer.store(uint16: UInt16(truncatingIfNeeded: length), at: 2)
        buffer.store(uint32: STUNHeader.magicCookie, at: 4)
        buffer.store(uint32: transactionID.high, at: 8)
        buffer.store(uint64: transactionID.low, at: 12)
    }

    @inlinable
    static func writePeer(
        _ peer: TransportAddress, _ transactionID: TransactionID, into buffer: inout MutableRawSpan
    ) -> Int {
        let start = STUNHeader.byteCount
        buffer.store(uint16: AttributeType.xorPeerAddress.rawValue, at: start)
        buffer.store(uint16: UInt16(4 &+ peer.family.byteCount), at: start &+ 2)
        return start &+ 4 &+ XORAddress.store(peer, transactionID, into: &buffer, at: start &+ 4)
    }
}
