import Foundation
import Glibc
import Load
import RelayCommand
import TURNClient

/// What a person sees while a load runs, and at its end: a view that renews itself on a terminal, lines elsewhere.
final class LoadView {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let sessions: Int
    private var dashboard: LoadDashboard
    /// Lines of the view that stand on the terminal now.
    private var drawn = 0

    init(_ plan: LoadPlan) {
        sessions = plan.profile == .allocations ? 0 : plan.sessions
        let environment = ProcessInfo.processInfo.environment
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        let isUnicode = locale.lowercased().replacingOccurrences(of: "-", with: "").contains("utf8")
        let direction = plan.isClientToClient ? "client to client" : plan.direction.rawValue
        let servers = plan.uris.map(\.description).joined(separator: " ")
        dashboard = LoadDashboard(
            title: "\(plan.profile.rawValue), \(direction): \(servers)", seconds: plan.seconds, loops: plan.loops,
            isUnicode: isUnicode)
    }

    /// Sessions are being set up.
    func showSetup(ready: UInt64, failed: UInt64) {
        guard isTerminal else { return }
        draw(["setting up \(ready) of \(sessions) sessions" + (failed == 0 ? "" : ", \(failed) failed")])
    }

    /// Packets take a way that costs the generator more.
    func showDetour(_ cause: String) {
        draw([])
        Terminal.note("the generator costs more than it could: \(cause)")
    }

    /// A second went by.
    func show(_ sample: LoadResult.Sample) {
        guard !isTerminal else {
            dashboard.add(sample)
            draw(dashboard.lines(columns: columns))
            return
        }
        var line = String(
            format: "%4.0f s  %llu sessions  %.0f sent/s  %.0f delivered/s  %.1f Mbit/s  loss %.2f %%", sample.second,
            sample.ready, sample.sentPerSecond, sample.receivedPerSecond, sample.megabits, sample.lossPercent)
        if let latency = sample.latency { line += "  " + LoadView.text(latency) }
        line += String(format: "  generator %.2f cores", sample.generatorCores)
        Terminal.note(line)
    }

    /// A step of a search is over.
    func show(_ step: LoadResult.Step) {
        var line = String(
            format: "%@  %.0f packets/s asked for, %.0f delivered, loss %.3f %%", step.passed ? "holds" : "fails",
            step.target, step.delivered, step.lossPercent)
        if let latency = step.latency { line += "  " + LoadView.text(latency) }
        if step.isGeneratorLimited { line += "  (generator)" }
        draw([])
        Terminal.note(line)
    }

    /// Leaves the view as it stands: what comes next is below it.
    func end() { drawn = 0 }

    /// Puts these lines in place of the last ones. Long lines are cut, never wrapped: the count would be wrong.
    private func draw(_ lines: [String]) {
        guard isTerminal else { return }
        var text = drawn > 0 ? "\u{1B}[\(drawn)A" : ""
        text += "\r\u{1B}[J\u{1B}[?7l" + lines.map { $0 + "\n" }.joined() + "\u{1B}[?7h"
        drawn = lines.count
        FileHandle.standardError.write(Data(text.utf8))
    }

    private var columns: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    static func text(_ latency: LoadResult.Latency) -> String {
        String(format: "p50 %.2f p99 %.2f p99.9 %.2f ms", latency.p50 / 1e3, latency.p99 / 1e3, latency.p999 / 1e3)
    }

    /// The result in lines.
    static func summary(_ result: LoadResult) -> String {
        var rows: [[String]] = [
            ["server", result.uris.joined(separator: " ")],
            [
                "load",
                "\(result.profile), \(result.direction), "
                    + (result.trace ?? "\(result.payloadBytes) bytes, bursts of \(result.burst)"),
            ],
            ["sessions", "\(result.ready) of \(result.sessions), \(result.failed) failed"],
        ]
        if let failure = result.failure { rows.append(["first failure", failure]) }
        if let setup = result.setup {
            rows.append(["set-up", String(format: "%.0f per second, ", result.setupPerSecond) + text(setup)])
        }
        rows.append([
            "sent",
            String(
                format: "%llu, %.0f/s of %.0f/s asked for", result.sent, result.sentPerSecond,
                result.targetPerSecond),
        ])
        rows.append([
            "delivered",
            String(
                format: "%llu, %.0f/s, %.1f Mbit/s", result.received, result.receivedPerSecond,
                result.megabits),
        ])
        if result.profile == "flood" { rows.append(["answers", "\(result.answers)"]) }
        if result.allocated > 0, result.profile == "allocations" {
            rows.append(["allocations", "\(result.allocated) made, \(result.refreshed) refreshes answered"])
        }
        rows.append([
            "lost",
            String(
                format: "%llu, %.3f %%; %llu twice, %llu out of order", result.lost, result.lossPercent,
                result.duplicates, result.reordered),
        ])
        if let latency = result.latency {
            rows.append(["latency", text(latency) + String(format: ", jitter %.3f ms", result.jitterUs / 1e3)])
        }
        var cpu = String(format: "generator %.2f cores", result.generatorCores)
        if let each = result.generatorUsPerPacket { cpu += String(format: " (%.2f us per packet)", each) }
        if let server = result.serverCores { cpu += String(format: ", server %.2f cores", server) }
        if let each = result.serverUsPerPacket { cpu += String(format: " (%.2f us per packet)", each) }
        rows.append(["CPU", cpu])
        if let sends = result.sendsBy, let counts = result.countsIn {
            let place = counts == "kernel" ? "in the kernel" : "at its sockets"
            let pace = result.paceUs.map { " every \($0) us" } ?? ""
            rows.append(["generator", "sends through \(sends)\(pace), counts \(place)"])
        }
        if let media = result.media { rows += rowsOf(media) }
        if let capacity = result.capacity { rows.append(["capacity", String(format: "%.0f packets/s", capacity)]) }
        if let limit = result.generatorLimit { rows.append(["BEWARE", limit]) }
        let text = TextColumns.align(rows)
        return result.proof.map { text + "\n\n" + summary($0) } ?? text
    }
}
