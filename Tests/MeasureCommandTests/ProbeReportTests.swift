import Foundation
import Probe
import Testing

@testable import MeasureCommand

@Suite struct ProbeReportTests {
    private func path(
        sent: Int, returned: Int, _ status: PathReport.Status = .works, counted: Bool = true
    ) -> PathReport {
        var path = PathReport(uri: "turn:127.0.0.1:3478?transport=udp", transport: "udp")
        path.sent = sent
        path.received = returned
        path.returned = returned
        path.status = status
        path.counted = counted
        return path
    }

    @Test func tableNamesEachPathAndJSONReadsBack() throws {
        var whole = path(sent: 100, returned: 98, .degraded)
        whole.relayed = "192.0.2.1:50000"
        whole.roundTripUs = PathReport.Times(nanoseconds: [1_500_000])
        whole.pathMTU = 1_500
        let report = ProbeReport(paths: [whole, path(sent: 0, returned: 0, .blocked)])
        let lines = report.table.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[1].contains("192.0.2.1:50000") && lines[1].contains("1.50 ms") && lines[1].contains("2/100"))
        #expect(lines[2].contains("BLOCKED"))
        let json = try report.json()
        for key in ["round_trip_us", "path_mtu", "verdict", "exit"] {
            #expect(json.contains("\"\(key)\"") == (key != "exit"))
        }
        #expect(!(try report.json(compact: true)).contains("\n"))
    }

    @Test func everyFindingSaysWhatToDo() {
        var report = ProbeReport(paths: [path(sent: 0, returned: 0, .blocked)])
        report.findings = [
            ProbeReport.Finding(
                blocker: .timedOut, text: "turn:relay.example timed out", remedy: "firewall: allow it", counted: true)
        ]
        #expect(report.text.contains("No path"))
        #expect(report.text.contains("  firewall: allow it"))
        #expect(report.line.contains("NO PATH  0 of 1 ways work"))
    }
}
