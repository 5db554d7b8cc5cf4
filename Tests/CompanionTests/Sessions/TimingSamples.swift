/// How long two things took, done in turns, and whether one can be told from the other by that.
struct TimingSamples {
    /// Nanoseconds.
    private(set) var first: [Double] = []
    private(set) var second: [Double] = []

    /// Does both `count` times, in random order, so that whatever else the machine does hits both.
    init(
        _ count: Int, _ first: @Sendable () async throws -> Void, _ second: @Sendable () async throws -> Void
    ) async rethrows {
        var coin = SeededCoin()
        for _ in 0..<count {
            if coin.toss() {
                self.first.append(try await Self.nanoseconds(first))
                self.second.append(try await Self.nanoseconds(second))
            } else {
                self.second.append(try await Self.nanoseconds(second))
                self.first.append(try await Self.nanoseconds(first))
            }
        }
    }

    static func nanoseconds(_ body: @Sendable () async throws -> Void) async rethrows -> Double {
        let start = ContinuousClock.now
        try await body()
        return (ContinuousClock.now - start) / .nanoseconds(1)
    }

    /// The difference of the medians.
    var shift: Double { abs(Self.median(first) - Self.median(second)) }

    static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    /// Whether the two can be told apart: a Mann–Whitney test finds a difference, and another one does not rule out
    /// that it is larger than `margin`. With noise the first finds less, with many samples a difference of no use to
    /// anybody: neither alone says what is asked.
    func differ(by margin: Double) -> Bool {
        let difference = Self.z(first, second, shift: 0)
        guard abs(difference) > Self.zMax else { return false }
        let isWithin =
            difference > 0
            ? Self.z(first, second, shift: -margin) < -Self.zMax : Self.z(first, second, shift: margin) > Self.zMax
        return !isWithin
    }

    /// One in 150,000 by chance.
    private static let zMax = 4.5

    /// Mann–Whitney's U of `first` + `shift` against `second`, in standard deviations from what it is for equal ones.
    static func z(_ first: [Double], _ second: [Double], shift: Double) -> Double {
        let ordered = second.sorted()
        var larger = 0.0
        for value in first {
            let value = value + shift
            let below = firstIndex(ordered) { $0 >= value }
            let notAbove = firstIndex(ordered) { $0 > value }
            larger += Double(below) + Double(notAbove - below) / 2
        }
        let (n, m) = (Double(first.count), Double(second.count))
        return (larger - n * m / 2) / (n * m * (n + m + 1) / 12).squareRoot()
    }

    private static func firstIndex(_ ordered: [Double], _ isBehind: (Double) -> Bool) -> Int {
        var (low, high) = (0, ordered.count)
        while low < high {
            let middle = (low + high) / 2
            if isBehind(ordered[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

/// The same tosses in every run.
private struct SeededCoin {
    private var state: UInt64 = 7

    mutating func toss() -> Bool {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 63 == 1
    }
}
