internal import Foundation
internal import Store
internal import Vault

/// Counts tries in the database. A try is counted before it is judged, so that many at once are not judged for free,
/// and taken back when it turns out right.
struct AttemptLimiter: Sendable {
    /// What tries are counted by. In the database it is a blind index: the table names no address and nobody.
    enum Bucket {
        case pair(account: [UInt8], source: String)
        case account([UInt8])
        case source(String)
        case code(person: String)
        case request(source: String)
        case message(account: [UInt8])

        fileprivate var text: String {
            switch self {
            case .pair(let account, let source): "pair \(account) \(source)"
            case .account(let account): "account \(account)"
            case .source(let source): "source \(source)"
            case .code(let person): "code \(person)"
            case .request(let source): "request \(source)"
            case .message(let account): "message \(account)"
            }
        }
    }

    /// Buckets that are kept at most: an attacker with many sources makes many.
    static let bucketsMax = 200_000
    /// Seconds after which an unchanged bucket is forgotten.
    static let forgottenSeconds: Int64 = 2 * 24 * 3600

    let core: CompanionCore

    /// The wait of the longest-blocked of these buckets in milliseconds, or nil after each has counted one try. While
    /// one is blocked none counts.
    func charge(_ buckets: [Bucket], _ connection: any StoreConnection) throws -> Int64? {
        let now = core.now
        var states: [(policy: AttemptPolicy, key: [UInt8], state: AttemptRecord?)] = []
        for bucket in buckets {
            let key = key(bucket)
            states.append((policy(bucket), key, try connection.attempts(bucket: key)))
        }
        let wait = states.map { $0.policy.wait($0.state, now: now) }.max() ?? 0
        if wait > 0 { return wait }
        for (policy, key, state) in states { try connection.put(policy.counted(state, bucket: key, now: now)) }
        return nil
    }

    /// Forgets all tries of a bucket.
    func clear(_ bucket: Bucket, _ connection: any StoreConnection) throws {
        try connection.deleteAttempts(bucket: key(bucket))
    }

    /// Takes one try back.
    func refund(_ bucket: Bucket, _ connection: any StoreConnection) throws {
        let key = key(bucket)
        guard var state = try connection.attempts(bucket: key) else { return }
        let policy = policy(bucket)
        state.failures = max(0, policy.remaining(state, now: core.now) - 1)
        state.updatedAt = core.now
        if state.failures < Int64(policy.free) { state.blockedUntil = 0 }
        try connection.put(state)
    }

    /// Forgets what no longer matters.
    func sweep(_ connection: any StoreConnection) throws {
        try connection.deleteAttempts(unchangedSince: core.now - Self.forgottenSeconds * 1000, now: core.now)
        try connection.deleteAttempts(keeping: Self.bucketsMax)
    }

    /// Whether a person signed in from this source in the last weeks.
    func isKnown(_ source: String, to person: String, _ connection: any StoreConnection) throws -> Bool {
        let since = core.now - Int64(core.settings.sessions.rememberedDays) * 86_400_000
        return try connection.sessionAddresses(of: person, since: since, limit: Self.sourcesMax)
            .contains { Self.source($0) == source }
    }

    private static let sourcesMax = 200

    /// What counts as one source: an IPv4 address, or the /64 of an IPv6 address, in which one machine has all
    /// addresses it likes.
    static func source(_ address: String) -> String {
        var parts = in6_addr()
        guard inet_pton(AF_INET6, address, &parts) == 1 else { return address }
        let bytes = withUnsafeBytes(of: parts) { Array($0) }
        if bytes[..<10].allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF {
            return bytes[12...].map(String.init).joined(separator: ".")
        }
        return bytes[..<8].map { String($0, radix: 16) }.joined(separator: ":") + "/64"
    }

    private func key(_ bucket: Bucket) -> [UInt8] { core.vault.index(bucket.text, purpose: "attempts") }

    private func policy(_ bucket: Bucket) -> AttemptPolicy {
        let settings = core.settings.sessions
        return switch bucket {
        case .pair: settings.pairAttempts
        case .account: settings.accountAttempts
        case .source: settings.sourceAttempts
        case .code: settings.codeAttempts
        case .request: settings.requestAttempts
        case .message: settings.messageAttempts
        }
    }
}
