/// Looks for the highest rate that passes: doubles until one fails, then halves the gap between the two.
struct CapacitySearch {
    /// How close the answer has to be, as a share of it.
    static let precision = 0.05
    /// Steps at most.
    static let stepLimit = 24

    /// The highest rate that passed; nil when none did.
    private(set) var best: Double?
    private var lowestFailed: Double?
    private var rate: Double
    private var steps = 0

    /// Begins at this rate.
    init(start: Double) { rate = max(1, start) }

    /// The rate to try; nil when the answer is known well enough.
    var next: Double? {
        guard steps < CapacitySearch.stepLimit, rate >= 1 else { return nil }
        if let best, let lowestFailed, lowestFailed - best <= best * CapacitySearch.precision { return nil }
        return rate
    }

    /// Says how the last rate went.
    mutating func record(passed: Bool) {
        steps += 1
        if passed { best = max(best ?? 0, rate) } else { lowestFailed = min(lowestFailed ?? .infinity, rate) }
        switch (best, lowestFailed) {
        case (let best?, let failed?): rate = (best + failed) / 2
        case (let best?, nil): rate = best * 2
        case (nil, let failed?): rate = failed / 2
        case (nil, nil): break
        }
    }
}
