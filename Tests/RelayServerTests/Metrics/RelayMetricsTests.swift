import Foundation
import Testing

@testable import RelayCore
@testable import RelayServer

@Suite struct RelayMetricsTests {
    @Test func everyNumberStandsWhereItBelongs() {
        let lines = RelayMetrics.text(.sample).split(separator: "\n").map(String.init)
        for line in [
            #"tern_build_info{version="1.0 \"beta\""} 1"#, "tern_uptime_seconds 3725", "tern_draining 0",
            "tern_load_ratio 0.25", "tern_relay_ports_free 16380", "tern_relay_ports 16384",
            "tern_resident_memory_bytes 47185920", "tern_certificate_expiry_timestamp_seconds 1800000000",
            #"tern_allocations{loop="0"} 3"#, #"tern_allocations{loop="1"} 1"#, #"tern_channels{loop="0"} 2"#,
            #"tern_connections{loop="0"} 1"#, #"tern_loop_busy_ratio{loop="0"} 0.125"#,
            #"tern_to_peers_packets_total{loop="0",transport="udp"} 1000"#,
            #"tern_to_peers_bytes_total{loop="0",transport="tls"} 7000"#,
            #"tern_to_clients_packets_total{loop="1",transport="tcp"} 1152921504606846976"#,
            "tern_hairpin_packets_total 5", "tern_allocations_opened_total 12",
            #"tern_allocations_ended_total{reason="expired"} 9"#,
            #"tern_requests_total{method="allocate",outcome="401"} 0"#,
            #"tern_dropped_total{reason="no_permission"} 5"#, #"tern_dropped_total{reason="send_queue_full"} 6"#,
            #"tern_loop_turns_total{loop="0"} 77"#, #"tern_loop_busy_seconds_total{loop="0"} 1.5"#,
            "tern_log_lines_total 10", "tern_log_lines_dropped_total 1",
            #"tern_log_lines_suppressed_total{level="info"} 2"#,
        ] {
            #expect(lines.contains(line), "\(line)")
        }
    }

    @Test func aFamilyIsWrittenExactly() {
        var text = ""
        MetricFamily(
            .counter, "tern_x_total", "A \"help\" with \\ and\nbreak.",
            [
                .init(labels: [], value: 3),
                .init(labels: [.init(name: "a", value: "q\"b\\n\n"), .init(name: "b", value: "é")], value: 0.5),
            ]
        ).write(to: &text)
        #expect(
            text == """
                # HELP tern_x_total A "help" with \\\\ and\\nbreak.
                # TYPE tern_x_total counter
                tern_x_total 3
                tern_x_total{a="q\\"b\\\\n\\n",b="é"} 0.5

                """)
    }

    /// What `promtool check metrics` looks for.
    @Test func theTextIsValidAndTidy() throws {
        let text = RelayMetrics.text(.sample)
        #expect(text.hasSuffix("\n") && !text.contains("\r") && !text.contains("\n\n"))
        var helped: [String] = []
        var kinds: [String: String] = [:]
        var series: Set<String> = []
        var current = ""
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 3)
            if line.hasPrefix("# HELP ") {
                current = String(words[2])
                #expect(!helped.contains(current), "HELP once for \(current)")
                #expect(words[3].hasSuffix("."))
                helped.append(current)
            } else if line.hasPrefix("# TYPE ") {
                #expect(words[2] == current, "TYPE follows HELP")
                kinds[current] = String(words[3])
            } else {
                let match = try #require(
                    try /(?<name>[a-z_]+)(\{(?<labels>[^}]*)\})? (?<value>[0-9.e+]+)/.wholeMatch(in: line), "\(line)")
                #expect(match.name == current, "samples follow their TYPE")
                #expect(Double(match.value) != nil)
                #expect(series.insert("\(match.name){\(match.labels ?? "")}").inserted, "\(line) twice")
                for label in match.labels?.split(separator: ",") ?? [] {
                    let name = label.split(separator: "=")[0]
                    #expect(["transport", "reason", "method", "outcome", "loop", "version", "level"].contains(name))
                }
            }
        }
        #expect(helped.count > 40)
        for name in helped {
            #expect(name.hasPrefix("tern_"))
            #expect((kinds[name] == "counter") == name.hasSuffix("_total"), "\(name) is a \(kinds[name] ?? "nothing")")
        }
    }

    @Test func nothingOfAClientIsInTheText() async {
        let control = FakeControl()
        let text = RelayMetrics.text(await control.status())
        for session in await control.sessions(limit: 3) {
            #expect(!text.contains(session.username.dropLast()))
            #expect(!text.contains("192.0.2.1"))
        }
    }

    @Test func everyReasonMethodAndOutcomeIsThereFromTheStart() {
        let families = RelayMetrics.families(
            RelayStatus(
                version: "1", uptimeSeconds: 0, isDraining: false, load: 0, portsFree: 0, portsTotal: 0, loops: []))
        func count(_ name: String) -> Int? { families.first { $0.name == name }?.samples.count }
        #expect(count("tern_dropped_total") == DropReason.allCases.count + LoopMetrics.drops.count)
        #expect(count("tern_requests_total") == CountedMethod.allCases.count * Outcome.allCases.count)
        #expect(count("tern_allocations_ended_total") == EndReason.allCases.count)
        let reasons = families.first { $0.name == "tern_dropped_total" }?.samples.map { $0.labels[0].value } ?? []
        #expect(Set(reasons).count == reasons.count)
    }

    @Test(arguments: ["prometheus-alerts.yaml", "grafana-dashboard.json"])
    func alertsAndDashboardNameMetricsThatExist(_ name: String) throws {
        let root = URL(filePath: #filePath).appending(path: "../../../..").standardized
        let text = try String(contentsOf: root.appending(path: "conf/\(name)"), encoding: .utf8)
        let known = Set(RelayMetrics.families(.sample).map(\.name))
        let named = Set(text.matches(of: /tern_[a-z_]+/).map { String($0.output) })
        #expect(named.count > 8)
        #expect(named.subtracting(known).isEmpty)
        if name.hasSuffix(".json") { _ = try JSONSerialization.jsonObject(with: Data(text.utf8)) }
    }
}
