/// Counts of times in nanoseconds in the layout of HdrHistogram with three significant digits: recording allocates
/// nothing and costs the same for every value, and a value read back is off by less than one part in a thousand.
public struct LatencyHistogram: Sendable, Equatable {
    /// Values below 2048 have a count each; above, each doubling is divided in 1024.
    private static let halfBits = 10
    /// The largest doubling: values up to 2^37 ns, more than two minutes, are told apart.
    private static let shiftMax = 26
    /// How many counts there are.
    static let size = (shiftMax + 2) << halfBits

    private(set) var counts: [UInt64]

    /// Empty.
    public init() {
        counts = [UInt64](repeating: 0, count: LatencyHistogram.size)
    }

    /// From counts kept elsewhere.
    init(counts: UnsafeBufferPointer<UInt64>) {
        self.counts = Array(counts)
    }

    /// The count that a value belongs to.
    @inline(__always)
    static func index(_ nanoseconds: UInt64) -> Int {
        let bits = 64 &- nanoseconds.leadingZeroBitCount
        let shift = max(0, bits &- halfBits &- 1)
        guard shift <= shiftMax else { return size &- 1 }
        return shift << halfBits &+ Int(truncatingIfNeeded: nanoseconds >> UInt64(truncatingIfNeeded: shift))
    }

    /// The largest value that belongs to a count.
    private static func value(_ index: Int) -> UInt64 {
        guard index >= 2 << halfBits else { return UInt64(index) }
        let shift = index >> halfBits - 1
        return UInt64(index - shift << halfBits + 1) << UInt64(shift) - 1
    }

    /// Counts one value.
    public mutating func record(_ nanoseconds: UInt64) {
        counts[LatencyHistogram.index(nanoseconds)] += 1
    }

    /// Adds another histogram's counts.
    public mutating func add(_ other: LatencyHistogram) {
        for index in counts.indices { counts[index] += other.counts[index] }
    }

    /// What was counted since `earlier`.
    public func since(_ earlier: LatencyHistogram) -> LatencyHistogram {
        var difference = self
        for index in counts.indices { difference.counts[index] -= earlier.counts[index] }
        return difference
    }

    /// How many values were counted.
    public var total: UInt64 { counts.reduce(0, +) }

    /// The values that these shares (in ascending order) of all are not above; nil for each when nothing was counted.
    public func quantiles(_ shares: [Double]) -> [UInt64?] {
        let total = total
        guard total > 0 else { return shares.map { _ in nil } }
        var found: [UInt64?] = []
        var seen: UInt64 = 0
        var index = 0
        for share in shares {
            let rank = max(1, UInt64((Double(total) * share).rounded(.up)))
            while seen < rank {
                seen += counts[index]
                index += 1
            }
            found.append(LatencyHistogram.value(index - 1))
        }
        return found
    }
}
