import Foundation
import Integrity

/// Time-based one-time passwords [RFC 6238] as every authenticator app computes them: HMAC-SHA1, 6 digits, 30 s.
public enum TimeBasedCode {
    /// Bytes of a secret [RFC 4226 4, R6: 160 bits].
    public static let secretBytes = 20
    /// Seconds a code stands for.
    public static let stepSeconds: Int64 = 30
    /// Digits of a code.
    public static let digits = 6
    /// Steps before and after the present one that are taken too: clocks differ, and typing takes time [RFC 6238 5.2].
    public static let skewSteps: Int64 = 1

    /// The step of a time in milliseconds since 1970.
    public static func step(at milliseconds: Int64) -> Int64 { milliseconds / 1000 / stepSeconds }

    /// The code of a step [RFC 4226 5.3].
    public static func code(secret: [UInt8], step: Int64, digits: Int = digits) -> String {
        let counter = (0..<8).map { UInt8(truncatingIfNeeded: step >> (56 - 8 * $0)) }
        var authenticator = MessageAuthenticator()
        let mac = authenticator.sha1(key: secret.span, counter.span)
        let offset = Int(mac[19] & 15)
        var value: UInt32 = 0
        for index in offset..<offset + 4 { value = value << 8 | UInt32(mac[index]) }
        value &= 0x7FFF_FFFF
        var modulus: UInt32 = 1
        for _ in 0..<digits { modulus *= 10 }
        let text = String(value % modulus)
        return String(repeating: "0", count: digits - text.count) + text
    }

    /// The step whose code `code` is, if it is one of those taken now and newer than `lastStep`. Every step is
    /// compared, so the time says nothing about which it was.
    static func matchingStep(secret: [UInt8], code: String, now: Int64, after lastStep: Int64) -> Int64? {
        let given = Array(code.utf8)
        guard given.count == digits else { return nil }
        let present = step(at: now)
        var match: Int64?
        for step in (present - skewSteps)...(present + skewSteps) {
            let expected = Array(Self.code(secret: secret, step: step).utf8)
            if ConstantTime.equal(expected.span, given.span), step > lastStep { match = step }
        }
        return match
    }

    /// The address that sets an authenticator app up (Key URI format).
    public static func uri(secret: [UInt8], issuer: String, account: String) -> String {
        let issuer = PercentText.encode(issuer)
        return "otpauth://totp/\(issuer):\(PercentText.encode(account))?secret=\(Identifier.text(secret).uppercased())"
            + "&issuer=\(issuer)&algorithm=SHA1&digits=\(digits)&period=\(stepSeconds)"
    }
}
