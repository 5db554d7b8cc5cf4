/// Where a value was given; later cases win over earlier ones.
public enum ConfigurationOrigin: Hashable, Sendable, CustomStringConvertible {
    /// Nowhere: the default counts.
    case builtIn
    /// In the configuration file, on this line (the first is 1).
    case file(path: String, line: Int)
    /// In an environment variable.
    case environment(name: String)
    /// In a flag of the command line.
    case flag(name: String)

    /// For people: `default`, `conf/tern.yaml:12`, `TERN_RELAY_REALM` or `--realm`.
    public var description: String {
        switch self {
        case .builtIn: "default"
        case .file(let path, let line): "\(path):\(line)"
        case .environment(let name): name
        case .flag(let name): name
        }
    }
}

/// One mistake in the configuration, with where it stands and what to do about it.
///
/// Its description is one line: `conf/tern.yaml:12: relay.ports: "70000" is not a range of ports; write ...`.
public struct ConfigurationProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where the value was given.
    public var origin: ConfigurationOrigin
    /// The key, as a path in the file; `nil` when no key is concerned.
    public var key: String?
    /// What is wrong.
    public var problem: String
    /// What to do about it.
    public var remedy: String

    /// A mistake at this place.
    public init(origin: ConfigurationOrigin, key: String?, problem: String, remedy: String) {
        self.origin = origin
        self.key = key
        self.problem = problem
        self.remedy = remedy
    }

    /// Place, key, problem and remedy, on one line.
    public var description: String {
        var parts: [String] = []
        if origin != .builtIn { parts.append(origin.description) }
        if let key { parts.append(key) }
        parts.append("\(problem); \(remedy)")
        return parts.joined(separator: ": ").replacingControlCharacters
    }
}

/// All mistakes of a configuration: the relay does not start with any.
public struct ConfigurationFailure: Error, Sendable, CustomStringConvertible {
    /// The mistakes in the order of the table of keys, at least one.
    public var problems: [ConfigurationProblem]

    /// A failure for these reasons.
    public init(_ problems: [ConfigurationProblem]) { self.problems = problems }

    /// A line per mistake.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}

extension String {
    /// The text with every control character written out, so that it stays on one line of a terminal.
    package var replacingControlCharacters: String {
        guard unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return self }
        var result = ""
        for scalar in unicodeScalars {
            if scalar.properties.generalCategory == .control {
                result += scalar.escaped(asASCII: true)
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// The text in double quotes, shortened when it is long, for a message.
    package var quoted: String { count > 80 ? "\"\(prefix(77))...\"" : "\"\(self)\"" }
}
