import Foundation

/// A result as one page that stands alone: figures, charts, and an earlier run beside it.
public enum LoadPage {
    /// The page in HTML. Nothing is fetched from anywhere: it can be sent to a colleague as it is.
    public static func html(_ result: LoadResult, beside earlier: LoadResult? = nil) -> String {
        let comparison = LoadComparison(result: result, earlier: earlier)
        let title = "Load of \(escaped(result.uris.joined(separator: ", ")))"
        var body = "<h1>\(title)</h1>\n<p class=\"what\">\(escaped(subtitle(result)))</p>\n"
        if let earlier { body += "<p class=\"what\">Beside it: \(escaped(subtitle(earlier)))</p>\n" }
        body += verdict(comparison) + warnings(comparison) + tiles(comparison) + media(result)
        body += LoadCharts.html(result, earlier)
        if !result.steps.isEmpty { body += steps(result) }
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>\(title)</title><style>\(style)</style></head><body><main>
            \(body)</main></body></html>

            """
    }

    // MARK: - Parts

    private static func subtitle(_ result: LoadResult) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "UTC")
        formatter.dateFormat = "d MMM yyyy, HH:mm 'UTC'"
        let when = formatter.string(from: Date(timeIntervalSince1970: Double(result.time)))
        let traffic =
            result.trace
            ?? "payloads of \(result.payloadBytes) bytes"
            + (result.burst > 1 ? " in bursts of \(result.burst)" : "")
        return "\(result.profile), \(result.direction), \(result.ready) of \(result.sessions) sessions, \(traffic), "
            + (result.paceUs.map { "sent every \($0) µs, " } ?? "")
            + "\(number(result.seconds)) s, generator loops: \(result.loops), on \(when)"
    }

    private static func warnings(_ comparison: LoadComparison) -> String {
        var lines: [String] = []
        if let difference = comparison.difference { lines.append("The earlier run was another load: \(difference).") }
        if let limit = comparison.result.generatorLimit { lines.append("Read with care: \(limit).") }
        if comparison.result.failed > 0 {
            let reason = comparison.result.failure.map { ": \($0)" } ?? ""
            lines.append("\(comparison.result.failed) sessions failed\(reason).")
        }
        return lines.map { "<p class=\"beware\">\(escaped($0))</p>\n" }.joined()
    }

    private static func verdict(_ comparison: LoadComparison) -> String {
        guard comparison.earlier != nil else { return "" }
        func list(_ change: Int) -> String {
            comparison.figures.filter { $0.change == change }
                .map { "\($0.name)\($0.changeText.map { " \($0)" } ?? "")" }.joined(separator: ", ")
        }
        let (worse, better) = (list(-1), list(1))
        if !worse.isEmpty {
            return "<p class=\"verdict worse\"><b>Worse than the earlier run:</b> \(worse)"
                + (better.isEmpty ? "" : ". Better: \(better)") + ".</p>\n"
        }
        return better.isEmpty
            ? "<p class=\"verdict same\"><b>No different from the earlier run.</b></p>\n"
            : "<p class=\"verdict better\"><b>Better than the earlier run:</b> \(better).</p>\n"
    }

    private static func tiles(_ comparison: LoadComparison) -> String {
        var text = "<div class=\"tiles\">\n"
        for figure in comparison.figures {
            guard let value = figure.value else { continue }
            let change = figure.change ?? 0
            let kind = change > 0 ? " better" : change < 0 ? " worse" : ""
            var more = ""
            if let before = figure.before {
                // A word besides the colour: not everybody sees it, and paper has none.
                let word = change > 0 ? ", better" : change < 0 ? ", worse" : ""
                more = figure.changeText.map { "<span class=\"change\">\($0)\(word)</span>" } ?? ""
                more += "<small>earlier \(number(before))</small>"
            }
            text +=
                "<div class=\"tile\(kind)\"><h2>\(figure.name)</h2>"
                + "<p><b>\(number(value))</b> \(figure.unit)</p>\(more)</div>\n"
        }
        return text + "</div>\n"
    }

    private static func steps(_ result: LoadResult) -> String {
        var text = "<table><tr><th>Asked for</th><th>Delivered</th><th>Loss</th><th>p99</th><th></th></tr>\n"
        for step in result.steps.sorted(by: { $0.target < $1.target }) {
            let latency = step.latency.map { number($0.p99 / 1e3) + "&nbsp;ms" } ?? "-"
            let word = step.passed ? "holds" : step.isGeneratorLimited ? "generator" : "fails"
            text +=
                "<tr><td>\(number(step.target))/s</td><td>\(number(step.delivered))/s</td>"
                + "<td>\(number(step.lossPercent))&nbsp;%</td><td>\(latency)</td>"
                + "<td class=\"\(step.passed ? "good" : "bad")\">\(word)</td></tr>\n"
        }
        return text + "</table>\n"
    }

    /// Three digits that matter.
    static func number(_ value: Double) -> String {
        switch abs(value) {
        case 0: "0"
        case ..<0.001: String(format: "%.5f", value)
        case ..<1: String(format: "%.3f", value)
        case ..<10: String(format: "%.2f", value)
        case ..<100: String(format: "%.1f", value)
        default: String(format: "%.0f", value)
        }
    }

    static func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
            .replacingOccurrences(of: ">", with: "&gt;").replacingOccurrences(of: "\"", with: "&quot;")
    }
}
