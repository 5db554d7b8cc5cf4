public import Credentials

/// A configuration that holds together, and where each value came from.
public struct LoadedConfiguration: Sendable {
    /// The effective values.
    public var relay: RelayConfiguration
    /// Who may use the relay, read from the values and the files that they name.
    public var credentials: CredentialDirectory
    /// The key of nonces, when relays share one: 16 bytes at least.
    public var nonceKey: [UInt8]?
    /// Where the value of each key was given, by path; keys at their defaults are absent.
    public var origins: [String: ConfigurationOrigin]
    /// What is allowed and yet deserves a word, a line each.
    public var warnings: [String]

    /// Where the value of the key came from.
    public func origin(of key: ConfigurationKey) -> ConfigurationOrigin { origins[key.path] ?? .builtIn }
}

/// Puts a configuration together: defaults, then the file, then the environment, then flags; the last one wins.
///
/// A list that a later source gives replaces the earlier one as a whole.
public struct ConfigurationLoader: Sendable {
    /// Flags that stand in for the defaults: every other source wins over them.
    public var presets: [String] = []
    /// Path of the configuration file, when there is one.
    public var path: String?
    /// Environment variables; those that begin with `TERN_RELAY_` count.
    public var environment: [String: String]
    /// Flags of the table of keys, as typed.
    public var flags: [String]

    /// A loader of these sources.
    public init(path: String? = nil, environment: [String: String] = [:], flags: [String] = []) {
        self.path = path
        self.environment = environment
        self.flags = flags
    }

    /// Reads all sources and checks the result, files that it names included.
    ///
    /// Called at the start, and again at each reload: what it returns can be run.
    public func load() throws(ConfigurationFailure) -> LoadedConfiguration {
        var layers: [ConfigurationLayer] = []
        layers.append(.flags(presets))
        if let path { layers.append(.file(path: path)) }
        layers.append(.environment(environment))
        layers.append(.flags(flags))
        return try Self.combine(layers)
    }

    /// Reads the text of a configuration file alone; `path` is for messages.
    public static func load(yaml text: String, path: String) throws(ConfigurationFailure) -> LoadedConfiguration {
        try combine([.yaml(text, path: path)])
    }

    static func combine(_ layers: [ConfigurationLayer]) throws(ConfigurationFailure) -> LoadedConfiguration {
        var problems = layers.flatMap(\.problems)
        var configuration = RelayConfiguration()
        var origins = Provenance()
        for key in ConfigurationKey.all {
            guard let entry = layers.last(where: { $0.entries[key.path] != nil })?.entries[key.path] else { continue }
            origins.entries[key.path] = entry
            do {
                try key.apply(entry.values.map(\.text), &configuration)
            } catch {
                problems.append(
                    ConfigurationProblem(
                        origin: entry.values.indices.contains(error.index)
                            ? entry.values[error.index].origin : entry.origin,
                        key: key.path, problem: error.reason.problem, remedy: error.reason.remedy))
            }
        }
        guard problems.isEmpty else { throw ConfigurationFailure(problems) }
        var checks = ConfigurationChecks(configuration: configuration, origins: origins)
        checks.run()
        guard let credentials = checks.credentials, checks.problems.isEmpty else {
            throw ConfigurationFailure(checks.problems)
        }
        return LoadedConfiguration(
            relay: configuration, credentials: credentials, nonceKey: checks.nonceKey,
            origins: origins.entries.mapValues(\.origin), warnings: checks.warnings)
    }
}

/// Where values were given.
struct Provenance: Sendable {
    var entries: [String: ConfigurationLayer.Entry] = [:]

    /// Where the key, or the value of the key at this place of its list, was given.
    func origin(_ path: String, at index: Int? = nil) -> ConfigurationOrigin {
        guard let entry = entries[path] else { return .builtIn }
        if let index, entry.values.indices.contains(index) { return entry.values[index].origin }
        return entry.origin
    }

    /// Whether the key was given at all.
    func isGiven(_ path: String) -> Bool { entries[path] != nil }
}
