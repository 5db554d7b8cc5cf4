import ArgumentParser
import Companion
import RelayCommand

/// `tern audit checkpoint`: a signed line to be kept elsewhere.
struct AuditCheckpointCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint",
        abstract: "Print a signed line that says where the log stands, to be kept elsewhere.",
        discussion: """
            Keep it where nobody who can write here can write: on another machine, in a mail, on paper. 'tern audit \
            verify --checkpoint FILE' then finds every change of the rows up to it, also when everything in this \
            folder was replaced. The companion writes one into its folder every hour and when it stops.
            """)

    @OptionGroup var data: CompanionDataOptions

    mutating func run() async throws {
        try await data.withCore { core, folder in
            do {
                Terminal.print(try await folder.keeper(core).checkpoint().line)
            } catch let problem as AuditProblem {
                throw CommandFailure("the audit log is not whole: \(problem)")
            }
        }
    }
}
