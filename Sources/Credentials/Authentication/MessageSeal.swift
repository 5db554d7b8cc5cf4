public import Integrity
public import STUN

/// Which kind of code protects a message.
public enum IntegrityKind: Sendable, Equatable {
    /// MESSAGE-INTEGRITY: HMAC-SHA1, 20 bytes [RFC 8489 14.5].
    case sha1
    /// MESSAGE-INTEGRITY-SHA256 with this many bytes: 16, 20, 24, 28 or 32 [RFC 8489 14.6].
    case sha256(count: Int)
}

/// Integrity and fingerprint of whole messages.
public enum MessageSeal {
    /// Appends MESSAGE-INTEGRITY or MESSAGE-INTEGRITY-SHA256 over everything so far.
    public static func appendIntegrity(
        _ kind: IntegrityKind, key: Span<UInt8>, to writer: inout MessageWriter, using mac: inout MessageAuthenticator,
        into buffer: inout MutableRawSpan
    ) {
        let end = writer.count
        switch kind {
        case .sha1:
            guard let value = writer.reserve(.messageIntegrity, byteCount: 20, into: &buffer) else { return }
            let code = mac.sha1(
                key: key, word: buffer.bytes.uint32(at: 0), body: buffer.bytes.extracting(4..<end))
            buffer.store(code.span, at: value)
        case .sha256(let count):
            guard let value = writer.reserve(.messageIntegritySHA256, byteCount: count, into: &buffer) else { return }
            let code = mac.sha256(
                key: key, word: buffer.bytes.uint32(at: 0), body: buffer.bytes.extracting(4..<end))
            buffer.store(code.span.extracting(0..<count), at: value)
        }
    }

    /// Appends FINGERPRINT over everything so far [RFC 8489 14.7]; nothing may be appended behind it.
    public static func appendFingerprint(to writer: inout MessageWriter, into buffer: inout MutableRawSpan) {
        let end = writer.count
        guard let value = writer.reserve(.fingerprint, byteCount: 4, into: &buffer) else { return }
        buffer.store(uint32: CRC32.checksum(buffer.bytes.extracting(0..<end)) ^ fingerprintMask, at: value)
    }

    /// Which integrity attribute of a message counts: the stronger one, if it has both.
    public static func kind(of index: MessageIndex) -> IntegrityKind? {
        if let sha256 = index.messageIntegritySHA256 { return .sha256(count: Int(sha256.count)) }
        return index.messageIntegrity == nil ? nil : .sha1
    }

    /// Whether the integrity attribute that counts was made with `key`. The comparison takes the same time whether
    /// it was or not.
    public static func verifyIntegrity(
        _ datagram: RawSpan, _ index: MessageIndex, key: Span<UInt8>, using mac: inout MessageAuthenticator
    ) -> Bool {
        guard let range = index.messageIntegritySHA256 ?? index.messageIntegrity else { return false }
        // The code covers the header as if the message ended behind the integrity attribute [RFC 8489 14.5].
        let length = UInt32(range.upperBound - STUNHeader.byteCount)
        let word = datagram.uint32(at: 0) & 0xFFFF_0000 | length
        let body = datagram.extracting(4..<range.lowerBound - 4)
        let claimed = datagram.extracting(range.range)
        if index.messageIntegritySHA256 != nil {
            let code = mac.sha256(key: key, word: word, body: body)
            return ConstantTime.equal(claimed, code.span.extracting(0..<Int(range.count)))
        }
        let code = mac.sha1(key: key, word: word, body: body)
        return ConstantTime.equal(claimed, code.span)
    }

    /// Whether FINGERPRINT is absent or right [RFC 8489 14.7]. A message with a wrong one is to be dropped.
    public static func hasValidFingerprint(_ datagram: RawSpan, _ index: MessageIndex) -> Bool {
        guard let range = index.fingerprint else { return true }
        return CRC32.checksum(datagram.extracting(0..<range.lowerBound - 4)) ^ fingerprintMask
            == datagram.uint32(at: range.lowerBound)
    }

    private static var fingerprintMask: UInt32 { 0x5354_554E }
}
