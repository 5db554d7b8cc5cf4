public import ArgumentParser

/// `tern config`: check, show and translate configurations.
public struct ConfigCommand: ParsableCommand {
    /// Its subcommands do the work.
    public static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Check, show and translate configurations.",
        subcommands: [
            ConfigCheckCommand.self, ConfigShowCommand.self, ConfigKeysCommand.self, ConfigDefaultsCommand.self,
            ConfigImportCoturnCommand.self,
        ])

    /// For the parser.
    public init() {}
}
