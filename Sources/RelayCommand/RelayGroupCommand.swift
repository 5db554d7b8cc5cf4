public import ArgumentParser

/// `tern relay`: runs the relay, or talks to a running one.
public struct RelayGroupCommand: AsyncParsableCommand {
    /// Run is what happens without a subcommand.
    public static let configuration = CommandConfiguration(
        commandName: "relay",
        abstract: "Run the relay, or ask and steer a running one.",
        discussion: ConfigurationOptions.help,
        subcommands: subcommands,
        defaultSubcommand: RelayRunCommand.self)

    /// The subcommands, for an executable that is the relay alone.
    public static let subcommands: [any ParsableCommand.Type] = [
        RelayRunCommand.self,
        RelayStatusCommand.self, RelaySessionsCommand.self, RelayTopCommand.self, RelayRefusalsCommand.self,
        RelayPolicyCommand.self, RelayEndCommand.self, RelayRevokeCommand.self, RelayDrainCommand.self,
        RelayReloadCommand.self, RelayCountersCommand.self,
    ]

    /// For the parser.
    public init() {}
}

/// `tern-relay`: the relay alone, with the same flags and subcommands as `tern relay`.
public struct RelayAloneCommand: AsyncParsableCommand {
    /// The same as `tern relay`, and what is needed to set it up.
    public static let configuration = CommandConfiguration(
        commandName: "tern-relay",
        abstract: "A STUN and TURN relay.",
        discussion: ConfigurationOptions.help,
        version: CommandLineTool.version,
        subcommands: RelayGroupCommand.subcommands + [ConfigCommand.self, CredentialsCommand.self],
        defaultSubcommand: RelayRunCommand.self)

    /// For the parser.
    public init() {}
}
