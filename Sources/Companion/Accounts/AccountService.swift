import Foundation
import Logging
import Store
import Vault

/// Accounts: how they begin, how their passwords and second factors change, and what administrators do to them.
///
/// Whoever is not signed in learns nothing of who has an account: the answer is the same, and so is the work.
public final class AccountService: Sendable {
    let core: CompanionCore
    let mail: MailService
    let limiter: AttemptLimiter
    let events: SessionEvents

    /// The accounts of `core`; messages go through `mail`, and those who listen to `events` learn of each session that
    /// ends with a change.
    public init(core: CompanionCore, mail: MailService, events: SessionEvents) {
        self.core = core
        self.mail = mail
        self.events = events
        limiter = AttemptLimiter(core: core)
    }

    var settings: AccountSettings { core.settings.accounts }
    var policy: PasswordPolicy { PasswordPolicy(profile: settings.passwordProfile) }

    // MARK: Steps that several operations share

    func check(password: String, personal: [String]) throws {
        do {
            try policy.check(password, personal: personal)
        } catch {
            throw ServiceFailure(code: "password_refused", status: 400, message: error.message.sentence)
        }
    }

    func checked(email: String) throws -> ElectronicAddress {
        guard let address = ElectronicAddress(email) else {
            throw ServiceFailure.invalid("This is no address that mail can be sent to.")
        }
        return address
    }

    func checked(name: String) throws -> String {
        guard let name = PersonName.checked(name) else {
            throw ServiceFailure.invalid("A name has 1 to \(PersonName.charactersMax) visible characters.")
        }
        return name
    }

    /// Counts something that a stranger asks for; refused when the source asks too often.
    func charge(source address: String) async throws {
        let bucket = AttemptLimiter.Bucket.request(source: AttemptLimiter.source(address))
        let wait = try await core.store.write { [limiter] in try limiter.charge([bucket], $0) }
        if let wait { throw ServiceFailure.tooMany(retryAfterSeconds: Int((wait + 999) / 1000)) }
    }

    /// Whether one more message may go to an address now: strangers cannot fill a mailbox.
    func mayWrite(to account: [UInt8], _ connection: any StoreConnection) throws -> Bool {
        try limiter.charge([.message(account: account)], connection) == nil
    }

    func audit(
        _ type: AuditType, _ outcome: AuditOutcome = .success, requester: String?, owner: String?, _ message: String,
        _ extra: [String: AuditValue] = [:], address: String, _ connection: any StoreConnection
    ) throws {
        try connection.audit(
            AuditEvent(
                type: type, outcome: outcome, requester: requester, owner: owner, message: message, extra: extra,
                address: address),
            core.surroundings)
    }

    /// Tells the owner of an account of a change.
    func notify(_ person: PersonRecord, _ change: MessageText.Notice, _ connection: any StoreConnection) throws {
        try mail.enqueue(.mail, to: try core.email(of: person), .notice(core.settings, change), connection)
    }
}

extension String {
    /// With a capital and a full stop.
    fileprivate var sentence: String { prefix(1).uppercased() + dropFirst() + "." }
}
