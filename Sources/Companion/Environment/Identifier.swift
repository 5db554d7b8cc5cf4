/// Ids of rows: 128 random bits as 26 characters of base32 [RFC 4648 6] in lower case. Nobody guesses one, and none
/// tells when, where or how many there are.
public enum Identifier {
    /// Random bytes of an id.
    public static let bytes = 16

    /// A new id.
    public static func make(_ surroundings: Surroundings) -> String { text(surroundings.random(bytes)) }

    /// Any bytes in the same alphabet, without padding: for tokens and keys that people and links carry.
    public static func text(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 8 + 4) / 5)
        var bits: UInt32 = 0
        var count: UInt32 = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 5 {
                count -= 5
                text.append(alphabet[Int(bits >> count & 31)])
            }
        }
        if count > 0 { text.append(alphabet[Int(bits << (5 - count) & 31)]) }
        return String(decoding: text, as: UTF8.self)
    }

    private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)
}
