internal import Store

/// How many tries are free, and how long the next ones have to wait: each twice as long as the one before, up to a
/// limit. Nothing is locked for good, or an attacker could lock everybody out.
public struct AttemptPolicy: Sendable, Hashable {
    /// Tries before the first delay.
    public var free: Int
    /// Seconds of the first delay.
    public var firstDelay: Int
    /// Seconds of the longest delay.
    public var delayMax: Int
    /// Seconds after which one try is forgotten.
    public var forgive: Int

    /// A policy.
    public init(free: Int, firstDelay: Int, delayMax: Int, forgive: Int) {
        self.free = free
        self.firstDelay = firstDelay
        self.delayMax = delayMax
        self.forgive = forgive
    }

    /// Milliseconds until a try is admitted; 0 when one is now.
    func wait(_ state: AttemptRecord?, now: Int64) -> Int64 { max(0, (state?.blockedUntil ?? 0) - now) }

    /// The state after one more try.
    func counted(_ state: AttemptRecord?, bucket: [UInt8], now: Int64) -> AttemptRecord {
        let failures = remaining(state, now: now) + 1
        var blockedUntil: Int64 = 0
        if failures >= Int64(free) {
            let doublings = min(failures - Int64(free), 30)
            blockedUntil = now + min(Int64(firstDelay) << doublings, Int64(delayMax)) * 1000
        }
        return AttemptRecord(bucket: bucket, failures: failures, blockedUntil: blockedUntil, updatedAt: now)
    }

    /// The tries that still count.
    func remaining(_ state: AttemptRecord?, now: Int64) -> Int64 {
        guard let state else { return 0 }
        return max(0, state.failures - max(0, now - state.updatedAt) / (Int64(forgive) * 1000))
    }
}
