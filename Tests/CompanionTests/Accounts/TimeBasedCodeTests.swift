import Foundation
import Testing

@testable import Companion

@Suite("Time-based codes")
struct TimeBasedCodeTests {
    static let secret = Array("12345678901234567890".utf8)

    @Test(
        "the vectors of RFC 6238 appendix B",
        arguments: [
            (59, "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"), (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"), (20_000_000_000, "65353130"),
        ])
    func vectors(_ seconds: Int64, _ code: String) {
        let step = TimeBasedCode.step(at: seconds * 1000)
        #expect(TimeBasedCode.code(secret: Self.secret, step: step, digits: 8) == code)
        #expect(TimeBasedCode.code(secret: Self.secret, step: step) == String(code.suffix(6)))
    }

    @Test("a code is taken one step early and one step late, and no more")
    func skew() {
        let now: Int64 = 1_111_111_111_000
        let present = TimeBasedCode.step(at: now)
        for offset in Int64(-3)...3 {
            let code = TimeBasedCode.code(secret: Self.secret, step: present + offset)
            let match = TimeBasedCode.matchingStep(secret: Self.secret, code: code, now: now, after: 0)
            #expect(match == (abs(offset) <= 1 ? present + offset : nil), "\(offset)")
        }
    }

    @Test("a step that was used, and those before it, match no more")
    func used() {
        let now: Int64 = 1_111_111_111_000
        let present = TimeBasedCode.step(at: now)
        let code = TimeBasedCode.code(secret: Self.secret, step: present)
        let before = TimeBasedCode.code(secret: Self.secret, step: present - 1)
        #expect(TimeBasedCode.matchingStep(secret: Self.secret, code: code, now: now, after: present) == nil)
        #expect(TimeBasedCode.matchingStep(secret: Self.secret, code: before, now: now, after: present) == nil)
    }

    @Test("the address for authenticator apps names issuer and account, escaped")
    func uri() {
        let uri = TimeBasedCode.uri(secret: Self.secret, issuer: "Tern & Co", account: "a+b@example.org")
        #expect(
            uri == "otpauth://totp/Tern%20%26%20Co:a%2Bb%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
                + "&issuer=Tern%20%26%20Co&algorithm=SHA1&digits=6&period=30")
    }

    @Test("the picture is plain shapes with a quiet zone, and nothing for a text that is too long")
    func picture() throws {
        let svg = try #require(QRCodePicture.svg(of: "otpauth://totp/x?secret=abc"))
        #expect(svg.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 "))
        #expect(svg.contains("M4 4h7v1h-7z"))  // the finder pattern's first row
        #expect(!svg.contains("script") && !svg.contains("href"))
        #expect(QRCodePicture.svg(of: String(repeating: "x", count: 2000)) == nil)
        #expect(QRCodePicture.svg(of: "") == nil)
    }
}
