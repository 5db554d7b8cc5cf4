public import ArgumentParser

/// `tern audit`: checks and exports the companion's audit log.
public struct AuditCommand: AsyncParsableCommand {
    /// Its subcommands do the work.
    public static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Check and export the companion's audit log.",
        subcommands: [AuditVerifyCommand.self, AuditCheckpointCommand.self, AuditExportCommand.self])

    /// For the parser.
    public init() {}
}
