public import ArgumentParser

/// `tern people`: accounts, for an operator at the machine.
public struct PeopleCommand: AsyncParsableCommand {
    /// Its subcommands do the work.
    public static let configuration = CommandConfiguration(
        commandName: "people",
        abstract: "List, invite, disable and reset accounts of the companion.",
        discussion: "Works on the data itself, whether the companion runs or not; each change is in the audit log.",
        subcommands: [
            PeopleListCommand.self, PeopleInviteCommand.self, PeopleDisableCommand.self, PeopleEnableCommand.self,
            PeopleResetCommand.self, PeopleAdministratorCommand.self,
        ])

    /// For the parser.
    public init() {}
}
