import Foundation
import Probe
import RelayCommand

extension ProbeReport {
    /// The report for people: a table with a line per way, what was learnt besides, and what to do.
    var text: String {
        var parts = [table]
        let facts = factLines
        if !facts.isEmpty { parts.append(facts.joined(separator: "\n")) }
        parts.append(findingLines.joined(separator: "\n"))
        return parts.joined(separator: "\n\n")
    }

    /// One line: time, verdict, and the first thing in the way.
    var line: String {
        let usable = paths.filter(\.isUsable)
        var line = "\(timeText)  \(verdictText)  \(usable.count) of \(paths.count) ways work"
        let trips = usable.compactMap { $0.roundTripUs?.median }
        if let best = trips.min() { line += "  best round trip \(ProbeReport.milliseconds(best))" }
        if let first = findings.first { line += "  \(first.text)" }
        return line
    }

    /// When it was made, in this machine's zone.
    var timeText: String {
        let formatter = ISO8601DateFormatter()
        return formatter.string(from: Date(timeIntervalSince1970: Double(time)))
    }

    private var verdictText: String {
        switch verdict {
        case .allWell: "all well"
        case .degraded: "degraded"
        case .noPath: "NO PATH"
        }
    }

    /// A table with one line per way.
    var table: String {
        let head = [
            "RESULT", "TRANSPORT", "SERVER", "RELAYED ADDRESS", "LOST", "RTT", "P99", "JITTER", "MBIT/S", "MTU", "URI",
        ]
        return TextColumns.align([head] + paths.map(ProbeReport.row))
    }

    private static func row(_ path: PathReport) -> [String] {
        var row = [result(path), path.transport, path.proxy.map { "via \($0)" } ?? path.server ?? "-"]
        row.append(path.relayed ?? "-")
        row.append(path.sent == 0 ? "-" : "\(path.lost)/\(path.sent)")
        row.append((path.roundTripUs?.median ?? path.stunUs).map(milliseconds) ?? "-")
        row.append(path.roundTripUs.map { milliseconds($0.p99) } ?? "-")
        row.append(path.jitterUs.map(milliseconds) ?? "-")
        row.append(path.megabitsPerSecond.map { String(format: "%.1f", $0) } ?? "-")
        row.append(path.pathMTU.map(String.init) ?? "-")
        row.append(path.uri)
        return row
    }

    private static func result(_ path: PathReport) -> String {
        switch path.status {
        case .works: "works"
        case .degraded: "degraded"
        case .absent: "not here"
        case .blocked: path.counted ? "BLOCKED" : "no"
        }
    }

    private static func milliseconds(_ microseconds: Double) -> String {
        String(format: "%.2f ms", microseconds / 1_000)
    }

    /// What was learnt of names, addresses, certificates, credentials and clocks.
    private var factLines: [String] {
        var lines: [String] = []
        for name in names where !name.records.isEmpty {
            let records = name.records.sorted { $0.key < $1.key }.filter { !$0.value.isEmpty }
                .map { "\($0.key): \($0.value.joined(separator: ", "))" }
            let addresses = name.addresses.isEmpty ? "no address" : name.addresses.joined(separator: ", ")
            lines.append(
                "name         \(name.host): \(addresses)"
                    + (records.isEmpty ? "" : " (\(records.joined(separator: "; ")))"))
        }
        var seen: Set<String> = []
        func add(_ line: String) { if seen.insert(line).inserted { lines.append(line) } }
        for path in paths {
            if let mapped = path.mapped, let local = path.local {
                let translated =
                    mapped.prefix { $0 != ":" } == local.prefix { $0 != ":" } ? "no translation" : "translated"
                var line =
                    "address      \(path.transport) from \(host(local)) is seen as \(host(mapped)): \(translated)"
                if let mapping = path.natMapping { line += ", mapping \(words(mapping))" }
                if let filtering = path.natFiltering { line += ", filtering \(words(filtering))" }
                add(line)
            }
            if let tls = path.tls {
                let days = tls.daysLeft.map { ", \($0) days left" } ?? ""
                add(
                    "certificate  \(tls.names ?? "-") from \(tls.issuer ?? "-")\(days), \(tls.version), "
                        + "ALPN \(tls.applicationProtocol ?? "none"): \(tls.problem ?? "trusted")")
            }
            if let skew = path.clockSkewSeconds, abs(skew) > 2 {
                add("clock        the relay's is \(skew) s ahead of this machine's")
            }
        }
        for credential in credentials {
            let left = credential.secondsLeft
            add("credential   \(credential.user) " + (left > 0 ? "ends in \(left) s" : "ended \(-left) s ago"))
        }
        return lines
    }

    private func host(_ address: String) -> String {
        String(address[..<(address.lastIndex(of: ":") ?? address.endIndex)])
    }

    private func words(_ name: String) -> String { name.replacingOccurrences(of: "_", with: " ") }

    private var findingLines: [String] {
        var lines: [String] = []
        switch verdict {
        case .allWell: lines.append("All well: every way works from here.")
        case .degraded: lines.append("Degraded: calls are possible from here, but not every way works.")
        case .noPath: lines.append("No path: no call is possible from here.")
        }
        for finding in findings {
            lines.append((finding.counted ? "- " : "- (not counted) ") + finding.text)
            if let remedy = finding.remedy { lines.append("  \(remedy)") }
        }
        return lines
    }
}
