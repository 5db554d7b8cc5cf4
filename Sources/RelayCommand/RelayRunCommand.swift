import ArgumentParser
import RelayServer

/// `tern relay [run]`: runs the relay until it is told to stop.
struct RelayRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run the relay (what happens without a subcommand).",
        usage: "tern relay [--config <file>] [<flags> ...]",
        discussion: ConfigurationOptions.help)

    @OptionGroup var source: ConfigurationOptions

    mutating func run() async throws {
        let loader = ConfigurationLoader(source.sources())
        let configuration = try loader.load()
        for warning in configuration.warnings { Terminal.note("warning: \(warning)") }
        try await RelayServerApp(configuration, loader: loader).run { listeners in
            // A port that the system chose is known to nobody else.
            for listener in listeners { Terminal.print("listening on \(listener)") }
        }
    }
}
