import Foundation
import Load

/// The live view of a load: what to draw for the samples so far, in lines that fit a terminal.
struct LoadDashboard {
    /// Samples that a line of bars shows at most.
    private static let barLimit = 60
    private static let blocks = Array("▁▂▃▄▅▆▇█")
    private static let plainBlocks = Array("_.-=+*#@")

    /// What is being done, in a few words.
    let title: String
    /// Seconds it will take; of a search each step.
    let seconds: Double
    /// The generator's event loops.
    let loops: Int
    /// Whether the terminal shows more than ASCII.
    let isUnicode: Bool
    private var samples: [LoadResult.Sample] = []

    init(title: String, seconds: Double, loops: Int, isUnicode: Bool) {
        (self.title, self.seconds, self.loops, self.isUnicode) = (title, seconds, loops, isUnicode)
    }

    /// A second went by; the first of a new step begins anew.
    mutating func add(_ sample: LoadResult.Sample) {
        if let last = samples.last, sample.second < last.second { samples = [] }
        samples.append(sample)
        if samples.count > LoadDashboard.barLimit { samples.removeFirst() }
    }

    /// The lines, none longer than `columns`.
    func lines(columns: Int) -> [String] {
        guard let now = samples.last else { return [] }
        var lines = [
            "\(title)",
            row("time", String(format: "%.0f of %.0f s  ", now.second, seconds) + progress(now.second / seconds)),
            row(
                "packets",
                String(
                    format: "%.0f sent/s  %.0f delivered/s  %.1f Mbit/s", now.sentPerSecond, now.receivedPerSecond,
                    now.megabits)),
            row("sessions", "\(now.ready) ready"),
        ]
        if let latency = now.latency {
            lines.append(
                row(
                    "latency",
                    String(
                        format: "p50 %.2f  p99 %.2f  p99.9 %.2f ms", latency.p50 / 1e3, latency.p99 / 1e3,
                        latency.p999 / 1e3)))
        }
        lines.append(row("generator", String(format: "%.2f of %d cores", now.generatorCores, loops)))
        let width = max(4, columns - 46)
        let charts: [(String, String, (LoadResult.Sample) -> Double)] = [
            ("delivered", "%.0f/s", \.receivedPerSecond), ("loss", "%.2f %%", \.lossPercent),
            ("p99", "%.2f ms", { ($0.latency?.p99 ?? 0) / 1e3 }),
        ]
        for (name, format, value) in charts {
            let values = samples.suffix(width).map(value)
            let text = String(format: "\(format) now, \(format) at most", value(now), values.max() ?? 0)
            lines.append(row(name, bars(values) + "  " + text))
        }
        return lines.map { String($0.prefix(max(1, columns - 1))) }
    }

    private func row(_ name: String, _ text: String) -> String {
        name.padding(toLength: 11, withPad: " ", startingAt: 0) + text
    }

    private func progress(_ share: Double) -> String {
        let cells = 20
        let done = min(cells, max(0, Int((share * Double(cells)).rounded())))
        return "[" + String(repeating: "=", count: done) + String(repeating: " ", count: cells - done) + "]"
    }

    private func bars(_ values: [Double]) -> String {
        let blocks = isUnicode ? LoadDashboard.blocks : LoadDashboard.plainBlocks
        let top = values.max() ?? 0
        return String(
            values.map { value in
                guard top > 0 else { return blocks[0] }
                return blocks[min(blocks.count - 1, max(0, Int(value / top * Double(blocks.count - 1) + 0.5)))]
            })
    }
}
