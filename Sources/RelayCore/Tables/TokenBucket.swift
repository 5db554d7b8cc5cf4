/// Bytes per second with a burst of one second's worth. The level is in thousandths of bytes, so that a millisecond
/// adds exactly the rate.
struct TokenBucket: BitwiseCopyable {
    private var level: Int64
    private var last: UInt64

    /// A full bucket.
    init(rate: UInt64, now: Instant) {
        level = TokenBucket.limited(rate) &* 1000
        last = now.milliseconds
    }

    /// Whether `bytes` may pass; then they are taken. A run passes whole while anything is left, and the debt is paid
    /// off before the next one passes.
    @inline(__always)
    mutating func take(_ bytes: Int, rate: UInt64, now: Instant) -> Bool {
        if rate == 0 { return true }
        if now.milliseconds > last {
            let rate = TokenBucket.limited(rate)
            let elapsed = Int64(min(now.milliseconds &- last, 100_000))
            level = min(level &+ elapsed &* rate, rate &* 1000)
            last = now.milliseconds
        }
        if level <= 0 { return false }
        level = level &- Int64(truncatingIfNeeded: bytes) &* 1000
        return true
    }

    // A limit of a terabyte per second keeps the sums far away from overflow.
    @inline(__always)
    private static func limited(_ rate: UInt64) -> Int64 { Int64(min(rate, 1 << 40)) }
}
