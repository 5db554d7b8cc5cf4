import Foundation
import Store
import Testing

@testable import Companion

/// Nobody learns from how long an answer takes whether an address has an account.
///
/// What counts as a difference is measured here too: what an answer takes that skips the work, or is not held back. So
/// no test depends on how fast the machine is.
@Suite("Timing of answers to strangers", .serialized, .timeLimit(.minutes(2)))
struct TimingTests {
    private static let samples = 2000
    private static let planted = 300
    private static let known = "anna@example.org"
    private static let unknown = "nobody@example.org"

    /// An account, without limits of how often somebody may ask, in memory where there is a folder for that: a disk's
    /// own times would hide everything.
    private func world(stepMilliseconds: Int = 0, hashKibibytes: UInt32 = 64) async throws -> AccountsWorld {
        var settings = CompanionSettings.unpaced
        let free = AttemptPolicy(free: .max, firstDelay: 1, delayMax: 1, forgive: 1)
        settings.sessions.pairAttempts = free
        settings.sessions.accountAttempts = free
        settings.sessions.sourceAttempts = free
        settings.sessions.requestAttempts = free
        settings.sessions.messageAttempts = free
        settings.mail.waitingMax = 100_000
        settings.accounts.answerMilliseconds = stepMilliseconds
        let memory = URL(filePath: "/dev/shm")
        let place =
            FileManager.default.isWritableFile(atPath: memory.path) ? memory : FileManager.default.temporaryDirectory
        let world = try AccountsWorld(
            TestCompanion(settings: settings, hashKibibytes: hashKibibytes, in: place))
        try await world.makePerson(Self.known)
        return world
    }

    @Test("signing in takes as long for an address without an account: 2,000 tries each")
    func signIn() async throws {
        let world = try await world(hashKibibytes: 2048)
        @Sendable func refused(_ sessions: SessionService, _ email: String) async {
            let failure = await failure {
                try await sessions.signIn(
                    email: email, password: "Wrong7guess", address: AccountsWorld.elsewhere, agent: "")
            }
            #expect(failure?.code == "sign_in_refused")
        }
        let sessions = world.sessions
        for email in [Self.known, Self.unknown] { await refused(sessions, email) }

        // Planted: for an unknown address the hash is as good as skipped.
        let skipping = SessionService(core: world.companion.core(hashKibibytes: 8), events: SessionEvents())
        let planted = await TimingSamples(Self.planted) {
            await refused(sessions, Self.known)
        } _: {
            await refused(skipping, Self.unknown)
        }
        let margin = planted.shift / 5
        #expect(planted.differ(by: margin))

        let found = await TimingSamples(Self.samples) {
            await refused(sessions, Self.known)
        } _: {
            await refused(sessions, Self.unknown)
        }
        #expect(!found.differ(by: margin), "\(found.shift) ns of \(planted.shift)")
    }

    @Test("asking for a new password takes as long for an address without an account: 2,000 times each")
    func forgot() async throws {
        try await compare { world, email in
            try await world.accounts.forgot(email: email, address: AccountsWorld.elsewhere)
        }
    }

    /// Every sign-up makes rows, and what the disk and other programs take hides the difference on a busy machine.
    @Test(
        "signing up takes as long with an address that has an account: 2,000 times each",
        .enabled(if: ProcessInfo.processInfo.environment["TERN_TIMINGS"] != nil, "TERN_TIMINGS=1, on a quiet machine"))
    func signUp() async throws {
        try await compare { world, email in
            // Whoever signs up is unknown once only.
            let email = email == Self.unknown ? "\(UUID().uuidString.prefix(13))@example.org" : email
            try await world.signUp(email, from: AccountsWorld.elsewhere)
        }
    }

    /// Compares `ask` for a known and an unknown address: first as it is without a pace, which has to be seen, then
    /// with a pace of a few times that.
    private func compare(_ ask: @escaping @Sendable (AccountsWorld, String) async throws -> Void) async throws {
        let bare = try await world()
        for email in [Self.known, Self.unknown] { try await ask(bare, email) }
        let planted = try await TimingSamples(Self.planted) {
            try await ask(bare, Self.known)
        } _: {
            try await ask(bare, Self.unknown)
        }
        let margin = planted.shift / 2
        #expect(planted.differ(by: margin))

        let slow = (planted.first + planted.second).sorted()[Self.planted * 2 * 95 / 100]
        let paced = try await world(stepMilliseconds: Int((slow * 2 / 1_000_000).rounded(.up)))
        let found = try await TimingSamples(Self.samples) {
            try await ask(paced, Self.known)
        } _: {
            try await ask(paced, Self.unknown)
        }
        #expect(!found.differ(by: margin), "\(found.shift) ns of \(planted.shift)")
    }

    @Test("the statistic sees a shift beyond the margin, and neither noise nor a shift within it")
    func statistic() async {
        var noise = Noise()
        func values(_ shift: Double) -> [Double] { (0..<2000).map { _ in 1000 + 100 * noise.next() + shift } }
        let (one, two, near, far) = (values(0), values(0), values(30), values(100))
        #expect(abs(TimingSamples.z(one, two, shift: 0)) < 4.5)
        #expect(TimingSamples.z(near, one, shift: 0) > 4.5)
        #expect(TimingSamples.z(near, one, shift: -50) < -4.5)
        #expect(TimingSamples.z(far, one, shift: -50) > 4.5)
    }
}

/// Numbers around 0, most of them between -1 and 1.
private struct Noise {
    private var state: UInt64 = 11

    mutating func next() -> Double {
        (0..<4).reduce(0) { sum, _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return sum + Double(state >> 40) / Double(1 << 24) - 0.5
        }
    }
}
