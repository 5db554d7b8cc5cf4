import ArgumentParser
import Companion
import RelayCommand
import Store

/// `tern people invite`.
struct PeopleInviteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invite", abstract: "Make an account and queue its invitation.")

    @Argument(help: "The address.") var email: String
    @Option(help: "The name that others see.") var name: String
    @Flag(help: "Make the person an administrator.") var admin = false
    @OptionGroup var data: CompanionDataOptions

    mutating func run() async throws {
        let (email, name, role) = (email, name, admin ? Role.admin : Role.user)
        try await data.withCore { core, _ in
            _ = try await PeopleDirectory(core: core).accounts.invite(
                email: email, name: name, role: role, by: PeopleDirectory.operatorPrincipal)
            Terminal.print("\(email) is invited; the companion sends the key")
        }
    }
}
