import Testing

@testable import Companion

/// What a person's telephone does.
struct AuthenticatorApp {
    let secret: [UInt8]
    let recoveryCodes: [String]

    func code(at milliseconds: Int64) -> String {
        TimeBasedCode.code(secret: secret, step: TimeBasedCode.step(at: milliseconds))
    }

    /// The bytes of a secret in Base32.
    static func bytes(_ text: String) -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        var bytes: [UInt8] = []
        var (buffer, bits) = (0, 0)
        for character in text {
            buffer = (buffer << 5 | alphabet.firstIndex(of: character)!) & 0xFFF
            bits += 5
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(buffer >> bits & 0xFF))
            }
        }
        return bytes
    }
}

extension AccountsWorld {
    /// Switches the second factor on from a new session.
    func switchTOTPOn(_ email: String) async throws -> AuthenticatorApp {
        let principal = try await principal(grant(email))
        let setup = try await accounts.beginTOTP(password: Self.password, by: principal)
        let secret = AuthenticatorApp.bytes(setup.secret)
        let code = TimeBasedCode.code(secret: secret, step: TimeBasedCode.step(at: clock.now))
        let codes = try await accounts.confirmTOTP(code: code, by: principal)
        return AuthenticatorApp(secret: secret, recoveryCodes: codes)
    }
}
