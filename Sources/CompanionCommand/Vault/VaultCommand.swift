public import ArgumentParser

/// `tern vault`: the master keys of the companion's data.
public struct VaultCommand: AsyncParsableCommand {
    /// Its subcommands do the work.
    public static let configuration = CommandConfiguration(
        commandName: "vault",
        abstract: "Change the master key of the companion's data.",
        discussion: "Works on the data of a companion that is stopped, and refuses to while one runs.",
        subcommands: [VaultRotateCommand.self, VaultRewrapCommand.self])

    /// For the parser.
    public init() {}
}
