/// A moment on the caller's monotonic clock. The core never reads a clock: time is an argument.
@frozen public struct Instant: Hashable, Comparable, Sendable {
    /// Milliseconds since an arbitrary origin, the same for all loops of a process.
    public var milliseconds: UInt64

    /// The moment `milliseconds` after the origin.
    @inlinable
    public init(milliseconds: UInt64) { self.milliseconds = milliseconds }

    /// The origin of the clock.
    @inlinable public static var zero: Instant { Instant(milliseconds: 0) }

    /// Later than every moment that is reached.
    @inlinable public static var never: Instant { Instant(milliseconds: .max) }

    /// Whether this moment is before the other.
    @inlinable
    public static func < (left: Instant, right: Instant) -> Bool { left.milliseconds < right.milliseconds }

    /// The moment `seconds` later; `never` when that lies beyond the end of the clock.
    @inlinable
    public func advanced(bySeconds seconds: UInt64) -> Instant {
        advanced(byMilliseconds: seconds.multipliedReportingOverflow(by: 1000).overflow ? .max : seconds &* 1000)
    }

    /// The moment `count` milliseconds later; `never` when that lies beyond the end of the clock.
    @inlinable
    public func advanced(byMilliseconds count: UInt64) -> Instant {
        let (sum, overflow) = milliseconds.addingReportingOverflow(count)
        return overflow ? .never : Instant(milliseconds: sum)
    }

    /// Milliseconds from `earlier` to this moment; 0 when `earlier` is later (a clock that went backwards).
    @inlinable
    public func milliseconds(since earlier: Instant) -> UInt64 {
        milliseconds > earlier.milliseconds ? milliseconds &- earlier.milliseconds : 0
    }
}

/// The present, read once per loop turn by whoever drives the core.
@frozen public struct Now: Hashable, Sendable {
    /// Decides lifetimes, permissions, budgets.
    public var monotonic: Instant
    /// Decides nonces and the expiry of credentials, which other machines issue: seconds since 1970.
    public var unixSeconds: Int64

    /// Both clocks at one moment.
    @inlinable
    public init(monotonic: Instant, unixSeconds: Int64) {
        self.monotonic = monotonic
        self.unixSeconds = unixSeconds
    }
}
