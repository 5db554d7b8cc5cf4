import Testing

@testable import Load

@Suite("Latency histogram")
struct HistogramTests {
    @Test("every value is read back with less than one part in a thousand of error")
    func precision() throws {
        var value: UInt64 = 1
        while value < 1 << 37 {
            for probe in [value - 1, value, value + value / 3] {
                var histogram = LatencyHistogram()
                histogram.record(probe)
                let read = try #require(histogram.quantiles([1])[0])
                #expect(read >= probe && Double(read - probe) <= Double(probe) / 1_000, "\(probe) became \(read)")
            }
            value *= 2
        }
    }

    @Test("indices grow with values and stay within the table")
    func indices() {
        var last = -1
        var value: UInt64 = 0
        while value < 1 << 40 {
            let index = LatencyHistogram.index(value)
            #expect(index >= last && index < LatencyHistogram.size)
            last = index
            value += max(1, value / 700)
        }
        #expect(LatencyHistogram.index(.max) == LatencyHistogram.size - 1)
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
        #expect(histogram.since(before).quantiles([0.5]) == [7])
    }
}
