/// The charts of a result, an earlier one's lines beside them.
enum LoadCharts {
    private static let percentNames = [
        "0", "10", "25", "50", "75", "90", "95", "99", "99.5", "99.9", "99.95", "99.99", "99.999", "100",
    ]
    /// Those of them that are written: more would not fit on a phone.
    private static let percentShown = [0, 3, 5, 7, 9, 13]

    /// All charts that there is something to show in.
    static func html(_ result: LoadResult, _ earlier: LoadResult?) -> String {
        let runs = [result] + (earlier.map { [$0] } ?? [])
        var text = overTime("Throughput", "packets delivered per second", runs) { $0.receivedPerSecond }
        text += overTime("Loss", "percent of each second's packets that did not arrive within it", runs) {
            $0.lossPercent
        }
        text += overTime("Latency over time", "p99 in milliseconds", runs) { sample in
            sample.latency.map { $0.p99 / 1_000 }
        }
        return text + distribution(runs) + capacity(runs)
    }

    private static func overTime(
        _ title: String, _ what: String, _ runs: [LoadResult], _ value: (LoadResult.Sample) -> Double?
    ) -> String {
        let lines = runs.map { run in run.series.compactMap { sample in value(sample).map { (sample.second, $0) } } }
        let points = lines.joined()
        guard lines.contains(where: { $0.count > 1 }), let first = points.map(\.0).min(),
            let last = points.map(\.0).max()
        else { return "" }
        return section(
            title, what,
            LineChart(
                lines: lines, names: names(runs), xAxis: .span(min(first, 1), last),
                yAxis: .fromZero(to: points.map(\.1).max() ?? 1), xUnit: " s"))
    }

    /// Every tail is far from the middle: its scale is one of powers.
    private static func distribution(_ runs: [LoadResult]) -> String {
        let lines = runs.map { run in
            run.percentiles.enumerated().map { (Double($0.offset), max($0.element.microseconds, 1) / 1_000) }
        }
        let values = lines.joined().map(\.1)
        guard lines.contains(where: { $0.count > 1 }), let low = values.min(), let high = values.max() else {
            return ""
        }
        return section(
            "Latency distribution", "milliseconds at each percentile, on a scale of powers",
            LineChart(
                lines: lines, names: names(runs), xAxis: .places(percentNames, shown: percentShown),
                yAxis: .logarithmic(low, high), xUnit: " %"))
    }

    private static func capacity(_ runs: [LoadResult]) -> String {
        let lines = runs.map { run in
            run.steps.sorted { $0.target < $1.target }.compactMap { step in
                step.latency.map { (step.target, max($0.p99, 1) / 1_000) }
            }
        }
        let points = lines.joined()
        guard lines.contains(where: { $0.count > 1 }), let first = points.map(\.0).min(),
            let last = points.map(\.0).max(),
            let low = points.map(\.1).min(), let high = points.map(\.1).max()
        else { return "" }
        let mark = runs[0].capacity.map { LineChart.Mark(x: $0, text: "capacity \(LoadPage.number($0))/s") }
        return section(
            "Capacity", "p99 in milliseconds, on a scale of powers, at each rate that was tried in packets per second",
            LineChart(
                lines: lines, names: names(runs), xAxis: .span(first, last), yAxis: .logarithmic(low, high),
                xUnit: "/s", hasDots: true, mark: mark))
    }

    private static func names(_ runs: [LoadResult]) -> [String] {
        runs.count > 1 ? ["this run", "earlier run"] : ["this run"]
    }

    private static func section(_ title: String, _ what: String, _ chart: LineChart) -> String {
        "<section><h2>\(title)</h2><p>\(what)</p>\(chart.svg)</section>\n"
    }
}
