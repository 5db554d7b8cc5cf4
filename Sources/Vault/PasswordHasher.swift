internal import CArgon2
internal import Foundation
internal import Integrity

/// Argon2id [RFC 9106] on threads of its own: a flood of sign-ins takes `threads` times the memory of one hash, waits
/// in a bounded queue, and leaves the threads that serve everybody else alone.
public struct PasswordHasher: Sendable {
    /// What a hash costs, and how many may be computed and wait.
    public struct Settings: Sendable, Hashable {
        /// Memory of one hash in KiB. OWASP's least for Argon2id is 19 MiB with two passes.
        public var kibibytes: UInt32 = 19456
        /// Passes over the memory.
        public var passes: UInt32 = 2
        /// Hashes computed at the same time.
        public var threads = 2
        /// Further ones that wait; more are refused with `VaultFailure.busy`.
        public var waitingMax = 64

        /// The defaults.
        public init() {}
    }

    /// Longer passwords are refused before they get here; what is hashed is always 32 bytes.
    private static let saltLength = 16
    private static let hashLength = 32
    private static let encodedLengthMax = 128

    private let settings: Settings
    private let pepper: [UInt8]
    private let workers: Workers
    private let nobody: String

    /// Starts the threads. `pepper` is a secret that the database does not hold (`vault.secret(for: "pepper")`): with
    /// the database alone no password can be guessed.
    public init(settings: Settings = Settings(), pepper: [UInt8]) {
        self.settings = settings
        self.pepper = pepper
        workers = Workers(threads: settings.threads, waitingMax: settings.waitingMax)
        // A hash that no password has: of the right form and cost.
        nobody = PHC(kibibytes: settings.kibibytes, passes: settings.passes)
            .text(salt: SecureRandom.bytes(Self.saltLength), hash: SecureRandom.bytes(Self.hashLength))
    }

    /// The hash of a password, as a PHC string.
    public func hash(_ password: String) async throws -> String {
        let peppered = peppered(password)
        let settings = settings
        return try await workers.run {
            let salt = SecureRandom.bytes(Self.saltLength)
            var encoded = [CChar](repeating: 0, count: Self.encodedLengthMax)
            let code = cargon2_hash(
                settings.passes, settings.kibibytes, peppered, peppered.count, salt, salt.count, Self.hashLength,
                &encoded, encoded.count)
            guard Int(code) == cargon2_ok else { throw Self.failure(code) }
            return String(decoding: encoded.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
    }

    /// Whether `encoded` is the hash of this password. With nil (no such person, no password yet) the answer is false
    /// and takes as long.
    public func verify(_ password: String, against encoded: String?) async throws -> Bool {
        let known = encoded.flatMap { PHC($0) == nil ? nil : $0 }
        let candidate = known ?? nobody
        let peppered = peppered(password)
        let matches = try await workers.run {
            let code = cargon2_verify(candidate, peppered, peppered.count)
            guard Int(code) == cargon2_ok || Int(code) == cargon2_mismatch else { throw Self.failure(code) }
            return Int(code) == cargon2_ok
        }
        return matches && known != nil
    }

    /// Whether a hash was made at another cost than new ones: hash the password again when it was verified.
    public func needsRehash(_ encoded: String) -> Bool {
        PHC(encoded) != PHC(kibibytes: settings.kibibytes, passes: settings.passes)
    }

    private func peppered(_ password: String) -> [UInt8] {
        HMACSHA256.code(key: pepper.span, Array(password.utf8).span)
    }

    private static func failure(_ code: Int32) -> VaultFailure {
        .hashing(argon2_error_message(code).map { String(cString: $0) } ?? "error \(code)")
    }
}
