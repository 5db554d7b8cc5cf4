import Foundation
import TestSupport
import Testing

/// The companion's commands, run as an operator runs them.
struct CompanionCommandsTests {
    @Test func thereIsNothingToListenOnIsOneLine() throws {
        let folder = try TemporaryFolder()
        let program = try Program.run(["companion"], folder: folder.path)
        #expect(program.exitCode == 2)
        #expect(program.messageLines.count == 1 && program.messages.contains("companion.listen"))
    }

    @Test(arguments: [["audit", "verify"], ["people", "list"]])
    func dataThatIsNotThereIsOneLine(arguments: [String]) throws {
        let folder = try TemporaryFolder()
        let program = try Program.run(arguments + ["--companion-folder", folder.path + "/none"])
        #expect(program.exitCode == 1)
        #expect(program.messageLines.count == 1 && program.messages.contains("--companion-folder FOLDER"))
    }

    @Test func aMailServerThatIsNoneIsOneLine() throws {
        let program = try Program.run(["companion", "--mail-server", "mail.example"])
        #expect(program.exitCode == 2)
        #expect(program.messageLines.count == 1 && program.messages.contains("smtps://"))
    }
}
