internal import Foundation
internal import Integrity

/// What the services ask of the world besides the database: the time and random bytes. Tests bring their own.
public struct Surroundings: Sendable {
    /// Milliseconds since 1970 UTC.
    public var now: @Sendable () -> Int64
    /// So many random bytes.
    public var random: @Sendable (Int) -> [UInt8]

    /// Surroundings of any kind.
    public init(now: @escaping @Sendable () -> Int64, random: @escaping @Sendable (Int) -> [UInt8]) {
        self.now = now
        self.random = random
    }

    /// The machine's clock and OpenSSL's generator.
    public static let live = Surroundings(
        now: { Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)) },
        random: { SecureRandom.bytes($0) })
}
