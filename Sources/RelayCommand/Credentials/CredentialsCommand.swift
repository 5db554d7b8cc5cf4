public import ArgumentParser

/// `tern credentials`: makes credentials and keys.
public struct CredentialsCommand: ParsableCommand {
    /// Its subcommands do the work.
    public static let configuration = CommandConfiguration(
        commandName: "credentials",
        abstract: "Make credentials and keys.",
        subcommands: [CredentialsIssueCommand.self, CredentialsHashCommand.self])

    /// For the parser.
    public init() {}
}
