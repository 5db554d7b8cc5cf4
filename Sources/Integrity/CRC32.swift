/// The CRC-32 of ITU V.42 [RFC 8489 14.7]; FINGERPRINT is this XOR-ed with 0x5354554E.
public enum CRC32 {
    /// The checksum of `bytes`.
    public static func checksum(_ bytes: RawSpan) -> UInt32 {
        var remainder: UInt32 = 0xFFFF_FFFF
        let bytes = Span<UInt8>(_bytes: bytes)
        for index in bytes.indices {
            remainder = table[Int((remainder ^ UInt32(bytes[index])) & 0xFF)] ^ remainder >> 8
        }
        return ~remainder
    }

    /// What each value of a byte adds to the remainder of the reflected polynomial 0xEDB88320.
    private static let table: [256 of UInt32] = .init { index in
        var value = UInt32(index)
        for _ in 0..<8 {
            value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1
        }
        return value
    }
}
