import Testing

@testable import Vault

@Suite("Password hashes")
struct PasswordHasherTests {
    static let pepper = [UInt8](repeating: 3, count: 32)

    private static func cheap(threads: Int = 2, waitingMax: Int = 64) -> PasswordHasher {
        var settings = PasswordHasher.Settings()
        settings.kibibytes = 64
        settings.passes = 1
        settings.threads = threads
        settings.waitingMax = waitingMax
        return PasswordHasher(settings: settings, pepper: pepper)
    }

    @Test("the default is Argon2id with 19 MiB, two passes and one lane")
    func defaults() async throws {
        let hasher = PasswordHasher(pepper: Self.pepper)
        let encoded = try await hasher.hash("Passw0rd")
        #expect(encoded.hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$"))
        #expect(!hasher.needsRehash(encoded))
        #expect(Self.cheap().needsRehash(encoded))
        #expect(try await hasher.verify("Passw0rd", against: encoded))
        #expect(try await Self.cheap().verify("Passw0rd", against: encoded))
    }

    @Test("the right password is told from every other, and each hash has its own salt")
    func verifying() async throws {
        let hasher = Self.cheap()
        let long = String(repeating: "lang", count: 1000)
        for password in ["", "a", "Gülşen 🩺", long, "with\0zero"] {
            let encoded = try await hasher.hash(password)
            #expect(try await hasher.verify(password, against: encoded))
            #expect(try await !hasher.verify(password + "x", against: encoded))
            #expect(try await hasher.hash(password) != encoded)
        }
        let encoded = try await hasher.hash("with\0zero")
        #expect(try await !hasher.verify("with", against: encoded))
    }

    @Test("without the pepper the right password does not fit")
    func pepper() async throws {
        let encoded = try await Self.cheap().hash("Passw0rd")
        let other = PasswordHasher(pepper: [UInt8](repeating: 4, count: 32))
        #expect(try await !other.verify("Passw0rd", against: encoded))
    }

    @Test(
        "nobody, and what is no hash within the limits, has no password",
        arguments: [
            nil, "", "x", "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ", "$argon2i$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$aGFzaA",
            "$argon2id$v=19$m=4194304,t=2,p=1$c2FsdHNhbHQ$aGFzaA", "$argon2id$v=19$m=64,t=9999,p=1$c2FsdHNhbHQ$aGFzaA",
            "$argon2id$v=19$m=64,t=1,p=200$c2FsdHNhbHQ$aGFzaA",
        ])
    func nobody(_ encoded: String?) async throws {
        #expect(try await !Self.cheap().verify("Passw0rd", against: encoded))
    }

    @Test("a hash is computed for nobody as for somebody")
    func nobodyTakesAsLong() async throws {
        let hasher = PasswordHasher(pepper: Self.pepper)
        let encoded = try await hasher.hash("Passw0rd")
        let clock = ContinuousClock()
        var (known, unknown): (Duration, Duration) = (.seconds(9), .seconds(9))
        for _ in 0..<5 {
            known = min(known, try await clock.measure { _ = try await hasher.verify("wrong", against: encoded) })
            unknown = min(unknown, try await clock.measure { _ = try await hasher.verify("wrong", against: nil) })
        }
        // Nothing computed at all would be thousands of times faster. How alike they are, TimingTests measure alone.
        #expect(unknown > known / 20 && known > unknown / 20)
    }

    @Test("more than the threads and the queue take is refused at once, and the rest is computed")
    func busy() async throws {
        let hasher = Self.cheap(threads: 2, waitingMax: 6)
        var settings = PasswordHasher.Settings()
        settings.threads = 2
        settings.waitingMax = 6
        let slow = PasswordHasher(settings: settings, pepper: Self.pepper)
        let (done, refused) = await withTaskGroup { group in
            for _ in 0..<200 {
                group.addTask {
                    do {
                        _ = try await slow.hash("Passw0rd")
                        return true
                    } catch {
                        #expect(error as? VaultFailure == .busy)
                        return false
                    }
                }
            }
            return await group.reduce(into: (0, 0)) { counts, done in
                if done { counts.0 += 1 } else { counts.1 += 1 }
            }
        }
        #expect(done >= 8 && refused > 100, "\(done) done, \(refused) refused")
        // One after the other never fills the queue.
        for _ in 0..<50 { _ = try await hasher.hash("Passw0rd") }
        _ = try await slow.hash("Passw0rd")
    }

    @Test("the place in a queue of length 0 is free again before the result is there")
    func noQueue() async throws {
        let hasher = Self.cheap(threads: 1, waitingMax: 0)
        for _ in 0..<200 { _ = try await hasher.hash("Passw0rd") }
    }

    @Test("threads end with their hasher")
    func threadsEnd() async throws {
        weak let gone: Workers?
        do {
            let workers = Workers(threads: 3, waitingMax: 1)
            gone = workers
            #expect(try await workers.run { 42 } == 42)
        }
        #expect(gone == nil)
    }
}
