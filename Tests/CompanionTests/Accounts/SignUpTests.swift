import Foundation
import Store
import Testing

@testable import Companion

@Suite("Signing up")
struct SignUpTests {
    static let email = "anna@example.org"

    @Test("a key that came by mail activates the account once")
    func activation() async throws {
        let world = try AccountsWorld()
        try await world.signUp(Self.email)
        #expect(await failure { try await world.signIn(Self.email) }?.code == "account_not_activated")
        let key = try await world.value("key", to: Self.email)
        try await world.accounts.activate(email: Self.email, key: key, address: AccountsWorld.home)
        _ = try await world.grant(Self.email)
        #expect(
            await failure {
                try await world.accounts.activate(email: Self.email, key: key, address: AccountsWorld.home)
            }?.code == "key_refused")
    }

    @Test("a key may be typed with blanks, without dashes and in capitals")
    func typed() async throws {
        let world = try AccountsWorld()
        try await world.signUp(Self.email)
        let key = try await world.value("key", to: Self.email).uppercased().replacing("-", with: " ")
        try await world.accounts.activate(email: "Anna@Example.org", key: key, address: AccountsWorld.home)
    }

    @Test("a key ends after its time")
    func expiry() async throws {
        let world = try AccountsWorld()
        try await world.signUp(Self.email)
        let key = try await world.value("key", to: Self.email)
        world.clock.advance(seconds: 24 * 3600)
        #expect(
            await failure {
                try await world.accounts.activate(email: Self.email, key: key, address: AccountsWorld.home)
            }?.code == "key_refused")
    }

    @Test("five wrong keys make the right one void, and a new one can be asked for")
    func attempts() async throws {
        let world = try AccountsWorld()
        try await world.signUp(Self.email)
        let key = try await world.value("key", to: Self.email)
        for _ in 0..<5 {
            #expect(
                await failure {
                    try await world.accounts.activate(
                        email: Self.email, key: "aaaa-bbbb-cccc-dddd", address: AccountsWorld.home)
                }?.code == "key_refused")
        }
        #expect(
            await failure {
                try await world.accounts.activate(email: Self.email, key: key, address: AccountsWorld.home)
            }?.code == "key_refused")
        try await world.accounts.resendActivation(email: Self.email, address: AccountsWorld.home)
        try await world.accounts.activate(
            email: Self.email, key: world.value("key", to: Self.email), address: AccountsWorld.home)
    }

    @Test("a key is bound to its account")
    func bound() async throws {
        let world = try AccountsWorld()
        try await world.signUp(Self.email)
        try await world.signUp("eve@example.org")
        let key = try await world.value("key", to: "eve@example.org")
        #expect(
            await failure {
                try await world.accounts.activate(email: Self.email, key: key, address: AccountsWorld.home)
            }?.code == "key_refused")
    }

    @Test("known, pending and unknown addresses are answered alike, and the owner of an account is told")
    func noEnumeration() async throws {
        let world = try AccountsWorld()
        try await world.makePerson("known@example.org")
        try await world.signUp("pending@example.org")
        for email in ["known@example.org", "pending@example.org", "unknown@example.org"] {
            try await world.signUp(email)
            try await world.accounts.forgot(email: email, address: AccountsWorld.home)
            try await world.accounts.resendActivation(email: email, address: AccountsWorld.home)
        }
        let subjects = try await world.messages().filter { $0.to == "known@example.org" }.map(\.subject)
        #expect(
            subjects == [
                "Activate your account with Tern", "You have an account with Tern", "Choose a new password for Tern",
            ])
    }

    @Test("an address that two people claim takes the password of who holds the key")
    func claimedTwice() async throws {
        let world = try AccountsWorld()
        try await world.accounts.signUp(
            email: Self.email, password: "Attacker4choice", name: "Eve", address: AccountsWorld.elsewhere)
        world.clock.advance(seconds: 1)
        try await world.signUp(Self.email)
        let key = try await world.value("key", to: Self.email)
        #expect(
            await failure {
                try await world.accounts.activate(email: Self.email, key: key, address: AccountsWorld.home)
            }?.code == "password_required")
        try await world.accounts.activate(
            email: Self.email, key: key, password: AccountsWorld.password, address: AccountsWorld.home)
        #expect(
            await failure { try await world.signIn(Self.email, password: "Attacker4choice") }?.code == "sign_in_refused"
        )
        _ = try await world.grant(Self.email)
    }

    @Test("a mailbox cannot be filled by strangers")
    func mailLimit() async throws {
        let world = try AccountsWorld()
        for number in 0..<20 { try await world.signUp(Self.email, from: "203.0.113.\(number)") }
        #expect(try await world.messages().count == 5)
    }

    @Test("one source cannot make accounts without end")
    func sourceLimit() async throws {
        let world = try AccountsWorld()
        var refused = 0
        for number in 0..<40 {
            let answer = await failure { try await world.signUp("p\(number)@example.org") }
            if let answer {
                #expect(answer.status == 429 && answer.retryAfterSeconds ?? 0 > 0)
                refused += 1
            }
        }
        #expect(refused == 10)
        try await world.signUp("late@example.org", from: AccountsWorld.elsewhere)
    }

    @Test("a key by text message is short-lived, and goes to the telephone only when that is switched on")
    func text() async throws {
        var settings = CompanionSettings()
        settings.accounts.activationChannel = .text
        let world = try AccountsWorld(settings: settings)
        try await world.accounts.signUp(
            email: Self.email, password: AccountsWorld.password, name: "Anna", phone: "+43 660 1234567",
            address: AccountsWorld.home)
        let message = try await world.lastMessage(to: "+436601234567")
        #expect(message.kind == .text)
        let key = String(message.body.prefix(9))
        world.clock.advance(seconds: 601)
        #expect(
            await failure {
                try await world.accounts.activate(email: Self.email, key: key, address: AccountsWorld.home)
            }?.code == "key_refused")
    }

    @Test("nothing personal and no key is in the files of the database")
    func sealed() async throws {
        let world = try AccountsWorld()
        try await world.accounts.signUp(
            email: Self.email, password: AccountsWorld.password, name: "Annamaria Bergström", phone: "+436601234567",
            address: AccountsWorld.home)
        let key = try await world.value("key", to: Self.email)
        try await world.accounts.resendActivation(email: Self.email, address: AccountsWorld.home)
        let files = try FileManager.default.contentsOfDirectory(
            at: world.companion.folder, includingPropertiesForKeys: nil)
        let raw = try files.map { try Data(contentsOf: $0) }.reduce(Data(), +)
        for marker in [Self.email, "Annamaria", "436601234567", key, AccountsWorld.password, "activate"] {
            #expect(raw.range(of: Data(marker.utf8)) == nil, "\(marker)")
        }
    }

    @Test("a password that is refused says why")
    func weakPassword() async throws {
        let world = try AccountsWorld()
        let answer = await failure {
            try await world.accounts.signUp(
                email: Self.email, password: "Password1", name: "Anna", address: AccountsWorld.home)
        }
        #expect(answer?.code == "password_refused")
        #expect(answer?.message.hasPrefix("This password is among") == true)
    }

    @Test("a closed installation takes invitations only")
    func closed() async throws {
        var settings = CompanionSettings()
        settings.accounts.signUpOpen = false
        let world = try AccountsWorld(settings: settings)
        #expect(await failure { try await world.signUp(Self.email) }?.code == "sign_up_closed")
        let admin = try await world.administrator()
        let person = try await world.accounts.invite(email: Self.email, name: "Anna", role: .user, by: admin)
        #expect(person.state == .pending)
        try await world.accounts.activate(
            email: Self.email, key: world.value("key", to: Self.email), password: AccountsWorld.password,
            address: AccountsWorld.home)
        _ = try await world.grant(Self.email)
    }
}
