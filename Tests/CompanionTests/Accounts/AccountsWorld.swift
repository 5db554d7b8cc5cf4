import Foundation
import Store
import Synchronization
import Testing

@testable import Companion

/// A companion with accounts, sessions and mail that goes nowhere but here.
final class AccountsWorld: Sendable {
    let companion: TestCompanion
    let events = SessionEvents()
    let mail: MailService
    let accounts: AccountService
    let sessions: SessionService
    let sent = CollectingTransport()
    private let ended = Mutex<[String]>([])
    private let signedOut = Mutex<[String]>([])

    static let home = "192.0.2.10"
    static let elsewhere = "198.51.100.20"
    static let password = "Correct7horse"

    convenience init(settings: CompanionSettings = .unpaced) throws {
        try self.init(TestCompanion(settings: settings))
    }

    init(_ companion: TestCompanion) throws {
        self.companion = companion
        mail = MailService(core: companion.core, mail: sent, text: sent)
        accounts = AccountService(core: companion.core, mail: mail, events: events)
        sessions = SessionService(core: companion.core, events: events)
        events.onEnded { [weak self] ids in self?.ended.withLock { $0 += ids } }
        events.onSignedOut { [weak self] id in self?.signedOut.withLock { $0.append(id) } }
    }

    var clock: TestSurroundings { companion.surroundings }
    var endedSessions: [String] { ended.withLock { $0 } }
    var signedOutPeople: [String] { signedOut.withLock { $0 } }

    /// Everything that was written and not sent yet.
    func messages() async throws -> [OutgoingMessage] {
        try await mail.sendDue()
        return sent.messages
    }

    func lastMessage(to address: String) async throws -> OutgoingMessage {
        try #require(try await messages().last { $0.to == address })
    }

    /// What follows `name=` in the last message to this address.
    func value(_ name: String, to address: String) async throws -> String {
        let body = try await lastMessage(to: address).body
        let match = try #require(
            body.firstMatch(of: try Regex("[?&]\(name)=([^&\\s]+)", as: (Substring, Substring).self)))
        return String(match.output.1)
    }

    func signUp(_ email: String, from address: String = home) async throws {
        try await accounts.signUp(email: email, password: Self.password, name: "Anna Berg", address: address)
    }

    /// An active account.
    @discardableResult
    func makePerson(_ email: String, from address: String = home) async throws -> String {
        try await signUp(email, from: address)
        try await accounts.activate(email: email, key: value("key", to: email), address: address)
        return try #require(try await record(email)).id
    }

    func record(_ email: String) async throws -> PersonRecord? {
        let index = companion.core.emailIndex(ElectronicAddress(email)!)
        return try await companion.store.read { try $0.person(emailIndex: index) }
    }

    func signIn(
        _ email: String, password: String = password, from address: String = home
    ) async throws -> SignIn {
        try await sessions.signIn(email: email, password: password, address: address, agent: "Test/1")
    }

    func grant(_ email: String, password: String = password, from address: String = home) async throws -> SessionGrant {
        guard case .signedIn(let grant) = try await signIn(email, password: password, from: address) else {
            throw ServiceFailure.invalid("the second factor is on")
        }
        return grant
    }

    func challenge(_ email: String, password: String = password, from address: String = home) async throws -> String {
        guard case .totpRequired(let challenge) = try await signIn(email, password: password, from: address) else {
            throw ServiceFailure.invalid("the second factor is off")
        }
        return challenge
    }

    func principal(_ grant: SessionGrant, from address: String = home) async throws -> Principal {
        try #require(try await sessions.authenticate(token: grant.token, address: address))
    }

    func administrator() async throws -> Principal {
        let first = try #require(try await accounts.ensureAdministrator(email: "admin@example.org"))
        return try await principal(grant(first.email, password: first.password))
    }

    /// How the password or code was judged, in the order of the log.
    func refusals(_ type: AuditType = .signIn) async throws -> [String] {
        try await companion.rows().filter { $0.type == type.rawValue && $0.outcome == "failure" }.map(\.extra)
    }
}

/// Keeps what it is to send.
final class CollectingTransport: MailTransport {
    private let kept = Mutex<[OutgoingMessage]>([])
    private let failures = Mutex<[MailFailure]>([])

    let keepsMessages: Bool

    init(keepsMessages: Bool = false) { self.keepsMessages = keepsMessages }

    var messages: [OutgoingMessage] { kept.withLock { $0 } }

    /// The next messages fail like this.
    func fail(_ next: MailFailure...) { failures.withLock { $0 += next } }

    func send(_ message: OutgoingMessage) async throws(MailFailure) {
        if let failure = failures.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { throw failure }
        kept.withLock { $0.append(message) }
    }
}

/// The stable code of what `body` throws.
func failure<R>(_ body: () async throws -> R) async -> ServiceFailure? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? ServiceFailure
    }
}
