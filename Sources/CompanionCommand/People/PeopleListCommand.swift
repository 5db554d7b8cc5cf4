import ArgumentParser
import Companion
import RelayCommand
import Store

/// `tern people list`.
struct PeopleListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List accounts.")

    @Option(help: ArgumentHelp("Part of a name or an address.", valueName: "text"))
    var search: String?

    @OptionGroup var data: CompanionDataOptions

    mutating func run() async throws {
        let query = search
        try await data.withCore { core, _ in
            let accounts = PeopleDirectory(core: core).accounts
            var people: [PersonOverview] = []
            var next: PageCursor?
            repeat {
                let page = try await accounts.people(
                    query: query, after: next, by: PeopleDirectory.operatorPrincipal)
                people += page
                next = page.next
            } while next != nil
            let rows = people.map { entry in
                [
                    entry.person.email, entry.person.name, entry.person.role.rawValue, entry.person.state.rawValue,
                    entry.person.totp ? "yes" : "no", "\(entry.sessions)",
                ]
            }
            Terminal.print(TextColumns.align([["ADDRESS", "NAME", "ROLE", "STATE", "TOTP", "SESSIONS"]] + rows))
        }
    }
}
