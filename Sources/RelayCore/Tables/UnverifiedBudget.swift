internal import BasicContainers
internal import STUN

/// Keeps answers to sources that have not proved their return path within a budget per prefix, so that nobody can use
/// the relay to flood a third party: an attacker who writes the victim's address into its packets earns the victim
/// half of what it spends, and a small burst.
///
/// A bucket per /24 of IPv4 or /56 of IPv6 holds bytes of answers. It fills with time, and with half the bytes that
/// are asked, answered or not: under flood at least every seventh request of a real client in the same prefix gets its
/// answer. A prefix from which somebody has authenticated lately has larger limits, so a site behind one NAT address
/// is not punished for its size.
///
/// The table is of fixed size. A prefix that has no bucket takes over the least needed of the four it may use, with at
/// most what that one had left: nobody gets a fresh burst by asking from many prefixes in turn.
struct UnverifiedBudget: ~Copyable {
    /// Where a prefix's bucket is, until the next call.
    struct Place {
        fileprivate let position: Int
    }

    private struct Bucket: BitwiseCopyable {
        var tag: UInt64 = 0
        /// Thousandths of bytes.
        var level: Int64 = 0
        var last = Instant.zero
        var verifiedUntil = Instant.zero
    }

    private static var ways: Int { 4 }

    private var buckets: RigidArray<Bucket>
    private let key: TableKey
    private let setMask: Int

    init(key: TableKey) {
        self.key = key
        buckets = RigidArray(capacity: Limits.budgetPrefixes)
        for _ in 0..<Limits.budgetPrefixes { buckets.append(Bucket()) }
        setMask = Limits.budgetPrefixes / Self.ways - 1
    }

    /// Notes that `source` asks with `bytes` bytes.
    mutating func ask(_ source: IPAddress, bytes: Int, now: Instant, budgets: Budgets) -> Place {
        let position = bucket(of: source, now, budgets)
        buckets[position].level += Int64(bytes) * 500
        return Place(position: position)
    }

    /// Whether an answer of `bytes` bytes would pass.
    func allows(_ place: Place, bytes: Int) -> Bool { buckets[place.position].level >= Int64(bytes) * 1000 }

    /// Whether an answer of `bytes` bytes passes; then they are taken.
    mutating func take(_ place: Place, bytes: Int) -> Bool {
        guard allows(place, bytes: bytes) else { return false }
        buckets[place.position].level -= Int64(bytes) * 1000
        return true
    }

    /// Notes that somebody at `source` has authenticated, which vouches for its prefix for a while.
    mutating func verify(_ source: IPAddress, now: Instant, budgets: Budgets) {
        let position = bucket(of: source, now, budgets)
        let wasVerified = buckets[position].verifiedUntil > now
        buckets[position].verifiedUntil = now.advanced(bySeconds: budgets.verifiedSeconds)
        if !wasVerified { buckets[position].level = Self.thousandths(budgets.verifiedBurstBytes) }
    }

    private mutating func bucket(of source: IPAddress, _ now: Instant, _ budgets: Budgets) -> Int {
        let hash = Self.prefixHash(source, key)
        let tag = hash | 1
        let first = Int(truncatingIfNeeded: hash >> 20) & setMask * Self.ways
        var victim = first
        for position in first..<first + Self.ways {
            if buckets[position].tag == tag {
                refill(position, now, budgets)
                return position
            }
            if isLessNeeded(position, than: victim, now) { victim = position }
        }
        let old = buckets[victim]
        buckets[victim] = Bucket(tag: tag, level: 0, last: now, verifiedUntil: .zero)
        let full = Self.thousandths(budgets.unverifiedBurstBytes)
        if old.tag == 0 {
            buckets[victim].level = full
        } else {
            let grown = old.level &+ Self.growth(budgets.unverifiedBytesPerSecond, since: old.last, now)
            buckets[victim].level = min(grown, full)
        }
        return victim
    }

    /// An empty bucket rather than one in use, an unverified one rather than a verified one, the one least lately used.
    private func isLessNeeded(_ one: Int, than other: Int, _ now: Instant) -> Bool {
        func rank(_ bucket: Bucket) -> (Int, UInt64) {
            if bucket.tag == 0 { return (0, 0) }
            return (bucket.verifiedUntil > now ? 2 : 1, bucket.last.milliseconds)
        }
        return rank(buckets[one]) < rank(buckets[other])
    }

    private mutating func refill(_ position: Int, _ now: Instant, _ budgets: Budgets) {
        let bucket = buckets[position]
        let isVerified = bucket.verifiedUntil > now
        let rate = isVerified ? budgets.verifiedBytesPerSecond : budgets.unverifiedBytesPerSecond
        let burst = isVerified ? budgets.verifiedBurstBytes : budgets.unverifiedBurstBytes
        let grown = bucket.level &+ Self.growth(rate, since: bucket.last, now)
        buckets[position].level = min(grown, Self.thousandths(burst))
        buckets[position].last = max(bucket.last, now)
    }

    private static func growth(_ rate: UInt64, since last: Instant, _ now: Instant) -> Int64 {
        Int64(min(now.milliseconds(since: last), 1_000_000)) &* Int64(min(rate, 1 << 32))
    }

    private static func thousandths(_ bytes: UInt64) -> Int64 { Int64(min(bytes, 1 << 42)) * 1000 }

    private static func prefixHash(_ source: IPAddress, _ key: TableKey) -> UInt64 {
        switch source.family {
        case .ipv4: key.hash(UInt64(source.ipv4 >> 8), 4)
        case .ipv6: key.hash(source.high >> 8, 6)
        }
    }
}
