import Logging

/// How many lines of each level may be written in one second. What exceeds it is counted, and reported as a number
/// once per interval, so that a flood of refusals fills neither the disk nor the view of what else happens.
struct LogRate {
    let linesPerSecond: Int
    let reportEveryMilliseconds: Int64

    private var second: Int64 = .min
    private var lines = [Int](repeating: 0, count: Logger.Level.allCases.count)
    private var sinceReport = [UInt64](repeating: 0, count: Logger.Level.allCases.count)
    private var reportedAt: Int64?

    /// Lines suppressed since the start, by level.
    private(set) var suppressed = [UInt64](repeating: 0, count: Logger.Level.allCases.count)

    init(linesPerSecond: Int, reportEveryMilliseconds: Int64) {
        self.linesPerSecond = linesPerSecond
        self.reportEveryMilliseconds = reportEveryMilliseconds
    }

    /// Whether a line of `level` may be written at `milliseconds` of any steady clock.
    mutating func admits(_ level: Logger.Level, at milliseconds: Int64) -> Bool {
        if milliseconds / 1000 != second {
            second = milliseconds / 1000
            for index in lines.indices { lines[index] = 0 }
        }
        let index = level.order
        guard lines[index] < linesPerSecond else {
            suppressed[index] += 1
            sinceReport[index] += 1
            reportedAt = reportedAt ?? milliseconds
            return false
        }
        lines[index] += 1
        return true
    }

    /// What was suppressed since the last report, when one is due (or `now`).
    mutating func report(at milliseconds: Int64, now: Bool = false) -> [(level: Logger.Level, lines: UInt64)] {
        guard let begin = reportedAt, now || milliseconds - begin >= reportEveryMilliseconds else { return [] }
        let report = Logger.Level.allCases.filter { sinceReport[$0.order] > 0 }.map { ($0, sinceReport[$0.order]) }
        for index in sinceReport.indices { sinceReport[index] = 0 }
        reportedAt = nil
        return report
    }
}

extension Logger.Level {
    /// Position among the levels, 0 for `trace`.
    var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
