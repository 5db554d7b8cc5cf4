import ArgumentParser
import Foundation
import RelayServer

/// Where a command takes the relay's configuration from: `--config FILE` and every flag of the table of keys.
struct ConfigurationOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("Configuration file; TERN_CONFIG names it too.", valueName: "file"))
    var config: String?

    // The flags of the configuration are not declared one by one: the table of keys knows them.
    @Argument(parsing: .allUnrecognized, help: .hidden)
    var flags: [String] = []

    init() {}

    /// The loader of these sources and the process's environment.
    ///
    /// - Parameter allowsFileArgument: whether a file may also be given without `--config`.
    func loader(allowsFileArgument: Bool = false) -> ConfigurationLoader {
        var path = config ?? ProcessInfo.processInfo.environment["TERN_CONFIG"]
        var flags = flags
        if allowsFileArgument, let first = flags.first, !first.hasPrefix("-") {
            path = first
            flags.removeFirst()
        }
        return ConfigurationLoader(path: path, environment: ProcessInfo.processInfo.environment, flags: flags)
    }

    /// The table of keys as help text.
    static var help: String {
        let width = (ConfigurationKey.all.map(\.usage.count).max() ?? 0) + 2
        let lines = ConfigurationKey.all.map { key in
            "  " + key.usage.padding(toLength: width, withPad: " ", startingAt: 0) + key.comment
        }
        return """
            Flags of the configuration (each also a key of the file and a variable, see 'tern config keys'):

            \(lines.joined(separator: "\n"))
            """
    }
}
