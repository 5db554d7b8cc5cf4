import Integrity
import STUN

/// The keyed hashes of one client, on contexts that are set up once and shared by its copies.
final class ClientAuthenticator {
    private var authenticator = MessageAuthenticator()

    /// HMAC-SHA1 over the first `count` bytes of a message whose header is final.
    func sha1(_ key: [UInt8], header message: RawSpan, count: Int) -> [20 of UInt8] {
        authenticator.sha1(
            key: key.span, header: message.extracting(0..<STUNHeader.byteCount),
            body: message.extracting(STUNHeader.byteCount..<count))
    }

    /// HMAC-SHA256 over the first `count` bytes of a message whose header is final.
    func sha256(_ key: [UInt8], header message: RawSpan, count: Int) -> [32 of UInt8] {
        authenticator.sha256(
            key: key.span, header: message.extracting(0..<STUNHeader.byteCount),
            body: message.extracting(STUNHeader.byteCount..<count))
    }

    /// HMAC-SHA1 as the sender computed it: the length as if the message ended with the integrity [RFC 8489 14.5].
    func sha1(_ key: [UInt8], signed message: RawSpan, before integrity: ByteRange) -> [20 of UInt8] {
        let header = Self.header(message, ending: integrity.upperBound)
        return authenticator.sha1(
            key: key.span, header: header.span.bytes,
            body: message.extracting(STUNHeader.byteCount..<integrity.lowerBound - 4))
    }

    /// HMAC-SHA256 as the sender computed it [RFC 8489 14.6].
    func sha256(_ key: [UInt8], signed message: RawSpan, before integrity: ByteRange) -> [32 of UInt8] {
        let header = Self.header(message, ending: integrity.upperBound)
        return authenticator.sha256(
            key: key.span, header: header.span.bytes,
            body: message.extracting(STUNHeader.byteCount..<integrity.lowerBound - 4))
    }

    private static func header(_ message: RawSpan, ending end: Int) -> [UInt8] {
        var header = message.extracting(0..<STUNHeader.byteCount).copied()
        let length = UInt16(end - STUNHeader.byteCount)
        header[2] = UInt8(length >> 8)
        header[3] = UInt8(truncatingIfNeeded: length)
        return header
    }
}

/// FINGERPRINT [RFC 8489 14.7].
enum Fingerprint {
    /// Whether the value at `range` is the checksum of all before the attribute.
    static func holds(_ message: RawSpan, at range: ByteRange) -> Bool {
        message.uint32(at: range.lowerBound)
            == CRC32.checksum(message.extracting(0..<range.lowerBound - 4)) ^ 0x5354_554E
    }
}
