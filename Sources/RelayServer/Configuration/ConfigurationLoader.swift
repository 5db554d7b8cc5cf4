public import ConfigurationKeys
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
    public func origin(of key: ConfigurationKey<RelayConfiguration>) -> ConfigurationOrigin {
        origins[key.path] ?? .builtIn
    }
}

/// Puts the relay's configuration together from its sources and checks what the values say together.
public struct ConfigurationLoader: Sendable {
    /// Where values come from.
    public var sources: ConfigurationSources

    /// A loader of these sources.
    public init(_ sources: ConfigurationSources) { self.sources = sources }

    /// A loader of these sources.
    public init(path: String? = nil, environment: [String: String] = [:], flags: [String] = []) {
        sources = ConfigurationSources(path: path, environment: environment, flags: flags)
    }

    /// Reads all sources and checks the result, files that it names included.
    ///
    /// Called at the start, and again at each reload: what it returns can be run.
    public func load() throws(ConfigurationFailure) -> LoadedConfiguration {
        try Self.check(try sources.read(RelayConfiguration.self))
    }

    /// Reads the text of a configuration file alone; `path` is for messages.
    public static func load(yaml text: String, path: String) throws(ConfigurationFailure) -> LoadedConfiguration {
        try check(try RelayConfiguration.read(yaml: text, path: path))
    }

    fileprivate static func check(
        _ read: (values: RelayConfiguration, provenance: Provenance)
    ) throws(ConfigurationFailure) -> LoadedConfiguration {
        var checks = ConfigurationChecks(configuration: read.values, origins: read.provenance)
        checks.run()
        guard let credentials = checks.credentials, checks.problems.isEmpty else {
            throw ConfigurationFailure(checks.problems)
        }
        return LoadedConfiguration(
            relay: read.values, credentials: credentials, nonceKey: checks.nonceKey,
            origins: read.provenance.origins, warnings: checks.warnings)
    }
}

extension ConfigurationPart {
    /// The relay's part of the file.
    public static var relay: ConfigurationPart {
        ConfigurationPart(RelayConfiguration.self) { values, provenance in
            try ConfigurationLoader.check((values, provenance)).warnings
        }
    }
}
