import Foundation

/// The figures of a run beside an earlier one's: what got better, what worse, and by how much.
struct LoadComparison {
    /// A figure that can get better or worse.
    struct Figure {
        let name: String
        let unit: String
        let value: Double?
        let before: Double?
        let isMoreBetter: Bool
        /// Changes below this share are noise.
        var threshold = 0.1
        /// Changes below this, in the figure's unit, are noise, too.
        var leastChange = 0.01
        /// Whether it is a share already: changes of it are told in points.
        var isShare = false

        /// 1 better, -1 worse, 0 neither; nil without an earlier run.
        var change: Int? {
            guard let value, let before else { return nil }
            guard abs(value - before) > max(abs(before) * threshold, leastChange) else { return 0 }
            return (value > before) == isMoreBetter ? 1 : -1
        }

        /// How much more or less, as in `20 % less`; nil without an earlier run, or when nothing changed.
        var changeText: String? {
            guard let value, let before, value != before else { return nil }
            let word = value > before ? "more" : "less"
            if isShare { return "\(LoadPage.number(abs(value - before))) points \(word)" }
            guard before > 0 else { return nil }
            let ratio = value / before
            // Beyond a doubling, percents are hard to read.
            if ratio >= 3 { return "\(LoadPage.number(ratio)) times as much" }
            return "\(Int((abs(ratio - 1) * 100).rounded())) % \(word)"
        }
    }

    let result: LoadResult
    let earlier: LoadResult?

    /// The figures in the order in which they are shown.
    var figures: [Figure] {
        func milliseconds(_ run: LoadResult?, _ key: (LoadResult.Latency) -> Double) -> Double? {
            run?.latency.map { key($0) / 1e3 }
        }
        func latency(
            _ name: String, _ threshold: Double, _ key: (LoadResult.Latency) -> Double
        ) -> Figure {
            Figure(
                name: name, unit: "ms", value: milliseconds(result, key), before: milliseconds(earlier, key),
                isMoreBetter: false, threshold: threshold)
        }
        return [
            Figure(
                name: "Delivered", unit: "packets/s", value: result.receivedPerSecond,
                before: earlier?.receivedPerSecond, isMoreBetter: true, threshold: 0.03),
            Figure(
                name: "Payload", unit: "Mbit/s", value: result.megabits, before: earlier?.megabits,
                isMoreBetter: true, threshold: 0.03),
            Figure(
                name: "Lost", unit: "%", value: result.lossPercent, before: earlier?.lossPercent,
                isMoreBetter: false, isShare: true),
            latency("p50", 0.1, \.p50), latency("p99", 0.1, \.p99), latency("p99.9", 0.25, \.p999),
            Figure(
                name: "Jitter", unit: "ms", value: result.jitterUs / 1e3, before: earlier.map { $0.jitterUs / 1e3 },
                isMoreBetter: false, threshold: 0.25),
            Figure(
                name: "Server", unit: "µs CPU/packet", value: result.serverUsPerPacket,
                before: earlier?.serverUsPerPacket, isMoreBetter: false),
            Figure(
                name: "Generator", unit: "µs CPU/packet", value: result.generatorUsPerPacket,
                before: earlier?.generatorUsPerPacket, isMoreBetter: false, threshold: .infinity),
            Figure(
                name: "Capacity", unit: "packets/s", value: result.capacity, before: earlier?.capacity,
                isMoreBetter: true, threshold: 0.05),
        ]
    }

    /// How the earlier run was another load, so that its figures say little of this one; nil when it was the same.
    var difference: String? {
        guard let earlier else { return nil }
        var parts: [String] = []
        func compare(_ name: String, _ now: String, _ before: String) {
            if now != before { parts.append("\(name) \(before), now \(now)") }
        }
        compare("profile", result.profile, earlier.profile)
        compare("direction", result.direction, earlier.direction)
        compare("sessions", "\(result.sessions)", "\(earlier.sessions)")
        compare("payload", "\(result.payloadBytes) bytes", "\(earlier.payloadBytes) bytes")
        compare("burst", "\(result.burst)", "\(earlier.burst)")
        if let now = result.paceUs, let before = earlier.paceUs { compare("pace", "\(now) µs", "\(before) µs") }
        if result.capacity == nil, earlier.capacity == nil {
            compare(
                "rate", "\(LoadPage.number(result.targetPerSecond))/s", "\(LoadPage.number(earlier.targetPerSecond))/s")
        }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }
}
