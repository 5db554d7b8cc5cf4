internal import Integrity

/// The form of a sealed file, modelled on the payload of age (C2SP/age.md) with AES-256-GCM:
///
///     "CMP1" | salt (16) | chunk 0 (65536 + 16) | … | last chunk (1…65536 + 16; empty only in an empty file)
///
/// The chunks' key is derived from the data key, the salt and the context. A chunk's nonce is its number, big-endian
/// in 11 bytes, and a byte that is 1 in the last chunk: chunks that change places, a file that ends at the border of a
/// chunk and one that goes on behind its last do not open.
enum SealedFile {
    static let mark = Array("CMP1".utf8)
    static let saltLength = 16
    static let headLength = 4 + saltLength
    static let chunkLength = 65536
    static let sealedChunkLength = chunkLength + AESGCM.tagLength

    static func key(_ dataKey: DataKey, salt: [UInt8], context: SealContext) -> [UInt8] {
        let use = Array("data key 1 file".utf8) + mark + context.encoded
        return HKDFSHA256.derive(key: dataKey.bytes.span, salt: salt.span, info: use.span)
    }

    static func seal(_ plain: [UInt8], key: [UInt8], number: UInt64, last: Bool) -> [UInt8] {
        AESGCM.seal(plain.span, key: key.span, nonce: nonce(number, last: last).span, context: Span())
    }

    /// Nil when the chunk is not the one of this number, or was altered.
    static func open(_ sealed: [UInt8], key: [UInt8], number: UInt64, last: Bool) -> [UInt8]? {
        AESGCM.open(sealed.span, key: key.span, nonce: nonce(number, last: last).span, context: Span())
    }

    private static func nonce(_ number: UInt64, last: Bool) -> [UInt8] {
        [0, 0, 0] + withUnsafeBytes(of: number.bigEndian, Array.init) + [last ? 1 : 0]
    }

    /// How many plain bytes are in a file of `length` bytes; nil when no file has this length.
    static func plainLength(_ length: Int) -> Int? {
        let body = length - headLength
        guard body >= AESGCM.tagLength else { return nil }
        let whole = (body - 1) / sealedChunkLength
        let rest = body - whole * sealedChunkLength - AESGCM.tagLength
        guard rest > 0 || (rest == 0 && whole == 0) else { return nil }
        return whole * chunkLength + rest
    }
}
