import Credentials
import Integrity
import STUN
import TestSupport

func hexadecimal(_ bytes: Span<UInt8>) -> String {
    bytes.indices.map { (bytes[$0] < 16 ? "0" : "") + String(bytes[$0], radix: 16) }.joined()
}

/// The bytes of a vector as RFCs print them: hexadecimal, a comment behind each word.
func vector(_ text: String) -> [UInt8] {
    text.split(separator: "\n").flatMap { line in
        line.prefix { $0 != "/" }.split(separator: " ").map { UInt8($0, radix: 16)! }
    }
}

/// Whether the fingerprint of a message is absent or right.
func hasValidFingerprint(_ bytes: [UInt8]) throws -> Bool {
    MessageSeal.hasValidFingerprint(bytes.span.bytes, try parse(bytes))
}

/// Whether the integrity of a message was made with `key`.
func hasIntegrity(_ bytes: [UInt8], key: [UInt8]) throws -> Bool {
    var mac = MessageAuthenticator()
    return MessageSeal.verifyIntegrity(bytes.span.bytes, try parse(bytes), key: key.span, using: &mac)
}
