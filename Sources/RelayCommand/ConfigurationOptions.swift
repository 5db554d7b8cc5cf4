public import ArgumentParser
public import ConfigurationKeys
import Foundation
import RelayServer

/// Where a command takes the configuration from: `--config FILE` and every flag of the table of keys.
public struct ConfigurationOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("Configuration file; TERN_CONFIG names it too.", valueName: "file"))
    var config: String?

    // The flags of the configuration are not declared one by one: the table of keys knows them.
    @Argument(parsing: .allUnrecognized, help: .hidden)
    var flags: [String] = []

    /// For the parser.
    public init() {}

    /// These flags, the file that they or the environment name, and the environment.
    ///
    /// - Parameter allowsFileArgument: whether a file may also be given without `--config`.
    public func sources(allowsFileArgument: Bool = false) -> ConfigurationSources {
        var path = config ?? ProcessInfo.processInfo.environment["TERN_CONFIG"]
        var flags = flags
        if allowsFileArgument, let first = flags.first, !first.hasPrefix("-") {
            path = first
            flags.removeFirst()
        }
        return ConfigurationSources(path: path, environment: ProcessInfo.processInfo.environment, flags: flags)
    }

    /// The relay's table of keys as help text.
    static var help: String { help(RelayConfiguration.schema) }

    /// A table of keys as help text.
    public static func help(_ schema: ConfigurationSchema) -> String {
        let width = (schema.keys.map(\.usage.count).max() ?? 0) + 2
        let lines = schema.keys.map { key in
            "  " + key.usage.padding(toLength: width, withPad: " ", startingAt: 0) + key.comment
        }
        return """
            Flags of the configuration (each also a key of the file and a variable, see 'tern config keys'):

            \(lines.joined(separator: "\n"))
            """
    }
}
