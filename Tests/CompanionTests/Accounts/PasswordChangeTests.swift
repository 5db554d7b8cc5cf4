import Store
import Testing

@testable import Companion

@Suite("Changing and resetting passwords")
struct PasswordChangeTests {
    static let email = "anna@example.org"
    static let newPassword = "Another8tiger-x"

    @Test("a change needs the current password, ends all other sessions and leaves this one")
    func change() async throws {
        let world = try AccountsWorld()
        try await world.makePerson(Self.email)
        let (here, there) = (try await world.grant(Self.email), try await world.grant(Self.email))
        let principal = try await world.principal(here)
        #expect(
            await failure {
                try await world.accounts.changePassword(current: "Wrong7guess", new: Self.newPassword, by: principal)
            }?.code == "password_wrong")
        try await world.accounts.changePassword(
            current: AccountsWorld.password, new: Self.newPassword, by: principal)
        #expect(world.endedSessions == [there.sessionID])
        #expect(world.signedOutPeople == [])
        #expect(try await world.sessions.authenticate(token: there.token, address: AccountsWorld.home) == nil)
        _ = try await world.principal(here)
        #expect(await failure { try await world.signIn(Self.email) }?.code == "sign_in_refused")
        _ = try await world.grant(Self.email, password: Self.newPassword)
        #expect(try await world.lastMessage(to: Self.email).subject == "The password was changed - Tern")
    }

    @Test("guesses of the current password are slowed down in a session too")
    func changeGuessed() async throws {
        let world = try AccountsWorld()
        try await world.makePerson(Self.email)
        let principal = try await world.principal(world.grant(Self.email))
        var codes: [String?] = []
        for _ in 0..<6 {
            codes.append(
                await failure {
                    try await world.accounts.changePassword(current: "Wrong7guess", new: "x", by: principal)
                }?.code)
        }
        #expect(codes == Array(repeating: "password_wrong", count: 5) + ["too_many"])
    }

    @Test("a link resets the password once, within its time, and ends all sessions")
    func reset() async throws {
        let world = try AccountsWorld()
        let person = try await world.makePerson(Self.email)
        let grant = try await world.grant(Self.email)
        try await world.accounts.forgot(email: Self.email, address: AccountsWorld.home)
        let token = try await world.value("token", to: Self.email)
        try await world.accounts.reset(token: token, password: Self.newPassword, address: AccountsWorld.home)
        #expect(world.endedSessions == [grant.sessionID])
        #expect(world.signedOutPeople == [person])
        #expect(try await world.sessions.authenticate(token: grant.token, address: AccountsWorld.home) == nil)
        #expect(
            await failure {
                try await world.accounts.reset(token: token, password: Self.newPassword, address: AccountsWorld.home)
            }?.code == "token_refused")
        _ = try await world.grant(Self.email, password: Self.newPassword)
        let types = try await world.companion.rows().map(\.type)
        #expect(types.contains("password.reset") && types.contains("password.reset.requested"))
    }

    @Test("a link ends after its time, and with the next one")
    func resetExpiry() async throws {
        let world = try AccountsWorld()
        try await world.makePerson(Self.email)
        try await world.accounts.forgot(email: Self.email, address: AccountsWorld.home)
        let first = try await world.value("token", to: Self.email)
        try await world.accounts.forgot(email: Self.email, address: AccountsWorld.home)
        let second = try await world.value("token", to: Self.email)
        #expect(first != second)
        for (token, wait) in [(first, Int64(0)), (second, 1801)] {
            world.clock.advance(seconds: wait)
            #expect(
                await failure {
                    try await world.accounts.reset(
                        token: token, password: Self.newPassword, address: AccountsWorld.home)
                }?.code == "token_refused")
        }
    }

    @Test("of two who come with one link, one resets")
    func resetRace() async throws {
        let world = try AccountsWorld()
        try await world.makePerson(Self.email)
        try await world.accounts.forgot(email: Self.email, address: AccountsWorld.home)
        let token = try await world.value("token", to: Self.email)
        let refusals = await withTaskGroup { group in
            for number in 0..<4 {
                group.addTask {
                    await failure {
                        try await world.accounts.reset(
                            token: token, password: "Another\(number)tiger-x", address: AccountsWorld.home)
                    }
                }
            }
            return await group.reduce(into: [String]()) { if let code = $1?.code { $0.append(code) } }
        }
        #expect(refusals == ["token_refused", "token_refused", "token_refused"])
    }

    @Test("a reset leaves the second factor on")
    func resetKeepsSecondFactor() async throws {
        let world = try AccountsWorld()
        try await world.makePerson(Self.email)
        let app = try await world.switchTOTPOn(Self.email)
        try await world.accounts.forgot(email: Self.email, address: AccountsWorld.home)
        try await world.accounts.reset(
            token: world.value("token", to: Self.email), password: Self.newPassword, address: AccountsWorld.home)
        let challenge = try await world.challenge(Self.email, password: Self.newPassword)
        world.clock.advance(seconds: 30)
        _ = try await world.sessions.completeTOTP(
            challenge: challenge, code: app.code(at: world.clock.now), address: AccountsWorld.home, agent: "")
    }

    @Test("a weak new password leaves the link valid")
    func weakReset() async throws {
        let world = try AccountsWorld()
        try await world.makePerson(Self.email)
        try await world.accounts.forgot(email: Self.email, address: AccountsWorld.home)
        let token = try await world.value("token", to: Self.email)
        #expect(
            await failure {
                try await world.accounts.reset(token: token, password: "short", address: AccountsWorld.home)
            }?.code == "password_refused")
        try await world.accounts.reset(token: token, password: Self.newPassword, address: AccountsWorld.home)
    }
}
