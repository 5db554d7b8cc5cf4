import ArgumentParser
import Companion
import RelayCommand

/// `tern people administrator`.
struct PeopleAdministratorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "administrator", abstract: "Make the first administrator, and show the password once.")

    @Argument(help: "The address.") var email: String
    @OptionGroup var data: CompanionDataOptions

    mutating func run() async throws {
        let email = email
        try await data.withCore { core, _ in
            guard let made = try await PeopleDirectory(core: core).accounts.ensureAdministrator(email: email) else {
                throw CommandFailure("there is an administrator already; 'tern people list' lists all")
            }
            Terminal.print("email     \(made.email)\npassword  \(made.password)  (shown this once)")
        }
    }
}
