import ArgumentParser
import RelayCommand
import Store

/// `tern people enable`.
struct PeopleEnableCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "enable", abstract: "Open an account again.")

    @Argument(help: "The address.") var email: String
    @OptionGroup var data: CompanionDataOptions

    mutating func run() async throws {
        let email = email
        try await data.withCore { core, _ in
            try await PeopleDirectory(core: core).set(.active, of: email)
            Terminal.print("\(email) is enabled")
        }
    }
}
