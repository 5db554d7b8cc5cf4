/// One key of the configuration: everything that reading, checking, showing and documenting it needs.
public struct ConfigurationKey: Sendable {
    /// Where the key stands in the file, for example `relay.quotas.allocations`.
    public let path: String
    /// The flag of the command line, for example `--allocations`.
    public let flag: String
    /// One line about what the key does.
    public let comment: String
    /// Stands for the value in help texts; empty for a switch, whose flag takes no value.
    public let placeholder: String
    /// Whether the key takes several values.
    public let isList: Bool
    /// Whether its values are hidden when the configuration is shown.
    public let isSensitive: Bool
    /// Whether a change takes effect at a reload; otherwise only at the next start.
    public let isReloadable: Bool

    /// Sets the key from its texts; the failure says which of them is bad.
    let apply: @Sendable (_ texts: [String], _ configuration: inout RelayConfiguration) throws(BadValueAt) -> Void
    /// The values of the key as texts; none when an optional one is not set.
    let describe: @Sendable (RelayConfiguration) -> [String]

    /// The environment variable, for example `TERN_RELAY_QUOTAS_ALLOCATIONS`.
    public var environmentVariable: String {
        "TERN_"
            + String(path.uppercased().map { $0 == "." || $0 == "-" ? "_" : $0 })
    }

    /// The last part of the path.
    public var name: String { String(path[(path.lastIndex(of: ".").map(path.index(after:)) ?? path.startIndex)...]) }

    /// The path of the section that the key is in.
    public var section: String { String(path.dropLast(name.count + 1)) }

    /// The effective values, with those of sensitive keys replaced.
    public func shownValues(in configuration: RelayConfiguration) -> [String] {
        isSensitive ? describe(configuration).map { _ in "(hidden)" } : describe(configuration)
    }
}

/// A bad value, and its place among the values of its key.
struct BadValueAt: Error {
    var index: Int
    var reason: BadValue
}

extension ConfigurationKey {
    /// The parts of a key that are not about its value.
    struct Traits {
        var isSensitive = false
        var isReloadable = true

        static let plain = Traits()
        static let secret = Traits(isSensitive: true)
        static let atStart = Traits(isReloadable: false)
    }

    typealias Field<Value> = any WritableKeyPath<RelayConfiguration, Value> & Sendable

    /// A key with exactly one value.
    static func one<Value>(
        _ path: String, _ flag: String, _ field: Field<Value>,
        _ format: ValueFormat<Value>, _ traits: Traits = .plain, _ comment: String
    ) -> ConfigurationKey {
        ConfigurationKey(path, flag, format, traits, comment, isList: false) {
            texts, configuration throws(BadValueAt) in
            configuration[keyPath: field] = try Self.single(texts, format)
        } describe: {
            [format.describe($0[keyPath: field])]
        }
    }

    /// A key with one value, or none.
    static func optional<Value>(
        _ path: String, _ flag: String, _ field: Field<Value?>,
        _ format: ValueFormat<Value>, _ traits: Traits = .plain, _ comment: String
    ) -> ConfigurationKey {
        ConfigurationKey(path, flag, format, traits, comment, isList: false) {
            texts, configuration throws(BadValueAt) in
            configuration[keyPath: field] = texts.isEmpty || texts == [""] ? nil : try Self.single(texts, format)
        } describe: {
            $0[keyPath: field].map { [format.describe($0)] } ?? []
        }
    }

    /// A key with any number of values.
    static func list<Value>(
        _ path: String, _ flag: String, _ field: Field<[Value]>,
        _ format: ValueFormat<Value>, _ traits: Traits = .plain, _ comment: String
    ) -> ConfigurationKey {
        ConfigurationKey(path, flag, format, traits, comment, isList: true) { texts, configuration throws(BadValueAt) in
            var values: [Value] = []
            for (index, text) in texts.enumerated() {
                do throws(BadValue) {
                    values.append(try format.parse(text))
                } catch {
                    throw BadValueAt(index: index, reason: error)
                }
            }
            configuration[keyPath: field] = values
        } describe: {
            $0[keyPath: field].map(format.describe)
        }
    }

    private init<Value>(
        _ path: String, _ flag: String, _ format: ValueFormat<Value>, _ traits: Traits, _ comment: String, isList: Bool,
        apply: @escaping @Sendable ([String], inout RelayConfiguration) throws(BadValueAt) -> Void,
        describe: @escaping @Sendable (RelayConfiguration) -> [String]
    ) {
        self.path = path
        self.flag = flag
        self.comment = comment
        placeholder = format.placeholder
        self.isList = isList
        isSensitive = traits.isSensitive
        isReloadable = traits.isReloadable
        self.apply = apply
        self.describe = describe
    }

    private static func single<Value>(_ texts: [String], _ format: ValueFormat<Value>) throws(BadValueAt) -> Value {
        guard texts.count == 1 else {
            let problem = texts.isEmpty ? "the value is missing" : "\(texts.count) values are given"
            throw BadValueAt(
                index: max(0, texts.count - 1), reason: BadValue(problem: problem, remedy: "write exactly one"))
        }
        do {
            return try format.parse(texts[0])
        } catch {
            throw BadValueAt(index: 0, reason: error)
        }
    }
}
