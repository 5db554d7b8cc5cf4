import Foundation

/// A result as one page that stands alone: figures, charts, and an earlier run beside it.
public enum LoadPage {
    /// The page in HTML. Nothing is fetched from anywhere: it can be sent to a colleague as it is.
    public static func html(_ result: LoadResult, beside earlier: LoadResult? = nil) -> String {
        let runs = [result] + (earlier.map { [$0] } ?? [])
        let title = "Load of \(escaped(result.uris.joined(separator: ", ")))"
        var body = "<h1>\(title)</h1>\n<p class=\"what\">\(escaped(subtitle(result)))</p>\n"
        if let limit = result.generatorLimit {
            body += "<p class=\"beware\">Read with care: \(escaped(limit)).</p>\n"
        }
        body += verdict(result, earlier) + tiles(result, earlier)
        body += chart("Throughput", "packets delivered per second", runs) { run in
            run.series.map { ($0.second, $0.receivedPerSecond) }
        }
        body += chart("Loss", "percent of each second's packets that did not arrive within it", runs) { run in
            run.series.map { ($0.second, $0.lossPercent) }
        }
        body += chart("Latency over time", "p99 in milliseconds", runs) { run in
            run.series.compactMap { sample in sample.latency.map { (sample.second, $0.p99 / 1_000) } }
        }
        body += chart("Latency distribution", "milliseconds at each percentile", runs, xName: percentileName) { run in
            run.percentiles.enumerated().map { (Double($0.offset), $0.element.microseconds / 1_000) }
        }
        if runs.contains(where: { !$0.steps.isEmpty }) {
            body += chart("Capacity", "p99 in milliseconds at each rate (packets per second)", runs) { run in
                run.steps.sorted { $0.target < $1.target }.compactMap { step in
                    step.latency.map { (step.target, $0.p99 / 1_000) }
                }
            }
            if !result.steps.isEmpty { body += steps(result) }
        }
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>\(title)</title><style>\(style)</style></head><body><main>
            \(body)</main></body></html>

            """
    }

    // MARK: - Parts

    private static func subtitle(_ result: LoadResult) -> String {
        let formatter = ISO8601DateFormatter()
        let when = formatter.string(from: Date(timeIntervalSince1970: Double(result.time)))
        return "\(result.profile), \(result.direction), \(result.ready) sessions, payloads of \(result.payloadBytes) "
            + "bytes in bursts of \(result.burst), \(number(result.seconds)) s, \(result.loops) loops, \(when)"
    }

    /// A figure that can get better or worse.
    private struct Figure {
        let name: String
        let unit: String
        let value: Double?
        let before: Double?
        let isMoreBetter: Bool
        /// Changes below this are noise.
        var threshold = 0.1

        /// 1 better, -1 worse, 0 neither; nil without an earlier run.
        var change: Int? {
            guard let value, let before else { return nil }
            guard abs(value - before) > abs(before) * threshold + 0.01 else { return 0 }
            return (value > before) == isMoreBetter ? 1 : -1
        }
    }

    private static func figures(_ result: LoadResult, _ earlier: LoadResult?) -> [Figure] {
        [
            Figure(
                name: "Delivered", unit: "packets/s", value: result.receivedPerSecond,
                before: earlier?.receivedPerSecond, isMoreBetter: true, threshold: 0.03),
            Figure(
                name: "Payload", unit: "Mbit/s", value: result.megabits, before: earlier?.megabits,
                isMoreBetter: true, threshold: 0.03),
            Figure(
                name: "Lost", unit: "%", value: result.lossPercent, before: earlier?.lossPercent,
                isMoreBetter: false),
            Figure(
                name: "p50", unit: "ms", value: result.latency.map { $0.p50 / 1e3 },
                before: earlier?.latency.map { $0.p50 / 1e3 }, isMoreBetter: false),
            Figure(
                name: "p99", unit: "ms", value: result.latency.map { $0.p99 / 1e3 },
                before: earlier?.latency.map { $0.p99 / 1e3 }, isMoreBetter: false),
            Figure(
                name: "p99.9", unit: "ms", value: result.latency.map { $0.p999 / 1e3 },
                before: earlier?.latency.map { $0.p999 / 1e3 }, isMoreBetter: false, threshold: 0.25),
            Figure(
                name: "Jitter", unit: "ms", value: result.jitterUs / 1e3, before: earlier.map { $0.jitterUs / 1e3 },
                isMoreBetter: false, threshold: 0.25),
            Figure(
                name: "Server", unit: "us of CPU/packet", value: result.serverUsPerPacket,
                before: earlier?.serverUsPerPacket, isMoreBetter: false),
            Figure(
                name: "Generator", unit: "us of CPU/packet", value: result.generatorUsPerPacket,
                before: earlier?.generatorUsPerPacket, isMoreBetter: false, threshold: .infinity),
            Figure(
                name: "Capacity", unit: "packets/s", value: result.capacity, before: earlier?.capacity,
                isMoreBetter: true, threshold: 0.05),
        ]
    }

    private static func verdict(_ result: LoadResult, _ earlier: LoadResult?) -> String {
        guard earlier != nil else { return "" }
        let changes = figures(result, earlier)
        let worse = changes.filter { $0.change == -1 }.map(\.name)
        let better = changes.filter { $0.change == 1 }.map(\.name)
        if !worse.isEmpty {
            return "<p class=\"verdict worse\">Worse than the earlier run: \(worse.joined(separator: ", "))"
                + (better.isEmpty ? "" : ". Better: \(better.joined(separator: ", "))") + ".</p>\n"
        }
        return better.isEmpty
            ? "<p class=\"verdict same\">No different from the earlier run.</p>\n"
            : "<p class=\"verdict better\">Better than the earlier run: \(better.joined(separator: ", ")).</p>\n"
    }

    private static func tiles(_ result: LoadResult, _ earlier: LoadResult?) -> String {
        var text = "<div class=\"tiles\">\n"
        for figure in figures(result, earlier) {
            guard let value = figure.value else { continue }
            let kind = figure.change.map { $0 > 0 ? " better" : $0 < 0 ? " worse" : "" } ?? ""
            let before = figure.before.map { "<small>earlier \(number($0))</small>" } ?? ""
            text +=
                "<div class=\"tile\(kind)\"><h2>\(figure.name)</h2>"
                + "<b>\(number(value))</b> \(figure.unit)\(before)</div>\n"
        }
        return text + "</div>\n"
    }

    private static func steps(_ result: LoadResult) -> String {
        var text = "<table><tr><th>Asked for</th><th>Delivered</th><th>Loss</th><th>p99</th><th></th></tr>\n"
        for step in result.steps.sorted(by: { $0.target < $1.target }) {
            let latency = step.latency.map { number($0.p99 / 1e3) + " ms" } ?? "-"
            let word = step.passed ? "holds" : step.isGeneratorLimited ? "generator" : "fails"
            text +=
                "<tr><td>\(number(step.target))/s</td><td>\(number(step.delivered))/s</td>"
                + "<td>\(number(step.lossPercent)) %</td><td>\(latency)</td><td>\(word)</td></tr>\n"
        }
        return text + "</table>\n"
    }

    private static func percentileName(_ index: Double) -> String {
        let names = ["0", "10", "25", "50", "75", "90", "95", "99", "99.5", "99.9", "99.95", "99.99", "99.999", "100"]
        let place = Int(index.rounded())
        return names.indices.contains(place) ? names[place] + " %" : ""
    }

    private static func chart(
        _ title: String, _ what: String, _ runs: [LoadResult], xName: @escaping (Double) -> String = number,
        _ points: (LoadResult) -> [(Double, Double)]
    ) -> String {
        let lines = runs.map(points)
        guard lines.contains(where: { $0.count > 1 }) else { return "" }
        let names = runs.count > 1 ? ["this run", "earlier run"] : ["this run"]
        return
            "<section><h2>\(title)</h2><p>\(what)</p>"
            + LineChart(lines: lines, names: names, xName: xName).svg + "</section>\n"
    }

    /// Three digits that matter.
    static func number(_ value: Double) -> String {
        switch abs(value) {
        case 0: "0"
        case ..<0.001: String(format: "%.5f", value)
        case ..<1: String(format: "%.3f", value)
        case ..<100: String(format: "%.2f", value)
        default: String(format: "%.0f", value)
        }
    }

    static func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
            .replacingOccurrences(of: ">", with: "&gt;").replacingOccurrences(of: "\"", with: "&quot;")
    }

    private static let style = """
        :root{--ink:#16202a;--paper:#fff;--soft:#5b6875;--line:#d9dfe5;--one:#0b63c4;--two:#b35900;--good:#0a7a3d;\
        --bad:#b3261e;--tile:#f4f6f8}
        @media(prefers-color-scheme:dark){:root{--ink:#e8edf2;--paper:#12181e;--soft:#9aa7b4;--line:#33404d;\
        --one:#6db3ff;--two:#ffb066;--good:#58d68d;--bad:#ff8a80;--tile:#1c252e}}
        *{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);\
        font:16px/1.5 system-ui,sans-serif}main{max-width:60rem;margin:0 auto;padding:1rem}
        h1{font-size:1.4rem;overflow-wrap:anywhere;margin:.5rem 0}h2{font-size:1rem;margin:0}\
        p{margin:.2rem 0 .6rem;color:var(--soft)}section{margin:1.6rem 0}
        .beware,.verdict{padding:.6rem .8rem;border-left:4px solid var(--two);background:var(--tile);color:var(--ink)}
        .verdict.worse{border-color:var(--bad)}.verdict.better{border-color:var(--good)}\
        .verdict.same{border-color:var(--line)}
        .tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(9.5rem,1fr));gap:.6rem}
        .tile{background:var(--tile);padding:.6rem .8rem;border-top:4px solid var(--line)}\
        .tile h2{font-weight:400;color:var(--soft)}.tile b{font-size:1.4rem}
        .tile small{display:block;color:var(--soft)}.tile.worse{border-color:var(--bad)}.tile.worse b{color:var(--bad)}\
        .tile.better{border-color:var(--good)}.tile.better b{color:var(--good)}
        svg{width:100%;height:auto;display:block}svg text{fill:var(--soft);font-size:13px}\
        @media(max-width:40rem){svg text{font-size:20px}}
        .grid{stroke:var(--line);stroke-width:1}.one{stroke:var(--one)}.two{stroke:var(--two);stroke-dasharray:6 4}
        .one,.two{fill:none;stroke-width:2.5}text.one{fill:var(--one);stroke:none}text.two{fill:var(--two);stroke:none}
        table{width:100%;border-collapse:collapse}td,th{text-align:right;padding:.3rem .4rem;\
        border-bottom:1px solid var(--line)}
        """
}
