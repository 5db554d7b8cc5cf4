import Histogram

/// Counts of times in nanoseconds with three significant digits (HdrHistogram): a value read back is off by less than
/// one part in a thousand.
public struct LatencyHistogram: Sendable, Equatable {
    /// Times above are counted as this one: more than two minutes.
    private static let longest: UInt64 = 1 << 37

    private var counts = Histogram<UInt64>(highestTrackableValue: LatencyHistogram.longest)

    /// Empty.
    public init() {}

    /// Counts one value. Allocates nothing as long as nobody else holds the same counts.
    @inline(__always)
    public mutating func record(_ nanoseconds: UInt64) {
        counts.record(min(nanoseconds, LatencyHistogram.longest))
    }

    /// Counts one value so many times.
    mutating func record(_ nanoseconds: UInt64, count: UInt64) {
        counts.record(min(nanoseconds, LatencyHistogram.longest), count: count)
    }

    /// Adds another histogram's counts.
    public mutating func add(_ other: LatencyHistogram) { counts.add(other.counts) }

    /// The same counts in memory of their own, so that whoever goes on recording need not copy his.
    public func copy() -> LatencyHistogram {
        var copy = LatencyHistogram()
        copy.add(self)
        return copy
    }

    /// What was counted since `earlier`.
    public func since(_ earlier: LatencyHistogram) -> LatencyHistogram {
        var difference = LatencyHistogram()
        for recorded in counts.recordedValues() {
            let added = recorded.count - earlier.counts.countForValue(recorded.value)
            // A recorded value is the highest that its count stands for, which may be above the longest that there was.
            if added > 0 { difference.counts.record(min(recorded.value, counts.maxRecorded), count: added) }
        }
        return difference
    }

    /// How many values were counted.
    public var total: UInt64 { counts.totalCount }

    /// The values that these shares of all are not above; nil for each when nothing was counted.
    public func quantiles(_ shares: [Double]) -> [UInt64?] {
        shares.map { total == 0 ? nil : counts.valueAtPercentile($0 * 100) }
    }
}
