import ArgumentParser
import Companion
import RelayCommand

/// `tern people reset`.
struct PeopleResetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset", abstract: "Queue a link to choose a new password.")

    @Argument(help: "The address.") var email: String
    @Flag(help: "Switch the second factor off too, for somebody who lost it.") var totp = false
    @OptionGroup var data: CompanionDataOptions

    mutating func run() async throws {
        let (email, totp) = (email, totp)
        try await data.withCore { core, _ in
            let people = PeopleDirectory(core: core)
            let id = try await people.id(of: email)
            if totp { try await people.accounts.removeTOTP(of: id, by: PeopleDirectory.operatorPrincipal) }
            try await people.accounts.resetByAdministrator(id, by: PeopleDirectory.operatorPrincipal)
            Terminal.print("a link to choose a new password is queued for \(email)")
        }
    }
}
