/// The value of an XOR-ed address attribute [RFC 8489 14.2].
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |0 0 0 0 0 0 0 0|    Family     |         X-Port                |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |                X-Address (4 or 16 bytes)                      |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
public enum XORAddress {
    /// Stores 8 or 20 bytes at `offset` and returns how many: port and address XOR-ed with cookie and transaction id.
    @inlinable @discardableResult
    public static func store(
        _ address: TransportAddress, _ transactionID: TransactionID, into buffer: inout MutableRawSpan, at offset: Int
    ) -> Int {
        let cookie = STUNHeader.magicCookie
        buffer.store(uint16: UInt16(address.family.rawValue), at: offset)
        buffer.store(uint16: address.port ^ UInt16(cookie &>> 16), at: offset &+ 2)
        switch address.family {
        case .ipv4:
            buffer.store(uint32: address.ip.ipv4 ^ cookie, at: offset &+ 4)
            return 8
        case .ipv6:
            let mask = UInt64(cookie) &<< 32 | UInt64(transactionID.high)
            buffer.store(uint64: address.ip.high ^ mask, at: offset &+ 4)
            buffer.store(uint64: address.ip.low ^ transactionID.low, at: offset &+ 12)
            return 20
        }
    }
}
