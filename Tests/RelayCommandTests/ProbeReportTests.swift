import Foundation
import Testing

@testable import RelayCommand

@Suite struct ProbeReportTests {
    private func path(sent: Int, returned: Int) -> ProbeReport.Path {
        var path = ProbeReport.Path(uri: "turn:127.0.0.1:3478?transport=udp", transport: "udp")
        path.sent = sent
        path.received = returned
        path.returned = returned
        return path
    }

    struct Case: Sendable {
        var paths: [[Int]]
        var code: Int32
    }

    private static let cases: [Case] = [
        Case(paths: [[100, 100]], code: 0), Case(paths: [[100, 99]], code: 1), Case(paths: [[100, 0]], code: 2),
        Case(paths: [[0, 0]], code: 2), Case(paths: [[100, 100], [0, 0]], code: 1),
        Case(paths: [[100, 100], [10, 10]], code: 0), Case(paths: [[0, 0], [0, 0]], code: 2),
    ]

    @Test(arguments: cases)
    func exitCodeTellsWholePartialAndNoPath(_ example: Case) {
        let report = ProbeReport(paths: example.paths.map { path(sent: $0[0], returned: $0[1]) })
        #expect(report.exitCode == example.code)
    }

    @Test func quantilesAreNearestRanks() throws {
        let times = try #require(ProbeReport.RoundTrip(nanoseconds: (1...100).reversed().map { $0 * 1_000 }))
        #expect(times.min == 1)
        #expect(times.median == 50)
        #expect(times.p99 == 99)
        #expect(ProbeReport.RoundTrip(nanoseconds: []) == nil)
        #expect(ProbeReport.RoundTrip(nanoseconds: [7_000])?.p99 == 7)
    }

    @Test func tableNamesEachPathAndJSONReadsBack() throws {
        var whole = path(sent: 100, returned: 98)
        whole.relayed = "192.0.2.1:50000"
        whole.roundTrip = ProbeReport.RoundTrip(nanoseconds: [1_500_000])
        let report = ProbeReport(paths: [whole, path(sent: 0, returned: 0)])
        let lines = report.table.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[1].contains("192.0.2.1:50000") && lines[1].contains("1.50 ms"))
        #expect(lines[2].contains(" - "))
        let read = try JSONDecoder().decode(ProbeReport.self, from: Data(report.json().utf8))
        #expect(read == report)
    }
}
