import ArgumentParser
import Companion
import RelayCommand

/// `tern audit verify`: reads the whole log and tells whether anything in it was touched.
struct AuditVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check that no row of the log was changed, removed, added or moved.",
        discussion: """
            The log is held against the head and the checkpoints in the companion's folder and against those that you \
            name. Rows behind the newest of them that were cut off go unnoticed: keep checkpoints elsewhere ('tern \
            audit checkpoint').

            Exit code 0: the log is whole. Exit code 1: the first thing that is wrong, with its number.
            """)

    @Option(
        name: .customLong("checkpoint"),
        help: ArgumentHelp(
            "File of checkpoints that was kept elsewhere; may be given several times.", valueName: "file"))
    var checkpointFiles: [String] = []

    @OptionGroup var data: CompanionDataOptions

    mutating func run() async throws {
        let files = checkpointFiles
        try await data.withCore { core, folder in
            var checkpoints: [AuditCheckpoint] = []
            for file in files {
                do {
                    checkpoints += try AuditCheckpointFile(path: file).readLoose(core.vault)
                } catch let problem as AuditProblem {
                    throw CommandFailure("\(file): \(problem)")
                }
            }
            let report = try await folder.keeper(core).verify(against: checkpoints)
            if let problem = report.problem { throw CommandFailure("the audit log is not whole: \(problem)") }
            Terminal.print("the audit log is whole: \(report.rows) rows")
        }
    }
}
