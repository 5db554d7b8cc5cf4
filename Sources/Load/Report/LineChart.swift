/// A chart of one or two lines as SVG.
struct LineChart {
    /// A place on the x axis that means something.
    struct Mark {
        let x: Double
        let text: String
    }

    /// Points of each line, in the order of their x.
    var lines: [[(Double, Double)]]
    /// What each line is called.
    var names: [String]
    var xAxis: ChartAxis
    var yAxis: ChartAxis
    /// What the numbers on the x axis count, to follow the last one.
    var xUnit = ""
    /// Whether each point has a dot: they are few, and the line between them is a guess.
    var hasDots = false
    var mark: Mark?

    private static let width = 640.0
    private static let height = 260.0
    private static let left = 72.0
    private static let right = 20.0
    private static let top = 30.0
    private static let bottom = 34.0

    /// The chart.
    var svg: String {
        var text = "<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\">"
        text += grid
        if let mark {
            let place = x(mark.x)
            text += "<path class=\"mark\" d=\"M\(place) \(Int(Self.top))V\(Int(Self.height - Self.bottom))\"/>"
            let isLate = xAxis.position(mark.x) > 0.5
            text += "<text class=\"mark\" x=\"\(Self.short(xNumber(mark.x) + (isLate ? -6 : 6)))\" y=\"46\""
            text += " text-anchor=\"\(isLate ? "end" : "start")\">\(mark.text)</text>"
        }
        for (index, line) in lines.enumerated().reversed() where !line.isEmpty {
            let kind = index == 0 ? "one" : "two"
            let points = line.map { "\(x($0.0)) \(y($0.1))" }
            text += "<path class=\"\(kind)\" d=\"M\(points.joined(separator: "L"))\"/>"
            if hasDots {
                for point in line {
                    text += "<circle class=\"\(kind)\" cx=\"\(x(point.0))\" cy=\"\(y(point.1))\" r=\"4\"/>"
                }
            }
            text += legend(index, kind)
        }
        return text + "</svg>"
    }

    private var grid: String {
        let floor = Int(Self.height - Self.bottom)
        var text = "<path class=\"grid\" d=\"M\(Int(Self.left)) \(floor)H\(Int(Self.width - Self.right))\"/>"
        for (index, tick) in yAxis.ticks.enumerated() {
            text += "<path class=\"grid\" d=\"M\(Int(Self.left)) \(y(tick))H\(Int(Self.width - Self.right))\"/>"
            text += "<text x=\"\(Int(Self.left) - 8)\" y=\"\(Self.short(yNumber(tick) + 5))\" text-anchor=\"end\">"
            text += "\(yAxis.label(index))</text>"
        }
        for (index, tick) in xAxis.ticks.enumerated() {
            let isLast = index == xAxis.ticks.count - 1
            let anchor = isLast && xAxis.position(tick) > 0.9 ? "end" : "middle"
            text += "<text x=\"\(x(tick))\" y=\"\(Int(Self.height) - 8)\" text-anchor=\"\(anchor)\">"
            text += "\(xAxis.label(index))\(isLast ? xUnit : "")</text>"
        }
        return text
    }

    /// The line's name with a piece of the line before it.
    private func legend(_ index: Int, _ kind: String) -> String {
        let start = Int(Self.left) + index * 190
        return "<path class=\"\(kind)\" d=\"M\(start) 11h26\"/>"
            + "<text class=\"\(kind)\" x=\"\(start + 34)\" y=\"17\">\(names[index])</text>"
    }

    private func xNumber(_ value: Double) -> Double {
        Self.left + xAxis.position(value) * (Self.width - Self.left - Self.right)
    }

    private func yNumber(_ value: Double) -> Double {
        Self.height - Self.bottom - yAxis.position(value) * (Self.height - Self.top - Self.bottom)
    }

    private func x(_ value: Double) -> String { Self.short(xNumber(value)) }

    private func y(_ value: Double) -> String { Self.short(yNumber(value)) }

    private static func short(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(abs(tenths % 10))"
    }
}
