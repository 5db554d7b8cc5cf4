import Integrity

/// Random tokens that stand for something: only their SHA-256 is stored, so that the database gives none away.
enum Token {
    /// Bytes of randomness: too many to guess, so a plain digest hides them [ASVS 5.0 7.2.3].
    static let bytes = 32
    /// Characters of a token: Base64 of the URL alphabet [RFC 4648 5], without padding.
    static let characters = 43

    static func text(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var text: [UInt8] = []
        var buffer: UInt32 = 0
        var bits = 0
        for byte in bytes {
            buffer = (buffer & 0xFF) << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(alphabet[Int(buffer >> bits & 63)])
            }
        }
        if bits > 0 { text.append(alphabet[Int(buffer << (6 - bits) & 63)]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// What is stored of a token; nil for a text that cannot be one.
    static func hash(_ text: String) -> [UInt8]? {
        guard text.utf8.count == characters else { return nil }
        return digest(Array(text.utf8))
    }

    static func digest(_ bytes: [UInt8]) -> [UInt8] {
        let digest = Digest.sha256(bytes.span)
        return digest.indices.map { digest[$0] }
    }
}
