/// What sources of values must know of a key: where it stands, how it is called, what it is for.
public struct KeyDescription: Sendable, Hashable {
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

    /// The environment variable, for example `TERN_RELAY_QUOTAS_ALLOCATIONS`.
    public var environmentVariable: String {
        "TERN_" + String(path.uppercased().map { $0 == "." || $0 == "-" ? "_" : $0 })
    }

    /// The last part of the path.
    public var name: String { String(path[(path.lastIndex(of: ".").map(path.index(after:)) ?? path.startIndex)...]) }

    /// The path of the section that the key is in.
    public var section: String { String(path.dropLast(name.count + 1)) }

    /// The flag with its value, for help texts: `--relay-ports FIRST-LAST`.
    public var usage: String { placeholder.isEmpty ? flag : "\(flag) \(placeholder)" }
}

/// One key of a configuration: everything that reading, checking, showing and documenting it needs.
@dynamicMemberLookup
public struct ConfigurationKey<Values: ConfigurationValues>: Sendable {
    /// The key without its values.
    public let description: KeyDescription

    /// Sets the key from its texts; the failure says which of them is bad.
    package let apply: @Sendable (_ texts: [String], _ values: inout Values) throws(BadValueAt) -> Void
    /// The values of the key as texts; none when an optional one is not set.
    package let describe: @Sendable (Values) -> [String]

    /// The parts of the description.
    public subscript<Part>(dynamicMember part: KeyPath<KeyDescription, Part>) -> Part { description[keyPath: part] }

    /// The effective values, with those of sensitive keys replaced.
    public func shownValues(in values: Values) -> [String] {
        description.isSensitive ? describe(values).map { _ in "(hidden)" } : describe(values)
    }
}

/// A bad value, and its place among the values of its key.
package struct BadValueAt: Error {
    package var index: Int
    package var reason: BadValue
}

extension ConfigurationKey {
    /// The parts of a key that are not about its value.
    package struct Traits: Sendable {
        var isSensitive = false
        var isReloadable = true

        /// A key like most: shown, and taken over by a reload.
        package static var plain: Self { Self() }
        /// A key whose values are hidden.
        package static var secret: Self { Self(isSensitive: true) }
        /// A key that is read at the start only.
        package static var atStart: Self { Self(isReloadable: false) }
        /// Both.
        package static var secretAtStart: Self { Self(isSensitive: true, isReloadable: false) }
    }

    package typealias Field<Value> = any WritableKeyPath<Values, Value> & Sendable

    /// A key with exactly one value.
    package static func one<Value>(
        _ path: String, _ flag: String, _ field: Field<Value>,
        _ format: ValueFormat<Value>, _ traits: Traits = .plain, _ comment: String
    ) -> ConfigurationKey {
        ConfigurationKey(path, flag, format, traits, comment, isList: false) {
            texts, values throws(BadValueAt) in
            values[keyPath: field] = try Self.single(texts, format)
        } describe: {
            [format.describe($0[keyPath: field])]
        }
    }

    /// A key with one value, or none.
    package static func optional<Value>(
        _ path: String, _ flag: String, _ field: Field<Value?>,
        _ format: ValueFormat<Value>, _ traits: Traits = .plain, _ comment: String
    ) -> ConfigurationKey {
        ConfigurationKey(path, flag, format, traits, comment, isList: false) {
            texts, values throws(BadValueAt) in
            values[keyPath: field] = texts.isEmpty || texts == [""] ? nil : try Self.single(texts, format)
        } describe: {
            $0[keyPath: field].map { [format.describe($0)] } ?? []
        }
    }

    /// A key with any number of values.
    package static func list<Value>(
        _ path: String, _ flag: String, _ field: Field<[Value]>,
        _ format: ValueFormat<Value>, _ traits: Traits = .plain, _ comment: String
    ) -> ConfigurationKey {
        ConfigurationKey(path, flag, format, traits, comment, isList: true) { texts, values throws(BadValueAt) in
            var parsed: [Value] = []
            for (index, text) in texts.enumerated() {
                do throws(BadValue) {
                    parsed.append(try format.parse(text))
                } catch {
                    throw BadValueAt(index: index, reason: error)
                }
            }
            values[keyPath: field] = parsed
        } describe: {
            $0[keyPath: field].map(format.describe)
        }
    }

    private init<Value>(
        _ path: String, _ flag: String, _ format: ValueFormat<Value>, _ traits: Traits, _ comment: String, isList: Bool,
        apply: @escaping @Sendable ([String], inout Values) throws(BadValueAt) -> Void,
        describe: @escaping @Sendable (Values) -> [String]
    ) {
        description = KeyDescription(
            path: path, flag: flag, comment: comment, placeholder: format.placeholder, isList: isList,
            isSensitive: traits.isSensitive, isReloadable: traits.isReloadable)
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
