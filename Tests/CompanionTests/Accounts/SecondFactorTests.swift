import Store
import Testing

@testable import Companion

@Suite("Second factor")
struct SecondFactorTests {
    static let email = "anna@example.org"

    private func world() async throws -> (AccountsWorld, AuthenticatorApp) {
        let world = try AccountsWorld()
        try await world.makePerson(Self.email)
        let app = try await world.switchTOTPOn(Self.email)
        // The code that switched it on is used up.
        world.clock.advance(seconds: 30)
        return (world, app)
    }

    private func complete(
        _ world: AccountsWorld, _ challenge: String, _ code: String, from address: String = AccountsWorld.home
    ) async throws -> SessionGrant {
        try await world.sessions.completeTOTP(challenge: challenge, code: code, address: address, agent: "")
    }

    @Test("the secret counts when a code of it was seen, and signing in asks for it from then on")
    func setUp() async throws {
        let world = try AccountsWorld()
        try await world.makePerson(Self.email)
        let principal = try await world.principal(world.grant(Self.email))
        let setup = try await world.accounts.beginTOTP(password: AccountsWorld.password, by: principal)
        #expect(setup.uri.contains("secret=\(setup.secret)&"))
        _ = try await world.grant(Self.email)
        #expect(
            await failure { try await world.accounts.confirmTOTP(code: "000000", by: principal) }?.code
                == "code_refused")
        let other = try await world.grant(Self.email)
        let code = TimeBasedCode.code(
            secret: AuthenticatorApp.bytes(setup.secret), step: TimeBasedCode.step(at: world.clock.now))
        let codes = try await world.accounts.confirmTOTP(code: code, by: principal)
        #expect(Set(codes).count == 10)
        #expect(world.endedSessions.contains(other.sessionID))
        _ = try await world.challenge(Self.email)
        #expect(try await world.accounts.me(principal).totp)
    }

    @Test("switching on needs the password")
    func setUpNeedsPassword() async throws {
        let world = try AccountsWorld()
        try await world.makePerson(Self.email)
        let principal = try await world.principal(world.grant(Self.email))
        #expect(
            await failure { try await world.accounts.beginTOTP(password: "Wrong7guess", by: principal) }?.code
                == "password_wrong")
    }

    @Test("a code is taken once, also for another sign-in")
    func replay() async throws {
        let (world, app) = try await world()
        let code = app.code(at: world.clock.now)
        let (first, second) = (try await world.challenge(Self.email), try await world.challenge(Self.email))
        // The first sign-in that succeeds uses the others up.
        _ = try await complete(world, first, code)
        #expect(await failure { try await complete(world, second, code) }?.code == "challenge_over")
        let third = try await world.challenge(Self.email)
        #expect(await failure { try await complete(world, third, code) }?.code == "code_refused")
    }

    @Test("the code that switched the second factor on signs nobody in")
    func replayOfFirstCode() async throws {
        let world = try AccountsWorld()
        try await world.makePerson(Self.email)
        let app = try await world.switchTOTPOn(Self.email)
        let challenge = try await world.challenge(Self.email)
        #expect(
            await failure { try await complete(world, challenge, app.code(at: world.clock.now)) }?.code
                == "code_refused")
    }

    @Test("an earlier code is refused after a later one")
    func earlier() async throws {
        let (world, app) = try await world()
        let before = app.code(at: world.clock.now - 30_000), present = app.code(at: world.clock.now)
        _ = try await complete(world, world.challenge(Self.email), present)
        let challenge = try await world.challenge(Self.email)
        #expect(await failure { try await complete(world, challenge, before) }?.code == "code_refused")
    }

    @Test("of many who come with one code at once, exactly one signs in", arguments: 0..<5)
    func race(_ round: Int) async throws {
        let (world, app) = try await world()
        let code = app.code(at: world.clock.now)
        var challenges: [String] = []
        for _ in 0..<4 { challenges.append(try await world.challenge(Self.email)) }
        let wins = await withTaskGroup { [challenges] group in
            for challenge in challenges {
                group.addTask { (try? await complete(world, challenge, code)) != nil }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(wins == 1)
    }

    @Test("a sign-in has five codes and five minutes")
    func attempts() async throws {
        let (world, app) = try await world()
        let challenge = try await world.challenge(Self.email)
        for _ in 0..<5 {
            #expect(await failure { try await complete(world, challenge, "000000") }?.code == "code_refused")
        }
        let right = app.code(at: world.clock.now)
        #expect(await failure { try await complete(world, challenge, right) }?.code == "challenge_over")
        let late = try await world.challenge(Self.email)
        world.clock.advance(seconds: 301)
        #expect(
            await failure { try await complete(world, late, app.code(at: world.clock.now)) }?.code == "challenge_over")
    }

    @Test("who has the password cannot try codes without end, and does not lock the person out")
    func guessing() async throws {
        let (world, app) = try await world()
        _ = try await complete(world, world.challenge(Self.email), app.code(at: world.clock.now))
        world.clock.advance(seconds: 60)
        for number in 0..<8 {
            let address = "203.0.113.\(number)"
            let challenge = try await world.challenge(Self.email, from: address)
            for _ in 0..<5 { _ = await failure { try await complete(world, challenge, "000000", from: address) } }
        }
        let judged = try await world.refusals(.mfaFailed)
        #expect(judged.filter { $0.contains("delayed") }.count == 20)
        let stranger = try await world.challenge(Self.email, from: AccountsWorld.elsewhere)
        let code = app.code(at: world.clock.now)
        #expect(
            await failure { try await complete(world, stranger, code, from: AccountsWorld.elsewhere) }?.code
                == "code_refused")
        _ = try await complete(world, world.challenge(Self.email), code)
    }

    @Test("a recovery code signs in once")
    func recovery() async throws {
        let (world, app) = try await world()
        let code = app.recoveryCodes[3]
        let typed = code.uppercased().replacing("-", with: " ")
        _ = try await complete(world, world.challenge(Self.email), typed)
        let challenge = try await world.challenge(Self.email)
        #expect(await failure { try await complete(world, challenge, code) }?.code == "code_refused")
        #expect(try await world.companion.rows().contains { $0.type == "mfa.recovery.used" && $0.extra.contains("9") })
    }

    @Test("a recovery code of somebody else is refused")
    func othersRecovery() async throws {
        let (world, _) = try await world()
        try await world.makePerson("eve@example.org")
        let eve = try await world.switchTOTPOn("eve@example.org")
        let challenge = try await world.challenge(Self.email)
        #expect(await failure { try await complete(world, challenge, eve.recoveryCodes[0]) }?.code == "code_refused")
    }

    @Test("switching off needs the password and a code, and forgets the recovery codes")
    func switchOff() async throws {
        let (world, app) = try await world()
        let principal = try await world.principal(
            complete(world, world.challenge(Self.email), app.code(at: world.clock.now)))
        world.clock.advance(seconds: 30)
        #expect(
            await failure {
                try await world.accounts.disableTOTP(
                    password: "Wrong7guess", code: app.code(at: world.clock.now), by: principal)
            }?.code == "password_wrong")
        #expect(
            await failure {
                try await world.accounts.disableTOTP(
                    password: AccountsWorld.password, code: "000000", by: principal)
            }?.code == "code_refused")
        try await world.accounts.disableTOTP(
            password: AccountsWorld.password, code: app.code(at: world.clock.now), by: principal)
        _ = try await world.grant(Self.email)
        let left = try await world.companion.store.read { try $0.recoveryCodesLeft(of: principal.personID) }
        #expect(left == 0)
    }

    @Test("a challenge that nobody was given opens nothing", arguments: ["", "x", String(repeating: "A", count: 43)])
    func madeUp(_ challenge: String) async throws {
        let (world, app) = try await world()
        let code = app.code(at: world.clock.now)
        #expect(await failure { try await complete(world, challenge, code) }?.code == "challenge_over")
    }
}
