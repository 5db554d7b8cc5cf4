import ArgumentParser
import Companion
import RelayCommand
import Store

/// `tern audit export`: the rows of one account.
struct AuditExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write the rows of one account to standard output.")

    @Option(help: ArgumentHelp("Address of the account.", valueName: "email"))
    var person: String

    @Option(help: ArgumentHelp("jsonl (JSON Lines) or csv.", valueName: "format"))
    var format = "jsonl"

    @OptionGroup var data: CompanionDataOptions

    mutating func run() async throws {
        guard let format = AuditExport.Format(rawValue: format) else {
            throw CommandFailure("\"\(format)\" is no format; write jsonl or csv", exitCode: 2)
        }
        let email = person
        try await data.withCore { core, _ in
            let id = try await PeopleDirectory(core: core).id(of: email)
            for try await piece in AuditExport(core: core, person: id, format: format) {
                print(piece, terminator: "")
            }
        }
    }
}
