import Foundation
import Store
import Testing
import Vault

@testable import Companion

@Suite("Signing in")
struct SignInTests {
    static let email = "anna@example.org"
    static let wrong = "Wrong7guess"

    private func tryWrong(_ world: AccountsWorld, _ count: Int, from address: String = AccountsWorld.home) async {
        for _ in 0..<count {
            _ = await failure { try await world.signIn(Self.email, password: Self.wrong, from: address) }
        }
    }

    @Test("a wrong password and an unknown address are answered alike")
    func sameAnswer() async throws {
        let world = try AccountsWorld()
        try await world.makePerson(Self.email)
        let answers = [
            await failure { try await world.signIn(Self.email, password: Self.wrong) },
            await failure { try await world.signIn("nobody@example.org", password: Self.wrong) },
            await failure { try await world.signIn("no address", password: Self.wrong) },
            await failure { try await world.signIn(Self.email, password: String(repeating: "x", count: 5000)) },
        ]
        #expect(Set(answers).count == 1)
        #expect(answers[0]?.status == 401)
    }

    @Test("whether known, unknown or held up, a password is hashed: all are refused alike when no hash can be made")
    func sameWork() async throws {
        let plain = try AccountsWorld()
        try await plain.makePerson(Self.email)
        await tryWrong(plain, 5, from: AccountsWorld.elsewhere)
        var cost = PasswordHasher.Settings()
        (cost.threads, cost.waitingMax, cost.kibibytes, cost.passes) = (1, 0, 65536, 40)
        var core = plain.companion.core
        core.hasher = PasswordHasher(settings: cost, pepper: [1])
        let busy = SessionService(core: core, events: SessionEvents())
        let accounts = AccountService(core: core, mail: plain.mail, events: SessionEvents())
        let hasher = core.hasher
        // Of two hashes one is refused: then the other one occupies the only thread, for long.
        let results = AsyncStream<Bool>.makeStream()
        let occupied = (0..<2).map { _ in
            Task { _ = results.continuation.yield((try? await hasher.hash("x")) != nil) }
        }
        for await isDone in results.stream.prefix(1) { #expect(!isDone) }
        func signIn(_ email: String, _ address: String) async -> String? {
            await failure {
                try await busy.signIn(email: email, password: Self.wrong, address: address, agent: "")
            }?.code
        }
        func signUp(_ email: String) async -> String? {
            await failure {
                try await accounts.signUp(
                    email: email, password: AccountsWorld.password, name: "A", address: AccountsWorld.home)
            }?.code
        }
        #expect(await signIn(Self.email, AccountsWorld.home) == "busy")
        #expect(await signIn("nobody@example.org", AccountsWorld.home) == "busy")
        #expect(await signIn("no address", AccountsWorld.home) == "busy")
        #expect(await signIn(Self.email, AccountsWorld.elsewhere) == "busy")
        #expect(await signUp(Self.email) == "busy")
        #expect(await signUp("nobody@example.org") == "busy")
        for task in occupied { await task.value }
    }

    @Test("the sixth try is held up and answered like a wrong password, even when the password is right")
    func heldUp() async throws {
        let world = try AccountsWorld()
        try await world.makePerson(Self.email)
        await tryWrong(world, 5)
        let wrong = await failure { try await world.signIn(Self.email, password: Self.wrong) }
        let right = await failure { try await world.signIn(Self.email) }
        #expect(wrong == right && right?.code == "sign_in_refused")
        let reasons = try await world.refusals()
        #expect(reasons.filter { $0.contains("delayed") }.count == 2)
    }

    @Test("tries while held up do not count: the delay passes as it was, and each next one is longer, up to a limit")
    func delays() async throws {
        let world = try AccountsWorld()
        try await world.makePerson(Self.email)
        await tryWrong(world, 5)
        for delay: Int64 in [30, 60, 120, 240, 480, 900, 900] {
            world.clock.advance(seconds: delay - 1)
            await tryWrong(world, 3)
            let before = try await world.refusals().filter { $0.contains("\"password\"") }.count
            world.clock.advance(seconds: 1)
            await tryWrong(world, 1)
            #expect(try await world.refusals().filter { $0.contains("\"password\"") }.count == before + 1, "\(delay)")
        }
        world.clock.advance(seconds: 900)
        _ = try await world.grant(Self.email)
    }

    @Test("success forgets the tries before it")
    func success() async throws {
        let world = try AccountsWorld()
        try await world.makePerson(Self.email)
        for _ in 0..<4 {
            await tryWrong(world, 4)
            _ = try await world.grant(Self.email)
        }
    }

    @Test(
        "an attacker at one address does not hold up the person at another", arguments: ["203.0.113.9", "2001:db8::9"])
    func victim(_ attacker: String) async throws {
        let world = try AccountsWorld()
        try await world.makePerson(Self.email)
        await tryWrong(world, 30, from: attacker)
        _ = try await world.grant(Self.email)
    }

    @Test("all addresses of an IPv6 /64 are one source, and an IPv4 address stays one in IPv6 clothes")
    func sources() {
        #expect(AttemptLimiter.source("2001:db8:1:2::1") == AttemptLimiter.source("2001:db8:1:2:ffff::9"))
        #expect(AttemptLimiter.source("2001:db8:1:2::1") != AttemptLimiter.source("2001:db8:1:3::1"))
        #expect(AttemptLimiter.source("::ffff:192.0.2.1") == "192.0.2.1")
        #expect(AttemptLimiter.source("192.0.2.1") != AttemptLimiter.source("192.0.2.2"))
    }

    @Test("many sources that guess one password slow each other down, but not the person where he signed in before")
    func distributed() async throws {
        let world = try AccountsWorld()
        try await world.makePerson(Self.email)
        _ = try await world.grant(Self.email)
        for number in 0..<50 { await tryWrong(world, 1, from: "203.0.113.\(number)") }
        #expect(
            await failure { try await world.signIn(Self.email, from: "198.51.100.1") }?.code == "sign_in_refused")
        _ = try await world.grant(Self.email)
    }

    @Test("one source that tries one password with a thousand accounts is throttled")
    func spraying() async throws {
        let world = try AccountsWorld()
        var throttled = 0
        for number in 0..<1000 {
            let answer = await failure { try await world.signIn("p\(number)@example.org", password: Self.wrong) }
            if answer?.status == 429 { throttled += 1 }
        }
        #expect(throttled == 940)
    }

    @Test("tries at the same time do not slip past the count")
    func parallel() async throws {
        let world = try AccountsWorld()
        try await world.makePerson(Self.email)
        await withTaskGroup { group in
            for _ in 0..<20 { group.addTask { await tryWrong(world, 1) } }
        }
        #expect(try await world.refusals().filter { $0.contains("\"password\"") }.count == 5)
    }

    @Test("two hundred sign-ins at once: the queue is bounded, the rest is told to come back")
    func flood() async throws {
        var settings = CompanionSettings()
        settings.sessions.sourceAttempts.free = 1000
        settings.sessions.pairAttempts.free = 1000
        settings.sessions.accountAttempts.free = 1000
        let world = try AccountsWorld(settings: settings)
        var cost = PasswordHasher.Settings()
        (cost.kibibytes, cost.passes, cost.waitingMax) = (8192, 2, 8)
        var core = world.companion.core
        core.hasher = PasswordHasher(settings: cost, pepper: [1])
        let sessions = SessionService(core: core, events: SessionEvents())
        let codes = await withTaskGroup { group in
            for number in 0..<200 {
                group.addTask {
                    await failure {
                        try await sessions.signIn(
                            email: "p\(number)@example.org", password: Self.wrong, address: AccountsWorld.home,
                            agent: "")
                    }
                }
            }
            return await group.reduce(into: [String: Int]()) { $0[$1?.code ?? "", default: 0] += 1 }
        }
        #expect(codes["sign_in_refused", default: 0] >= 10)
        #expect(codes["busy", default: 0] > 0)
        #expect(codes["sign_in_refused", default: 0] + codes["busy", default: 0] == 200)
    }

    @Test("each sign-in has a token of its own, and no token from before is worth anything")
    func fixation() async throws {
        let world = try AccountsWorld()
        try await world.makePerson(Self.email)
        let planted = Token.text([UInt8](repeating: 7, count: 32))
        #expect(try await world.sessions.authenticate(token: planted, address: AccountsWorld.home) == nil)
        let (first, second) = (try await world.grant(Self.email), try await world.grant(Self.email))
        #expect(Set([first.token, second.token, planted]).count == 3)
        #expect(try await world.sessions.authenticate(token: planted, address: AccountsWorld.home) == nil)
        #expect(first.sessionID != second.sessionID && first.csrf != second.csrf)
    }

    @Test("the database holds no token")
    func hashed() async throws {
        let world = try AccountsWorld()
        try await world.makePerson(Self.email)
        let grant = try await world.grant(Self.email)
        let ticket = try await world.sessions.ticket(for: world.principal(grant)).ticket
        let files = try FileManager.default.contentsOfDirectory(
            at: world.companion.folder, includingPropertiesForKeys: nil)
        let raw = try files.map { try Data(contentsOf: $0) }.reduce(Data(), +)
        for marker in [grant.token, grant.csrf, ticket] { #expect(raw.range(of: Data(marker.utf8)) == nil) }
    }

    @Test("a hash of another cost is replaced when its password was given")
    func rehash() async throws {
        let world = try AccountsWorld()
        try await world.makePerson(Self.email)
        var cost = PasswordHasher.Settings()
        (cost.kibibytes, cost.passes) = (128, 2)
        var core = world.companion.core
        core.hasher = PasswordHasher(settings: cost, pepper: core.vault.secret(for: "pepper"))
        let before = try #require(try await world.record(Self.email)?.passwordPHC)
        _ = try await SessionService(core: core, events: SessionEvents()).signIn(
            email: Self.email, password: AccountsWorld.password, address: AccountsWorld.home, agent: "")
        let after = try #require(try await world.record(Self.email)?.passwordPHC)
        #expect(before != after && !core.hasher.needsRehash(after))
    }

    @Test("the log tells of each sign-in and refusal, and of nobody's password or address")
    func audited() async throws {
        let world = try AccountsWorld()
        let person = try await world.makePerson(Self.email)
        await tryWrong(world, 1)
        _ = try await world.grant(Self.email)
        let rows = try await world.companion.rows().filter { $0.type == "session.login" }
        #expect(rows.map(\.outcome) == ["failure", "success"])
        #expect(rows.allSatisfy { $0.owner == person && $0.address == AccountsWorld.home })
        for row in try await world.companion.rows() {
            #expect(!"\(row)".contains(Self.wrong) && !"\(row)".contains(Self.email))
        }
    }
}
