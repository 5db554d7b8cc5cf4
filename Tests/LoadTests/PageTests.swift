import Credentials
import Foundation
import TURNClient
import Testing

@testable import Load

@Suite("The page")
struct PageTests {
    private func result(delivered: Double, p99: Double) throws -> LoadResult {
        let plan = LoadPlan(
            uris: [try RelayURI.parse("turn:relay.example")], credential: .user(name: "u", password: "p"),
            profile: .voice)
        var result = LoadResult(plan)
        result.receivedPerSecond = delivered
        var histogram = LatencyHistogram()
        histogram.record(UInt64(p99))
        result.latency = LoadResult.Latency(histogram)
        result.series = (1...3).map {
            LoadResult.Sample(
                second: Double($0), sentPerSecond: delivered, receivedPerSecond: delivered, megabits: 1, lossPercent: 0,
                ready: 1, latency: result.latency, generatorCores: 0.1)
        }
        return result
    }

    @Test("a regression is named, and an improvement, and no difference")
    func verdicts() throws {
        let base = try result(delivered: 1_000, p99: 1_000_000)
        #expect(!LoadPage.html(base).contains("earlier run"))
        #expect(LoadPage.html(base, beside: base).contains("No different"))
        let worse = LoadPage.html(try result(delivered: 900, p99: 3_000_000), beside: base)
        #expect(worse.contains("Worse than the earlier run: Delivered, p50, p99, p99.9"))
        let better = LoadPage.html(base, beside: try result(delivered: 900, p99: 3_000_000))
        #expect(better.contains("Better than the earlier run"))
    }

    @Test("what comes from outside is text, and nothing is fetched")
    func escapes() throws {
        var hostile = try result(delivered: 1, p99: 1)
        hostile.uris = ["<script>alert(1)</script>"]
        hostile.generatorLimit = "\"<b>\""
        let page = LoadPage.html(hostile)
        #expect(!page.contains("<script") && !page.contains("<b>\"") && !page.contains("http"))
    }

    @Test("a result reads back from its JSON")
    func json() throws {
        let base = try result(delivered: 1_000, p99: 1_000_000)
        let read = try LoadResult(json: Data(base.json().utf8))
        #expect(read.latency == base.latency && read.series == base.series && read.receivedPerSecond == 1_000)
    }

    @Test("the grid ends at a round number above the highest value", arguments: [0.0, 0.37, 1, 3, 99, 100, 12_345])
    func grid(value: Double) {
        let top = LineChart.round(up: value)
        #expect(top >= value && top > 0 && (value == 0 || top <= value * 2.01))
    }
}
