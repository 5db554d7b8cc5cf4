import Foundation

/// One axis of a chart: where values lie on it, and which of them are written beside it.
struct ChartAxis {
    let low: Double
    let high: Double
    /// The values that have a line or a label.
    let ticks: [Double]
    private let isLogarithmic: Bool
    /// What is written at a tick; nil: the number, as short as the ticks allow.
    private let names: [String]?

    /// From zero to a round number above `top`, four to six ticks.
    static func fromZero(to top: Double) -> ChartAxis {
        let top = top > 0 ? top : 1
        let step = roundStep(top / 4)
        let count = Int((top / step - 1e-9).rounded(.up))
        return ChartAxis(
            low: 0, high: Double(count) * step, ticks: (0...count).map { Double($0) * step }, isLogarithmic: false,
            names: nil)
    }

    /// From `low` to `high`, with ticks at round numbers between them.
    static func span(_ low: Double, _ high: Double) -> ChartAxis {
        let step = roundStep(max(high - low, 1e-9) / 5)
        let ticks = stride(from: (low / step).rounded(.up) * step, through: high + step * 1e-6, by: step)
        return ChartAxis(low: low, high: max(high, low + 1e-9), ticks: Array(ticks), isLogarithmic: false, names: nil)
    }

    /// Ticks at 1, 2 and 5 times powers of ten, at powers of ten alone when there are many; values must be above zero.
    static func logarithmic(_ low: Double, _ high: Double) -> ChartAxis {
        let decades = Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up))
        func all(_ steps: [Double]) -> [Double] {
            decades.flatMap { decade in steps.map { $0 * pow(10, Double(decade)) } }
        }
        let fine = all([1, 2, 5])
        let bottom = fine.last { $0 <= low * 1.000_001 } ?? low
        let top = fine.first { $0 >= high * 0.999_999 && $0 > bottom } ?? high
        let ticks = fine.filter { bottom * 0.999...top * 1.001 ~= $0 }
        let coarse = ticks.count <= 6 ? ticks : all([1]).filter { bottom * 0.999...top * 1.001 ~= $0 }
        return ChartAxis(low: bottom, high: top, ticks: coarse, isLogarithmic: true, names: nil)
    }

    /// Named places, evenly spaced: those at `shown` have their names written.
    static func places(_ names: [String], shown: [Int]) -> ChartAxis {
        ChartAxis(
            low: 0, high: Double(max(1, names.count - 1)), ticks: shown.map(Double.init), isLogarithmic: false,
            names: shown.map { names[$0] })
    }

    /// Where a value lies: 0 at the beginning, 1 at the end.
    func position(_ value: Double) -> Double {
        guard isLogarithmic else { return (value - low) / (high - low) }
        return log(max(value, low) / low) / log(high / low)
    }

    /// What is written at a tick.
    func label(_ index: Int) -> String {
        if let names { return names[index] }
        let value = ticks[index]
        if isLogarithmic { return ChartAxis.short(value, step: value) }
        return ChartAxis.short(value, step: ticks.count > 1 ? ticks[1] - ticks[0] : max(value, 1))
    }

    /// A number with the digits that tell it from its neighbours a step away: thousands as k, millions as M.
    private static func short(_ value: Double, step: Double) -> String {
        guard value != 0 else { return "0" }
        let (unit, name) = abs(value) >= 1e6 ? (1e6, " M") : abs(value) >= 10_000 ? (1e3, " k") : (1, "")
        let digits = max(0, min(5, Int((-log10(step / unit) - 1e-9).rounded(.up))))
        // 2.5 needs a digit more than its magnitude says.
        let exact = (step / unit * pow(10, Double(digits))).rounded() / pow(10, Double(digits))
        let more = abs(exact - step / unit) > step / unit * 1e-6 ? 1 : 0
        return String(format: "%.\(digits + more)f", value / unit) + name
    }

    /// The next of 1, 2, 2.5, 5 times a power of ten.
    private static func roundStep(_ value: Double) -> Double {
        let power = pow(10, log10(value).rounded(.down))
        return ([1, 2, 2.5, 5].first { $0 * power >= value * 0.999_999 } ?? 10) * power
    }
}
