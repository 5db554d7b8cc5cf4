/// Numbers of one name: what Prometheus calls a metric family.
struct MetricFamily: Sendable, Equatable {
    /// What a number means over time.
    enum Kind: String, Sendable {
        /// Only grows, until a restart.
        case counter
        /// Goes up and down.
        case gauge
    }

    /// One number.
    struct Sample: Sendable, Equatable {
        var labels: [Label]
        var value: Double
    }

    /// What tells samples of a family apart.
    struct Label: Sendable, Equatable {
        var name: String
        var value: String
    }

    let name: String
    let help: String
    let kind: Kind
    var samples: [Sample]

    init(_ kind: Kind, _ name: String, _ help: String, _ samples: [Sample]) {
        self.kind = kind
        self.name = name
        self.help = help
        self.samples = samples
    }

    init(_ kind: Kind, _ name: String, _ help: String, _ value: some BinaryInteger) {
        self.init(kind, name, help, [Sample(labels: [], value: Double(value))])
    }

    /// The family in Prometheus' text format 0.0.4.
    func write(to text: inout String) {
        text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
        for sample in samples {
            text += name
            if !sample.labels.isEmpty {
                let labels = sample.labels.map { "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\"" }
                text += "{" + labels.joined(separator: ",") + "}"
            }
            text += " " + Self.number(sample.value) + "\n"
        }
    }

    /// Whole numbers without a fraction; what is beyond 2^53 as Swift writes it.
    private static func number(_ value: Double) -> String {
        Int64(exactly: value).map(String.init) ?? "\(value)"
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"": result += quotes ? "\\\"" : "\""
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}
