import ArgumentParser
import CompanionCommand
import MeasureCommand
import RelayCommand

/// The command line with everything: one file per subcommand in their own modules, no logic here.
@main
struct Tern: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tern",
        abstract: "A STUN and TURN relay with its companion for accounts, signaling and documents.",
        version: CommandLineTool.version,
        subcommands: [
            UpCommand.self, RelayGroupCommand.self, CompanionRunCommand.self, PeopleCommand.self, AuditCommand.self,
            VaultCommand.self,
            CredentialsCommand.self, ConfigCommand.self, ProbeCommand.self, LoadCommand.self,
        ])

    @MainActor static func main() async {
        // Before there is a second thread.
        CommandLineTool.reserveRights()
        await CommandLineTool.runPlatform(Tern.self)
    }
}
