/// Where the values of a configuration come from: defaults, then the file, then the environment, then flags; the last
/// one wins.
///
/// A list that a later source gives replaces the earlier one as a whole.
public struct ConfigurationSources: Sendable {
    /// Flags that stand in for the defaults: every other source wins over them.
    public var presets: [String] = []
    /// Path of the configuration file, when there is one.
    public var path: String?
    /// Environment variables; those that begin with `TERN_` and the part's name count.
    public var environment: [String: String]
    /// Flags of the table of keys, as typed.
    public var flags: [String]

    /// These sources.
    public init(path: String? = nil, environment: [String: String] = [:], flags: [String] = []) {
        self.path = path
        self.environment = environment
        self.flags = flags
    }

    /// Reads all sources; what keys say together is for the caller to check.
    public func read<Values: ConfigurationValues>(
        _ type: Values.Type
    ) throws(ConfigurationFailure) -> (values: Values, provenance: Provenance) {
        let schema = type.schema
        var layers: [ConfigurationLayer] = []
        layers.append(.flags(presets, schema))
        if let path { layers.append(.file(path: path, schema)) }
        layers.append(.environment(environment, schema))
        layers.append(.flags(flags, schema))
        return try Self.combine(layers)
    }

    /// The values that the layers give together; later ones win.
    static func combine<Values: ConfigurationValues>(
        _ layers: [ConfigurationLayer]
    ) throws(ConfigurationFailure) -> (values: Values, provenance: Provenance) {
        var problems = layers.flatMap(\.problems)
        var values = Values()
        var provenance = Provenance()
        for key in Values.keys {
            guard let entry = layers.last(where: { $0.entries[key.path] != nil })?.entries[key.path] else { continue }
            provenance.entries[key.path] = entry
            do {
                try key.apply(entry.values.map(\.text), &values)
            } catch {
                problems.append(
                    ConfigurationProblem(
                        origin: entry.values.indices.contains(error.index)
                            ? entry.values[error.index].origin : entry.origin,
                        key: key.path, problem: error.reason.problem, remedy: error.reason.remedy))
            }
        }
        guard problems.isEmpty else { throw ConfigurationFailure(problems) }
        return (values, provenance)
    }
}

extension ConfigurationValues {
    /// Reads the text of a configuration file alone; `path` is for messages.
    public static func read(
        yaml text: String, path: String
    ) throws(ConfigurationFailure) -> (values: Self, provenance: Provenance) {
        try ConfigurationSources.combine([.yaml(text, path: path, schema)])
    }
}

/// Where values were given.
public struct Provenance: Sendable {
    var entries: [String: ConfigurationLayer.Entry] = [:]

    /// Where the key, or the value of the key at this place of its list, was given.
    public func origin(_ path: String, at index: Int? = nil) -> ConfigurationOrigin {
        guard let entry = entries[path] else { return .builtIn }
        if let index, entry.values.indices.contains(index) { return entry.values[index].origin }
        return entry.origin
    }

    /// Whether the key was given at all.
    public func isGiven(_ path: String) -> Bool { entries[path] != nil }

    /// Where each key that was given stands, by path.
    public var origins: [String: ConfigurationOrigin] { entries.mapValues(\.origin) }
}
