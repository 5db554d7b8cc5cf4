import Foundation

/// What a password must have.
public enum PasswordProfile: String, Sendable, CaseIterable {
    /// 8 characters or more, with an upper-case letter, a lower-case letter and a digit.
    case standard = "default"
    /// 15 characters or more and no rule about their kinds [NIST SP 800-63B-4 3.1.1.2].
    case nist
}

/// Judges new passwords.
public struct PasswordPolicy: Sendable {
    /// UTF-8 bytes of a password at most; a longer one is refused and never cut.
    public static let bytesMax = 1024
    /// Characters of a password under ``PasswordProfile/standard``.
    public static let charactersMinDefault = 8
    /// Characters of a password under ``PasswordProfile/nist``: it is the only factor of those without TOTP.
    public static let charactersMinNIST = 15
    /// Characters that digits and signs around a frequent word may add without making it a password of its own.
    static let decorationMax = 4
    /// Letters from which on a word inside a password counts.
    static let wordMin = 5

    /// The rules in force.
    public let profile: PasswordProfile

    /// A policy with the rules of `profile`.
    public init(profile: PasswordProfile) { self.profile = profile }

    /// Why a password is not taken.
    public enum Refusal: Error, Sendable, Equatable {
        /// Fewer characters than this.
        case tooShort(Int)
        /// More than ``PasswordPolicy/bytesMax``.
        case tooLong
        /// One of the three kinds of characters is missing.
        case kinds
        /// It is among the passwords that are tried first, or built from one.
        case common
        /// It is built from the person's own address or name.
        case personal

        /// One line for the person.
        public var message: String {
            switch self {
            case .tooShort(let count): "choose a password of \(count) characters or more"
            case .tooLong: "choose a password of \(PasswordPolicy.bytesMax) bytes or less"
            case .kinds: "choose a password with an upper-case letter, a lower-case letter and a digit"
            case .common: "this password is among those that are guessed first; choose another one"
            case .personal: "choose a password that does not hold your address or name"
            }
        }
    }

    /// The form that is hashed: one sequence of bytes for what looks the same on every keyboard (NFC).
    public static func normalized(_ password: String) -> String { password.precomposedStringWithCanonicalMapping }

    /// Judges `password` for a person with these words of their own (address, name).
    public func check(_ password: String, personal: [String] = []) throws(Refusal) {
        guard password.utf8.count <= Self.bytesMax else { throw .tooLong }
        let password = Self.normalized(password)
        guard password.utf8.count <= Self.bytesMax else { throw .tooLong }
        let minimum = profile == .nist ? Self.charactersMinNIST : Self.charactersMinDefault
        guard password.count >= minimum else { throw .tooShort(minimum) }
        if profile == .standard {
            guard password.contains(where: \.isUppercase), password.contains(where: \.isLowercase),
                password.contains(where: \.isNumber)
            else { throw .kinds }
        }
        let folded = password.lowercased()
        if Self.isCommon(folded) { throw .common }
        for word in personal.flatMap(Self.words) where Self.isBuilt(folded, from: word) { throw .personal }
    }

    /// Whether a password in lower case is on the list, is a word of the list with little around it, or repeats a
    /// few characters.
    static func isCommon(_ folded: String) -> Bool {
        if common.contains(folded) || Set(folded).count < wordMin { return true }
        let plain = unsubstituted(folded)
        if common.contains(plain) { return true }
        for form in [folded, plain] {
            let core = trimmed(form)
            if core.count >= wordMin, form.count - core.count <= decorationMax, common.contains(core) { return true }
        }
        return false
    }

    private static func isBuilt(_ folded: String, from word: String) -> Bool {
        guard folded.contains(word) else { return false }
        return folded.count - word.count <= decorationMax + wordMin
    }

    /// The parts of an address or name that are long enough to matter.
    private static func words(_ text: String) -> [String] {
        let folded = text.lowercased()
        return [folded] + folded.split { !$0.isLetter && !$0.isNumber }.map(String.init).filter { $0.count >= wordMin }
    }

    /// Without what is not a letter at both ends.
    private static func trimmed(_ text: String) -> String {
        guard let first = text.firstIndex(where: \.isLetter), let last = text.lastIndex(where: \.isLetter) else {
            return ""
        }
        return String(text[first...last])
    }

    /// With the usual stand-ins for letters taken back.
    private static func unsubstituted(_ text: String) -> String { String(text.map { standIns[$0] ?? $0 }) }

    private static let standIns: [Character: Character] = [
        "0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i",
    ]

    private static let common = Set(CommonPasswords.text.split(whereSeparator: \.isWhitespace).map(String.init))
}
