import ArgumentParser
import RelayCommand
import Store

/// `tern people disable`.
struct PeopleDisableCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable", abstract: "Close an account and end its sessions.")

    @Argument(help: "The address.") var email: String
    @OptionGroup var data: CompanionDataOptions

    mutating func run() async throws {
        let email = email
        try await data.withCore { core, _ in
            try await PeopleDirectory(core: core).set(.disabled, of: email)
            Terminal.print("\(email) is disabled")
        }
    }
}
