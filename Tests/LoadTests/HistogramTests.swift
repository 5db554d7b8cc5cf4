import Testing

@testable import Load

@Suite("Latency histogram")
struct HistogramTests {
    /// Above every value that is told apart.
    static let endless = UInt64.max

    @Test("every value is read back with less than one part in a thousand of error")
    func precision() throws {
        var value: UInt64 = 1
        while value < 1 << 37 {
            for probe in [value - 1, value, value + value / 3] {
                var histogram = LatencyHistogram()
                histogram.record(probe)
                // A longer one beside it: the longest is kept exactly, which would hide the error.
                histogram.record(Self.endless)
                let read = try #require(histogram.quantiles([0.5])[0])
                #expect(read >= probe && Double(read - probe) <= Double(probe) / 1_000, "\(probe) became \(read)")
            }
            value *= 2
        }
    }

    @Test("what takes longer than can be told apart is counted as the longest")
    func longest() {
        var histogram = LatencyHistogram()
        for value in [1 << 37, 1 << 40, Self.endless] { histogram.record(value) }
        #expect(histogram.total == 3 && histogram.quantiles([0, 1]) == [1 << 37, 1 << 37])
    }

    @Test("quantiles are nearest ranks, and differences are exact")
    func quantiles() {
        var histogram = LatencyHistogram()
        #expect(histogram.quantiles([0.5]) == [nil])
        for value in 1...100 { histogram.record(UInt64(value)) }
        #expect(histogram.quantiles([0, 0.5, 0.99, 1]) == [1, 50, 99, 100])
        let before = histogram
        histogram.record(7)
        #expect(histogram.since(before).total == 1)
        #expect(histogram.since(before).quantiles([0.5, 1]) == [7, 7])
        #expect(histogram.since(histogram).quantiles([0.5]) == [nil])
    }

    @Test("a difference holds what came since, long times and the longest included")
    func difference() throws {
        var histogram = LatencyHistogram()
        histogram.record(5_000_000_000)
        let before = histogram.copy()
        for _ in 0..<3 { histogram.record(2_000_000) }
        histogram.record(Self.endless)
        let since = histogram.since(before)
        #expect(since.total == 4 && before.total == 1)
        let found = try since.quantiles([0.75, 1]).map { try #require($0) }
        #expect(2_000_000...2_002_000 ~= found[0] && found[1] == 1 << 37)
    }

    @Test("the sum of two has the counts of both")
    func sum() {
        var one = LatencyHistogram()
        var other = LatencyHistogram()
        for value in 1...10 { one.record(UInt64(value)) }
        for value in 11...20 { other.record(UInt64(value)) }
        one.add(other)
        #expect(one.total == 20 && one.quantiles([0.05, 0.5, 1]) == [1, 10, 20] && other.total == 10)
    }
}
