/// One part of the file as the commands that check and show it see it, whatever its values are.
public struct ConfigurationPart: Sendable {
    /// The part's keys.
    public let schema: ConfigurationSchema
    /// The text of every key with its default and a comment.
    public let defaults: String
    /// Reads and checks the part as its program would at the start.
    public let load: @Sendable (ConfigurationSources) throws -> Loaded

    /// What was read: the keys with the values that count, and what deserves a word.
    public struct Loaded: Sendable {
        /// The effective values, in the order of the file.
        public var rows: [Row]
        /// What is allowed and yet deserves a word, a line each.
        public var warnings: [String]
    }

    /// A key, its values as they may be shown, and where they were given.
    public struct Row: Sendable {
        /// The key.
        public var key: KeyDescription
        /// Its values; those of sensitive keys are hidden.
        public var values: [String]
        /// Where they came from.
        public var origin: ConfigurationOrigin
    }

    /// The part whose values are of this type.
    ///
    /// - Parameter check: what keys say together; throws a `ConfigurationFailure`, returns warnings.
    public init<Values: ConfigurationValues>(
        _ type: Values.Type, check: @escaping @Sendable (Values, Provenance) throws -> [String]
    ) {
        schema = type.schema
        defaults = ConfigurationDocument.defaults(of: type)
        load = { sources in
            let (values, provenance) = try sources.read(type)
            let warnings = try check(values, provenance)
            return Loaded(
                rows: type.keys.map {
                    Row(key: $0.description, values: $0.shownValues(in: values), origin: provenance.origin($0.path))
                },
                warnings: warnings)
        }
    }
}

extension [ConfigurationPart] {
    /// The file of every key with its default and a comment.
    public var document: String { ConfigurationDocument.heading + map(\.defaults).joined(separator: "\n") }

    /// Reads every part from the same file and environment, and each flag with the part that knows it. Mistakes of all
    /// parts are told together, each once.
    public func load(_ sources: ConfigurationSources) throws -> [ConfigurationPart.Loaded] {
        var left = sources.flags
        // What no part knows stays with the first one, which reports it.
        let flags = dropFirst().map { $0.schema.takeFlags(from: &left) }
        var loaded: [ConfigurationPart.Loaded] = []
        var problems: [ConfigurationProblem] = []
        for (part, flags) in zip(self, [left] + flags) {
            var sources = sources
            sources.flags = flags
            do {
                loaded.append(try part.load(sources))
            } catch let failure as ConfigurationFailure {
                problems += failure.problems.filter { !problems.contains($0) }
            }
        }
        guard problems.isEmpty else { throw ConfigurationFailure(problems) }
        return loaded
    }
}
