/// A chart of one or two lines as SVG: axes from zero, round numbers at the grid.
struct LineChart {
    /// Points of each line, in the order of their x.
    var lines: [[(Double, Double)]]
    /// What each line is called.
    var names: [String]
    /// How a number on the x axis is written.
    var xName: (Double) -> String

    private static let width = 640.0
    private static let height = 260.0
    private static let left = 64.0
    private static let right = 16.0
    private static let top = 26.0
    private static let bottom = 30.0

    /// The chart.
    var svg: String {
        let all = lines.joined()
        let xLow = all.map(\.0).min() ?? 0
        let xHigh = max(all.map(\.0).max() ?? 1, xLow + 1e-9)
        let yHigh = LineChart.round(up: all.map(\.1).max() ?? 1)
        func x(_ value: Double) -> Double {
            Self.left + (value - xLow) / (xHigh - xLow) * (Self.width - Self.left - Self.right)
        }
        func y(_ value: Double) -> Double {
            Self.height - Self.bottom - value / yHigh * (Self.height - Self.top - Self.bottom)
        }
        var text = "<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\">"
        for step in 0...4 {
            let value = yHigh * Double(step) / 4
            let place = LineChart.short(y(value))
            text += "<path class=\"grid\" d=\"M\(Int(Self.left)) \(place)H\(Int(Self.width - Self.right))\"/>"
            text += "<text x=\"\(Int(Self.left) - 8)\" y=\"\(LineChart.short(y(value) + 4))\" text-anchor=\"end\">"
            text += "\(LoadPage.number(value))</text>"
        }
        for step in 0...4 {
            let value = xLow + (xHigh - xLow) * Double(step) / 4
            let anchor = step == 0 ? "start" : step == 4 ? "end" : "middle"
            text += "<text x=\"\(LineChart.short(x(value)))\" y=\"\(Int(Self.height) - 8)\" text-anchor=\"\(anchor)\">"
            text += "\(xName(value))</text>"
        }
        for (index, line) in lines.enumerated().reversed() where !line.isEmpty {
            let kind = index == 0 ? "one" : "two"
            let points = line.map { "\(LineChart.short(x($0.0))) \(LineChart.short(y($0.1)))" }
            text += "<path class=\"\(kind)\" d=\"M\(points.joined(separator: "L"))\"/>"
            text += "<text class=\"\(kind)\" x=\"\(Int(Self.left) + index * 110)\" y=\"14\">\(names[index])</text>"
        }
        return text + "</svg>"
    }

    /// The next of 1, 2, 2.5, 4, 5, 8, 10 times a power of ten.
    static func round(up value: Double) -> Double {
        guard value > 0, value.isFinite else { return 1 }
        var power = 1.0
        while power * 10 <= value { power *= 10 }
        while power > value { power /= 10 }
        return ([1, 2, 2.5, 4, 5, 8, 10].first { $0 * power >= value } ?? 10) * power
    }

    private static func short(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(abs(tenths % 10))"
    }
}
