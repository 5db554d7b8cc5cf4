import Foundation
import Load
import Testing

@testable import MeasureCommand

@Suite("The live view of a load")
struct LoadDashboardTests {
    private func sample(_ second: Double, delivered: Double) throws -> LoadResult.Sample {
        let json = """
            {"second": \(second), "sentPerSecond": 10000, "receivedPerSecond": \(delivered), "megabits": 12.8, \
            "lossPercent": 0.5, "ready": 200, "generatorCores": 0.4, \
            "latency": {"p50": 310, "p90": 500, "p99": 1200, "p999": 3100, "max": 4000}}
            """
        return try JSONDecoder().decode(LoadResult.Sample.self, from: Data(json.utf8))
    }

    @Test("no line is longer than the terminal is wide, and the figures are there", arguments: [20, 39, 80, 200])
    func width(columns: Int) throws {
        var dashboard = LoadDashboard(
            title: "voice, up: turn:relay.example:3478?transport=udp", seconds: 60, loops: 2, isUnicode: true)
        #expect(dashboard.lines(columns: columns).isEmpty)
        for second in 1...90 { dashboard.add(try sample(Double(second), delivered: Double(second) * 100)) }
        let lines = dashboard.lines(columns: columns)
        #expect(lines.count == 9 && lines.allSatisfy { $0.count < columns })
        guard columns >= 80 else { return }
        #expect(lines[2].contains("10000 sent/s  9000 delivered/s"))
        #expect(lines[4].contains("p50 0.31  p99 1.20  p99.9 3.10 ms"))
        #expect(lines[6].hasSuffix("█  9000/s now, 9000/s at most"))
    }

    @Test("a terminal of ASCII gets ASCII, and the first second of a step begins anew")
    func plain() throws {
        var dashboard = LoadDashboard(title: "voice", seconds: 10, loops: 1, isUnicode: false)
        for second in 1...4 { dashboard.add(try sample(Double(second), delivered: 0)) }
        dashboard.add(try sample(1, delivered: 50))
        let lines = dashboard.lines(columns: 80)
        #expect(lines.allSatisfy { $0.utf8.allSatisfy { $0 < 128 } })
        #expect(lines[6].contains(" @  50/s now") || lines[6].contains("delivered  @"))
    }
}
