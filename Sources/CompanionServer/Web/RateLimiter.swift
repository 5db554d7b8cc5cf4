import STUN
import Synchronization

/// How often something may be done.
struct RateBudget: Sendable, Hashable {
    /// Tells budgets apart in the table.
    let name: String
    /// What may be used at once.
    let burst: Double
    /// What comes back.
    let perSecond: Double

    /// Requests of one address; a hospital's may be one.
    static let address = RateBudget(name: "address", burst: 400, perSecond: 100)
    /// Requests of one session.
    static let session = RateBudget(name: "session", burst: 120, perSecond: 30)
    /// What tries a password, a code or a key: what one address may try; each account has limits of its own.
    static let credential = RateBudget(name: "credential", burst: 60, perSecond: 1)
    /// What sends a message to somebody.
    static let message = RateBudget(name: "message", burst: 10, perSecond: 0.1)
    /// Reading the whole audit log.
    static let verification = RateBudget(name: "verification", burst: 5, perSecond: 0.1)
    /// WebSocket upgrades of one address.
    static let socket = RateBudget(name: "socket", burst: 200, perSecond: 20)
}

/// Token buckets in a table of fixed size.
///
/// A key has eight places to be in. When all are taken it replaces the bucket that is fullest, which belongs to
/// whoever did the least: a flood of keys does not reset the bucket of who is being held back.
final class RateLimiter: Sendable {
    private struct Bucket {
        var key = 0
        var tokens = Double.infinity
        var at: Int64 = .min
        var budget = RateBudget.address
    }

    private static let ways = 8
    private let factor: Double
    private let buckets: Mutex<[Bucket]>

    /// A table for `capacity` keys; `factor` multiplies every budget (0: no limits, for tests of other things).
    init(capacity: Int = 32_768, factor: Double = 1) {
        self.factor = factor
        buckets = Mutex(Array(repeating: Bucket(), count: max(1, capacity / Self.ways) * Self.ways))
    }

    /// Takes one token. Nil when there was one, else the seconds after which there will be one.
    func take(_ budget: RateBudget, of key: some Hashable, now: Int64) -> Int? {
        guard factor > 0 else { return nil }
        var hasher = Hasher()
        hasher.combine(budget.name)
        hasher.combine(key)
        let hash = hasher.finalize()
        return buckets.withLock { buckets in
            let start = Int(UInt(bitPattern: hash) % UInt(buckets.count / Self.ways)) * Self.ways
            var chosen = start
            for place in start..<start + Self.ways {
                if buckets[place].key == hash, buckets[place].at != .min {
                    chosen = place
                    break
                }
                if Self.fullness(buckets[place], now) > Self.fullness(buckets[chosen], now) { chosen = place }
            }
            if buckets[chosen].key != hash || buckets[chosen].at == .min {
                buckets[chosen] = Bucket(key: hash, tokens: budget.burst * factor, at: now, budget: budget)
            }
            let rate = budget.perSecond * factor
            let passed = Double(max(0, now - buckets[chosen].at)) / 1000
            let tokens = min(budget.burst * factor, buckets[chosen].tokens + passed * rate)
            buckets[chosen].at = now
            guard tokens < 1 else {
                buckets[chosen].tokens = tokens - 1
                return nil
            }
            buckets[chosen].tokens = tokens
            return max(1, Int(((1 - tokens) / rate).rounded(.up)))
        }
    }

    private static func fullness(_ bucket: Bucket, _ now: Int64) -> Double {
        guard bucket.at != .min else { return .infinity }
        let passed = Double(max(0, now - bucket.at)) / 1000
        return (bucket.tokens + passed * bucket.budget.perSecond) / bucket.budget.burst
    }
}
