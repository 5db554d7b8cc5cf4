import Testing

@testable import Companion

@Suite("Password policy")
struct PasswordPolicyTests {
    private func refusal(
        _ password: String, _ profile: PasswordProfile = .standard, personal: [String] = []
    ) -> PasswordPolicy.Refusal? {
        do throws(PasswordPolicy.Refusal) {
            try PasswordPolicy(profile: profile).check(password, personal: personal)
            return nil
        } catch {
            return error
        }
    }

    @Test("8 characters with an upper-case letter, a lower-case letter and a digit are taken, fewer are not")
    func standard() {
        #expect(refusal("Kn0tweed") == nil)
        #expect(refusal("Kn0twee") == .tooShort(8))
        #expect(refusal("kn0tweed") == .kinds)
        #expect(refusal("KN0TWEED") == .kinds)
        #expect(refusal("Knotweed") == .kinds)
        #expect(refusal("Äçµ7öüßé") == nil)
    }

    @Test("the nist profile asks for length only")
    func nist() {
        #expect(refusal("fourteen chars", .nist) == .tooShort(15))
        #expect(refusal("lower case and blanks", .nist) == nil)
        #expect(refusal("aaaaaaaaaaaaaaaaaaaa", .nist) == .common)
    }

    @Test(
        "what is guessed first is refused, also with capitals, stand-ins for letters and a few characters around it",
        arguments: ["Password1", "P@ssw0rd", "Dragon2024", "Letmein1!", "1Qaz2wsx", "Football12", "Aa1aa1aA1"])
    func common(_ password: String) { #expect(refusal(password) == .common) }

    @Test(
        "a frequent word in a longer phrase is no reason", arguments: ["Dragon-eats-7-apples", "MonkeyTheta42Quartz"])
    func phrase(_ password: String) { #expect(refusal(password) == nil) }

    @Test("the own address and name are refused")
    func personal() {
        #expect(refusal("Anderssen1", personal: ["anderssen@example.org"]) == .personal)
        #expect(refusal("Lindqvist99", personal: ["a@example.org", "Maria Lindqvist"]) == .personal)
    }

    @Test("1024 bytes are taken and not one is cut; one more is refused")
    func length() {
        let long = "aB3-" + String(repeating: "xyzuvw", count: 170)
        #expect(long.utf8.count == 1024)
        #expect(refusal(long) == nil)
        #expect(refusal(long + "x") == .tooLong)
        #expect(PasswordPolicy.normalized(long) == long)
    }

    @Test("what looks the same is the same: NFC")
    func normalised() {
        let composed = PasswordPolicy.normalized("Zu\u{308}rich123"),
            plain = PasswordPolicy.normalized("Z\u{FC}rich123")
        #expect(Array(composed.utf8) == Array(plain.utf8))
    }
}
