public import STUN

/// The "nonce cookie" and what it says a server can do [RFC 8489 9.2, 18.1, with erratum 6290: bit 0 is the rightmost].
/// It stands at the start of the nonce, which the client repeats under its message integrity: nobody on the way can
/// take a feature out of the server's answer unnoticed.
public struct SecurityFeatures: OptionSet, Sendable {
    /// The 24 feature bits.
    public let rawValue: UInt32

    /// The features with these bits.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The server sends PASSWORD-ALGORITHMS.
    public static let passwordAlgorithms = SecurityFeatures(rawValue: 1 << 0)
    /// The server understands USERHASH.
    public static let usernameAnonymity = SecurityFeatures(rawValue: 1 << 1)

    /// Bytes of the cookie with the features.
    public static let byteCount = 13

    /// The features a NONCE announces; nil when it has no cookie.
    public init?(_ nonce: ByteRange, in datagram: RawSpan) {
        self.init(nonce: datagram.extracting(nonce.range))
    }

    /// The features a nonce announces; nil when it has no cookie.
    public init?(nonce: RawSpan) {
        guard nonce.byteCount >= Self.byteCount else { return nil }
        // "obMatJos" as one number, then "2".
        guard nonce.uint64(at: 0) == 0x6F62_4D61_744A_6F73, nonce.uint8(at: 8) == 0x32 else { return nil }
        var bits: UInt32 = 0
        for offset in 9..<13 {
            guard let value = Base64.value(nonce.uint8(at: offset)) else { return nil }
            bits = bits << 6 | value
        }
        self.init(rawValue: bits)
    }

    /// Stores cookie and features at `offset`: 13 bytes.
    func store(into buffer: inout MutableRawSpan, at offset: Int) {
        buffer.store(uint64: 0x6F62_4D61_744A_6F73, at: offset)
        buffer.store(uint8: 0x32, at: offset + 8)
        for index in 0..<4 {
            buffer.store(uint8: Base64.digit(rawValue >> UInt32(18 - index * 6) & 63), at: offset + 9 + index)
        }
    }
}
