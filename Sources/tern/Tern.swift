import ArgumentParser
import RelayCommand

/// The command line with everything: one file per subcommand in their own modules, no logic here.
@main
struct Tern: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tern",
        abstract: "A STUN and TURN relay.",
        version: CommandLineTool.version,
        subcommands: [
            UpCommand.self, RelayGroupCommand.self, CredentialsCommand.self, ConfigCommand.self, ProbeCommand.self,
        ])

    static func main() async {
        await CommandLineTool.run(Tern.self)
    }
}
