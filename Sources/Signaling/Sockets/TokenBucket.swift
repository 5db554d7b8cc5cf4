/// A rate with a burst: each thing takes a token, and tokens come back with time.
struct TokenBucket: Sendable {
    /// Tokens times `unit`.
    private var level: Int64
    private var updatedAt: Int64
    private let burst: Int64
    private let perMinute: Int64
    /// Milliseconds of a minute: a token, in the unit of `level`.
    private static let unit: Int64 = 60_000

    init(perMinute: Int64, burst: Int64, now: Int64) {
        self.perMinute = perMinute
        self.burst = burst
        level = burst * Self.unit
        updatedAt = now
    }

    /// Whether there was a token; it is taken.
    mutating func take(now: Int64) -> Bool {
        // A clock that was set back gives nothing, and takes nothing.
        let elapsed = min(max(now - updatedAt, 0), burst * Self.unit)
        updatedAt = now
        level = min(level + elapsed * perMinute, burst * Self.unit)
        guard level >= Self.unit else { return false }
        level -= Self.unit
        return true
    }
}
