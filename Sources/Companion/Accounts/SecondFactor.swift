import Store
import Vault

/// What proves more than the password: a code of an authenticator app, or one of the recovery codes.
struct SecondFactor: Sendable {
    /// How it was proven.
    enum Kind: String, Sendable {
        case app = "totp"
        case recovery = "recovery code"
    }

    /// Recovery codes a person gets.
    static let recoveryCodes = 10
    /// Bytes of randomness of one: they are hashed with a key, so a database alone gives none away.
    static let recoveryBytes = 10

    let core: CompanionCore

    /// Uses `code` up if it is right: the compare-and-set of the store says who was first.
    func take(_ code: String, of person: PersonRecord, _ connection: any StoreConnection) throws -> Kind? {
        let code = KeyText.plain(code)
        if code.utf8.count == TimeBasedCode.digits {
            guard let step = try matchingStep(code, of: person),
                try connection.takeTOTPStep(step, of: person.id)
            else { return nil }
            return .app
        }
        let hash = hash(code, of: person.id)
        guard try connection.takeRecoveryCode(of: person.id, hash: hash, at: core.now) else { return nil }
        try connection.audit(
            AuditEvent(
                type: .mfaRecoveryUsed, requester: person.id, owner: person.id, message: "a recovery code was used",
                extra: ["left": .integer(Int64(try connection.recoveryCodesLeft(of: person.id)))]),
            core.surroundings)
        return .recovery
    }

    /// The step of a code of the app, if it was not used.
    func matchingStep(_ code: String, of person: PersonRecord) throws -> Int64? {
        guard let sealed = person.totpSealed else { return nil }
        let secret = try core.vault.open(sealed, context: CompanionCore.people("totp", person.id))
        return TimeBasedCode.matchingStep(
            secret: secret, code: KeyText.plain(code), now: core.now, after: person.totpLastStep)
    }

    /// New recovery codes in place of the earlier ones; the only time they are seen.
    func newRecoveryCodes(of person: String, _ connection: any StoreConnection) throws -> [String] {
        let codes = (0..<Self.recoveryCodes).map { _ in
            KeyText.grouped(Identifier.text(core.surroundings.random(Self.recoveryBytes)))
        }
        try connection.replaceRecoveryCodes(of: person, hashes: codes.map { hash(KeyText.plain($0), of: person) })
        return codes
    }

    private func hash(_ code: String, of person: String) -> [UInt8] {
        core.vault.index("\(person) \(code)", purpose: "recovery code")
    }
}

/// Keys that people read and type: groups of four, in which capitals, blanks and dashes do not matter.
enum KeyText {
    /// Characters that are read of what was typed.
    static let charactersMax = 64

    static func grouped(_ text: String) -> String {
        var result = ""
        for (index, character) in text.enumerated() {
            if index > 0, index.isMultiple(of: 4) { result.append("-") }
            result.append(character)
        }
        return result
    }

    static func plain(_ typed: String) -> String {
        String(typed.prefix(charactersMax).lowercased().filter { $0 != "-" && !$0.isWhitespace })
    }
}
