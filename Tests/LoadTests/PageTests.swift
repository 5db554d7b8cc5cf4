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
        let worse = LoadPage.html(try result(delivered: 900, p99: 3_500_000), beside: base)
        #expect(worse.contains("Worse than the earlier run:</b> Delivered 10 % less, p50 3.5"))
        #expect(worse.contains("<span class=\"change\">10 % less, worse</span><small>earlier 1000</small>"))
        let better = LoadPage.html(base, beside: try result(delivered: 900, p99: 3_000_000))
        #expect(better.contains("Better than the earlier run"))
    }

    @Test("a run that is a fifth worse is told with how much worse it is, and that it was another load")
    func fifth() throws {
        let base = try result(delivered: 1_000, p99: 1_000_000)
        var worse = try result(delivered: 800, p99: 1_200_000)
        worse.lossPercent = 20
        let page = LoadPage.html(worse, beside: base)
        #expect(page.contains("</b> Delivered 20 % less, Lost 20.0 points more, p50 20 % more, p99 20 % more."))
        #expect(!page.contains("another load"))
        worse.sessions = 7
        #expect(LoadPage.html(worse, beside: base).contains("another load: sessions 100, now 7"))
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

    @Test(
        "an axis ends at a round number above the highest value", arguments: [0.0, 0.37, 1, 3, 99, 100, 1_060, 12_345])
    func fromZero(value: Double) {
        let axis = ChartAxis.fromZero(to: value)
        #expect(axis.high >= value && axis.high > 0 && (value == 0 || axis.high <= value * 1.6))
        #expect(axis.position(axis.high) == 1 && (4...7).contains(axis.ticks.count))
    }

    @Test("ticks have as many digits as tell them apart")
    func labels() {
        func labels(_ axis: ChartAxis) -> [String] { axis.ticks.indices.map(axis.label) }
        #expect(labels(.fromZero(to: 90)) == ["0", "25", "50", "75", "100"])
        #expect(labels(.fromZero(to: 10)) == ["0", "2.5", "5.0", "7.5", "10.0"])
        #expect(labels(.fromZero(to: 250_000)) == ["0", "100 k", "200 k", "300 k"])
        #expect(labels(.span(1, 8)) == ["2", "4", "6", "8"])
        #expect(labels(.logarithmic(0.13, 40)) == ["0.1", "1", "10"])
        #expect(labels(.logarithmic(3, 9)) == ["2", "5", "10"])
        let log = ChartAxis.logarithmic(0.13, 40)
        #expect(log.low == 0.1 && log.high == 50 && abs(log.position(50) - 1) < 1e-9)
    }
}
