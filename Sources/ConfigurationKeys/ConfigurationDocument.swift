/// Configurations as YAML text, from tables of keys.
public enum ConfigurationDocument {
    /// How a file with every key begins.
    public static let heading = """
        # Tern's configuration: every key with its default. A file needs only the keys that differ.
        # Each key is also an environment variable and a flag; flags win over variables, variables over this file.
        # Durations: 500ms, 30s, 10m, 1h, 2d. Sizes: 512, 64KiB, 4MiB. 'tern config check FILE' tells mistakes.


        """

    /// Every key of a part with its default and a comment.
    public static func defaults<Values: ConfigurationValues>(of type: Values.Type) -> String {
        render(Values(), comments: true) { _ in true }
    }

    /// The keys of the configuration that differ from their defaults.
    public static func differences<Values: ConfigurationValues>(of configuration: Values) -> String {
        let defaults = Values()
        return render(configuration, comments: false) { $0.describe(configuration) != $0.describe(defaults) }
    }

    private static func render<Values: ConfigurationValues>(
        _ configuration: Values, comments: Bool, where isIncluded: (ConfigurationKey<Values>) -> Bool
    ) -> String {
        var text = ""
        for section in Values.sections {
            let keys = Values.keys.filter { $0.section == section.path && isIncluded($0) }
            let hasSubsections = Values.keys.contains {
                $0.section.hasPrefix(section.path + ".") && isIncluded($0)
            }
            guard !keys.isEmpty || hasSubsections else { continue }
            let depth = section.path.split(separator: ".").count
            let indentation = String(repeating: "  ", count: depth)
            let name = section.path.split(separator: ".").last ?? ""
            if comments { text += (depth > 1 ? "\n" : "") + "\(indentation.dropLast(2))# \(section.comment)\n" }
            text += "\(indentation.dropLast(2))\(name):\n"
            for key in keys {
                if comments {
                    text += "\(indentation)# \(key.comment)\n"
                    text += "\(indentation)# \(key.environmentVariable), \(key.usage)\n"
                }
                text += "\(indentation)\(key.name):\(value(of: key, in: configuration))\n"
            }
        }
        return text
    }

    private static func value<Values: ConfigurationValues>(
        of key: ConfigurationKey<Values>, in configuration: Values
    ) -> String {
        let values = key.describe(configuration).map(scalar)
        if key.isList { return " [\(values.joined(separator: ", "))]" }
        return values.first.map { " \($0)" } ?? ""
    }

    /// The text as a YAML scalar, in quotes unless every reader takes it for itself.
    static func scalar(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "/"):
                true
            default: false
            }
        }
        if isPlain, let first = text.first, first != "-", first != ".", text.lowercased() != "null" { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\t": quoted += "\\t"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            default:
                if scalar.value < 0x20 || scalar.value == 0x7F {
                    quoted += (scalar.value < 16 ? "\\x0" : "\\x") + String(scalar.value, radix: 16)
                } else {
                    quoted.unicodeScalars.append(scalar)
                }
            }
        }
        return quoted + "\""
    }
}
