import ArgumentParser
import Companion
import RelayCommand

/// `tern audit verify`: reads the whole log and tells whether anything in it was touched.
struct AuditVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check that no row of the log was changed, removed, added or moved.",
        discussion: "Exit code 0: the log is whole. Exit code 1: the first thing that is wrong, with its number.")

    @OptionGroup var data: CompanionDataOptions

    mutating func run() async throws {
        try await data.withCore { core, folder in
            let report = try await AuditKeeper(core: core, path: folder.auditHead).verify()
            if let problem = report.problem { throw CommandFailure("the audit log is not whole: \(problem)") }
            Terminal.print("the audit log is whole: \(report.rows) rows")
        }
    }
}
