import Store
import Testing

@testable import Companion

@Suite("Sessions")
struct SessionTests {
    static let email = "anna@example.org"

    private func isAlive(_ world: AccountsWorld, _ grant: SessionGrant) async throws -> Bool {
        try await world.sessions.authenticate(token: grant.token, address: AccountsWorld.home) != nil
    }

    @Test("a session that is not used ends, one that is used goes on, and every one ends after a day")
    func lifetimes() async throws {
        let world = try AccountsWorld()
        try await world.makePerson(Self.email)
        let grant = try await world.grant(Self.email)
        for _ in 0..<26 {
            world.clock.advance(seconds: 3300)
            #expect(try await isAlive(world, grant))
        }
        world.clock.advance(seconds: 600)
        #expect(try await !isAlive(world, grant))
        let idle = try await world.grant(Self.email)
        world.clock.advance(seconds: 3599)
        let open = try await world.grant(Self.email)
        world.clock.advance(seconds: 1)
        #expect(try await !isAlive(world, idle))
        #expect(try await isAlive(world, open))
    }

    @Test("an open socket keeps a session alive, not beyond its day")
    func touch() async throws {
        let world = try AccountsWorld()
        try await world.makePerson(Self.email)
        let grant = try await world.grant(Self.email)
        for _ in 0..<23 {
            world.clock.advance(seconds: 3599)
            #expect(try await world.sessions.touch(sessionID: grant.sessionID))
        }
        world.clock.advance(seconds: 3599)
        #expect(try await world.sessions.touch(sessionID: grant.sessionID))
        world.clock.advance(seconds: 60)
        #expect(try await !world.sessions.touch(sessionID: grant.sessionID))
    }

    @Test("the sweep ends what time has ended and tells those who hold something for it")
    func sweep() async throws {
        let world = try AccountsWorld()
        let person = try await world.makePerson(Self.email)
        let grant = try await world.grant(Self.email)
        try await world.sessions.sweep()
        #expect(world.endedSessions == [])
        world.clock.advance(seconds: 3601)
        try await world.sessions.sweep()
        #expect(world.endedSessions == [grant.sessionID])
        #expect(world.signedOutPeople == [person])
        #expect(try await world.companion.rows().contains { $0.type == "session.logout" && $0.extra.contains("idle") })
    }

    @Test("people see and end their own sessions, administrators everybody's")
    func ownership() async throws {
        let world = try AccountsWorld()
        try await world.makePerson(Self.email)
        try await world.makePerson("eve@example.org")
        let (first, second) = (try await world.grant(Self.email), try await world.grant(Self.email))
        let (anna, eve) = (try await world.principal(first), try await world.principal(world.grant("eve@example.org")))
        #expect(try await Set(world.sessions.list(for: anna).map(\.id)) == [first.sessionID, second.sessionID])
        #expect(try await world.sessions.list(for: anna).first?.agent == "Test/1")
        #expect(await failure { try await world.sessions.end(second.sessionID, by: eve) } == .notFound)
        #expect(await failure { try await world.sessions.listAll(for: eve) } == .forbidden)
        #expect(await failure { try await world.sessions.endAll(of: anna.personID, by: eve) } == .forbidden)
        try await world.sessions.end(second.sessionID, by: anna)
        #expect(world.endedSessions == [second.sessionID])
        #expect(world.signedOutPeople == [])
        #expect(await failure { try await world.sessions.end(second.sessionID, by: anna) } == .notFound)
        let admin = try await world.administrator()
        #expect(try await world.sessions.listAll(for: admin).count == 3)
        try await world.sessions.end(first.sessionID, by: admin)
        #expect(try await !isAlive(world, first))
        #expect(world.signedOutPeople == [anna.personID])
    }

    @Test("a person has so many sessions, and a new one ends the oldest")
    func limit() async throws {
        var settings = CompanionSettings()
        settings.sessions.sessionsPerPersonMax = 3
        let world = try AccountsWorld(settings: settings)
        try await world.makePerson(Self.email)
        var grants: [SessionGrant] = []
        for _ in 0..<5 {
            world.clock.advance(seconds: 1)
            grants.append(try await world.grant(Self.email))
        }
        #expect(world.endedSessions == grants.prefix(2).map(\.sessionID))
        #expect(try await isAlive(world, grants[4]))
    }

    @Test("a ticket opens one socket, within its time, while its session lives")
    func tickets() async throws {
        let world = try AccountsWorld()
        try await world.makePerson(Self.email)
        let grant = try await world.grant(Self.email)
        let principal = try await world.principal(grant)
        let ticket = try await world.sessions.ticket(for: principal).ticket
        let redeemed = try await world.sessions.redeem(ticket: ticket, address: AccountsWorld.home)
        #expect(redeemed == principal)
        #expect(try await world.sessions.redeem(ticket: ticket, address: AccountsWorld.home) == nil)
        #expect(try await world.sessions.redeem(ticket: grant.token, address: AccountsWorld.home) == nil)
        let late = try await world.sessions.ticket(for: principal).ticket
        world.clock.advance(seconds: 30)
        #expect(try await world.sessions.redeem(ticket: late, address: AccountsWorld.home) == nil)
        let orphan = try await world.sessions.ticket(for: principal).ticket
        try await world.sessions.end(grant.sessionID, by: principal)
        #expect(try await world.sessions.redeem(ticket: orphan, address: AccountsWorld.home) == nil)
        #expect(await failure { try await world.sessions.ticket(for: principal) } == .notSignedIn)
    }

    @Test("of many who come with one ticket, one gets in")
    func ticketRace() async throws {
        let world = try AccountsWorld()
        try await world.makePerson(Self.email)
        let ticket = try await world.sessions.ticket(for: world.principal(world.grant(Self.email))).ticket
        let wins = await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    (try? await world.sessions.redeem(ticket: ticket, address: AccountsWorld.home)) != nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(wins == 1)
    }

    @Test("tickets that wait are few")
    func ticketLimit() async throws {
        let world = try AccountsWorld()
        try await world.makePerson(Self.email)
        let principal = try await world.principal(world.grant(Self.email))
        for _ in 0..<8 { _ = try await world.sessions.ticket(for: principal) }
        #expect(await failure { try await world.sessions.ticket(for: principal) }?.status == 429)
    }

    @Test("the token of changes goes with one session only")
    func csrf() async throws {
        let world = try AccountsWorld()
        try await world.makePerson(Self.email)
        let (first, second) = (try await world.grant(Self.email), try await world.grant(Self.email))
        #expect(SessionService.csrf(for: first.token) == first.csrf)
        #expect(SessionService.matches(csrf: first.csrf, token: first.token))
        #expect(!SessionService.matches(csrf: second.csrf, token: first.token))
        #expect(!SessionService.matches(csrf: "", token: first.token))
    }

    @Test("disabling a person ends the sessions at once, and the account opens again with its password")
    func disabled() async throws {
        let world = try AccountsWorld()
        let person = try await world.makePerson(Self.email)
        let grant = try await world.grant(Self.email)
        let admin = try await world.administrator()
        let changed = try await world.accounts.change(person, PersonChange(state: .disabled), by: admin)
        #expect(changed.state == .disabled)
        #expect(world.endedSessions == [grant.sessionID])
        #expect(world.signedOutPeople == [person])
        #expect(try await !isAlive(world, grant))
        #expect(await failure { try await world.signIn(Self.email) }?.code == "account_disabled")
        #expect(
            await failure { try await world.signIn(Self.email, password: "Wrong7guess") }?.code == "sign_in_refused")
        _ = try await world.accounts.change(person, PersonChange(state: .active), by: admin)
        _ = try await world.grant(Self.email)
    }

    @Test("a person who is disabled between password and code gets no session")
    func disabledBetween() async throws {
        let world = try AccountsWorld()
        let person = try await world.makePerson(Self.email)
        let app = try await world.switchTOTPOn(Self.email)
        world.clock.advance(seconds: 30)
        let challenge = try await world.challenge(Self.email)
        let admin = try await world.administrator()
        _ = try await world.accounts.change(person, PersonChange(state: .disabled), by: admin)
        #expect(
            await failure {
                try await world.sessions.completeTOTP(
                    challenge: challenge, code: app.code(at: world.clock.now), address: AccountsWorld.home, agent: "")
            }?.code == "challenge_over")
    }

    @Test("a change of role ends the sessions, and the last administrator stays one")
    func roles() async throws {
        let world = try AccountsWorld()
        let person = try await world.makePerson(Self.email)
        let grant = try await world.grant(Self.email)
        let admin = try await world.administrator()
        for change in [PersonChange(role: .user), PersonChange(state: .disabled)] {
            #expect(
                await failure { try await world.accounts.change(admin.personID, change, by: admin) }?.code
                    == "last_administrator")
        }
        #expect(try await world.sessions.authenticate(token: grant.token, address: AccountsWorld.home)?.role == .user)
        _ = try await world.accounts.change(person, PersonChange(role: .admin), by: admin)
        #expect(try await !isAlive(world, grant))
        _ = try await world.accounts.change(admin.personID, PersonChange(role: .user), by: admin)
    }

    @Test("administrators' work is refused to everybody else")
    func adminOnly() async throws {
        let world = try AccountsWorld()
        let person = try await world.makePerson(Self.email)
        let user = try await world.principal(world.grant(Self.email))
        let accounts = world.accounts
        #expect(await failure { try await accounts.people(by: user) } == .forbidden)
        #expect(
            await failure { try await accounts.invite(email: "x@y.zz", name: "X", role: .admin, by: user) }
                == .forbidden)
        #expect(
            await failure { try await accounts.change(person, PersonChange(role: .admin), by: user) } == .forbidden)
        #expect(await failure { try await accounts.resetByAdministrator(person, by: user) } == .forbidden)
        #expect(await failure { try await accounts.removeTOTP(of: person, by: user) } == .forbidden)
        #expect(
            await failure {
                try await accounts.removeTOTP(of: person, password: AccountsWorld.password, code: nil, by: user)
            } == .forbidden)
    }

    @Test("the list of people is searched by name and address")
    func people() async throws {
        let world = try AccountsWorld()
        let person = try await world.makePerson(Self.email)
        _ = try await world.grant(Self.email)
        let admin = try await world.administrator()
        #expect(try await world.accounts.people(by: admin).count == 2)
        let found = try await world.accounts.people(query: "BERG", by: admin)
        #expect(found.map(\.person.id) == [person] && found[0].sessions == 1 && found[0].lastSeenAt == world.clock.now)
        #expect(try await world.accounts.people(query: "anna@", by: admin).count == 1)
        #expect(try await world.accounts.people(query: "nobody", by: admin).isEmpty)
        #expect(try await Set(world.accounts.contacts().map(\.name)) == ["Administrator", "Anna Berg"])
    }

    @Test("an administrator's reset ends the sessions and sends the link; a lost telephone can be removed")
    func adminReset() async throws {
        let world = try AccountsWorld()
        let person = try await world.makePerson(Self.email)
        _ = try await world.switchTOTPOn(Self.email)
        let admin = try await world.administrator()
        try await world.accounts.resetByAdministrator(person, by: admin)
        #expect(world.signedOutPeople == [person])
        try await world.accounts.reset(
            token: world.value("token", to: Self.email), password: "Another8tiger-x", address: AccountsWorld.home)
        _ = try await world.challenge(Self.email, password: "Another8tiger-x")
        try await world.accounts.removeTOTP(of: person, by: admin)
        _ = try await world.grant(Self.email, password: "Another8tiger-x")
    }

    @Test("an administrator removes a second factor with the own password and, where there is one, the own code")
    func removeTOTP() async throws {
        let world = try AccountsWorld()
        let person = try await world.makePerson(Self.email)
        let first = try #require(try await world.accounts.ensureAdministrator(email: "admin@example.org"))
        let password = first.password
        let admin = try await world.principal(world.grant(first.email, password: password))
        func remove(_ password: String, _ code: String?, _ asker: Principal) async -> String? {
            await failure {
                try await world.accounts.removeTOTP(of: person, password: password, code: code, by: asker)
            }?.code
        }
        #expect(await remove(password, nil, admin) == "totp_off")
        _ = try await world.switchTOTPOn(Self.email)
        #expect(await remove("Wrong7guess", nil, admin) == "password_wrong")
        #expect(try await world.record(Self.email)?.totpConfirmedAt != nil)

        // With a second factor of the administrator's own, the password is not enough.
        let setup = try await world.accounts.beginTOTP(password: password, by: admin)
        let secret = AuthenticatorApp.bytes(setup.secret)
        func code() -> String {
            TimeBasedCode.code(secret: secret, step: TimeBasedCode.step(at: world.clock.now))
        }
        _ = try await world.accounts.confirmTOTP(code: code(), by: admin)
        #expect(await remove(password, nil, admin) == "code_refused")
        #expect(await remove(password, code(), admin) == "code_refused")  // It was used to switch it on.
        world.clock.advance(seconds: 30)
        #expect(await remove(password, code(), admin) == nil)
        #expect(world.endedSessions.count == 1)
        _ = try await world.grant(Self.email)
        let row = try #require(try await world.companion.rows().last { $0.type == "mfa.disabled" })
        #expect(row.requester == admin.personID && row.owner == person)
        #expect(try await world.lastMessage(to: Self.email).body.contains("second factor"))
    }

    @Test("the first administrator is made once, with a password that passes the policy")
    func firstAdministrator() async throws {
        let world = try AccountsWorld()
        let first = try #require(try await world.accounts.ensureAdministrator(email: "admin@example.org"))
        try PasswordPolicy(profile: .standard).check(first.password)
        try PasswordPolicy(profile: .nist).check(first.password)
        #expect(try await world.accounts.ensureAdministrator(email: "admin@example.org") == nil)
        #expect(try await world.grant(first.email, password: first.password).person.role == .admin)
    }
}
