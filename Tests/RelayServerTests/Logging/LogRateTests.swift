import Logging
import Testing

@testable import RelayServer

@Suite struct LogRateTests {
    @Test func eachLevelHasItsOwnBoundPerSecond() {
        var rate = LogRate(linesPerSecond: 3, reportEveryMilliseconds: 10_000)
        let admitted = (0..<10).filter { _ in rate.admits(.info, at: 500) }.count
        #expect(admitted == 3)
        let other = rate.admits(.error, at: 500)
        #expect(other)
        #expect(rate.suppressed[Logger.Level.info.order] == 7)
        let next = rate.admits(.info, at: 1000)
        #expect(next)
    }

    @Test func whatIsSuppressedIsReportedOncePerInterval() {
        var rate = LogRate(linesPerSecond: 1, reportEveryMilliseconds: 10_000)
        #expect(rate.report(at: 0).isEmpty)
        for second in 0..<20 {
            for _ in 0..<5 { _ = rate.admits(.warning, at: Int64(second) * 1000) }
        }
        #expect(rate.report(at: 9_999).isEmpty)
        let report = rate.report(at: 10_000)
        #expect(report.count == 1 && report.first?.level == .warning && report.first?.lines == 80)
        #expect(rate.report(at: 30_000).isEmpty)
        _ = rate.admits(.warning, at: 40_000)
        _ = rate.admits(.warning, at: 40_001)
        #expect(rate.report(at: 40_002).isEmpty)
        #expect(rate.report(at: 40_002, now: true).map(\.lines) == [1])
        #expect(rate.suppressed[Logger.Level.warning.order] == 81)
    }
}
