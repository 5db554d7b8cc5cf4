import Foundation
import Integrity
import Store
import Testing
import Vault

@testable import Companion

@Suite("Checkpoints of the audit log")
struct AuditCheckpointTests {
    let companion: TestCompanion
    let keeper: AuditKeeper
    let file: AuditCheckpointFile

    init() async throws {
        companion = try TestCompanion()
        keeper = companion.keeper()
        file = AuditCheckpointFile(path: companion.checkpointPath)
        try await companion.append(20)
    }

    private var vault: Vault { companion.core.vault }

    /// What an intruder does who holds the machine and not the master key: the rows, the head and the checkpoints are
    /// those of an earlier day.
    private func goBack(to sequence: Int64, head: Data, checkpoints: Data) async throws {
        try await companion.tamper { try $0.execute("DELETE FROM audit WHERE sequence > \(sequence)", []) }
        try head.write(to: URL(filePath: companion.headPath))
        try checkpoints.write(to: URL(filePath: companion.checkpointPath))
    }

    private func files() throws -> (head: Data, checkpoints: Data) {
        (
            try Data(contentsOf: URL(filePath: companion.headPath)),
            try Data(contentsOf: URL(filePath: companion.checkpointPath))
        )
    }

    @Test("a checkpoint that was kept elsewhere finds the cut that the machine's own files hide")
    func cutBehindOwnFiles() async throws {
        _ = try await keeper.checkpoint()
        let (head, checkpoints) = try files()
        try await companion.append(10)
        let elsewhere = try await keeper.checkpoint()
        #expect(try await keeper.verify(against: [elsewhere]).problem == nil)

        try await goBack(to: 20, head: head, checkpoints: checkpoints)
        #expect(try await companion.keeper().verify().problem == nil)
        #expect(
            try await companion.keeper().verify(against: [elsewhere]).problem == .truncated(last: 20, head: 30))
        // Other rows in their place do not help.
        try await companion.append(15)
        #expect(try await companion.keeper().verify(against: [elsewhere]).problem == .rewritten(30))
    }

    @Test("every checkpoint counts, not the last alone, and what is behind the last is not covered")
    func everyOne() async throws {
        let first = try await keeper.checkpoint()
        try await companion.append(5)
        let second = try await keeper.checkpoint()
        try await companion.append(5)
        #expect(try await keeper.verify(against: [second, first]).problem == nil)
        try await companion.tamper { try $0.execute("DELETE FROM audit WHERE sequence > 25", []) }
        // The limit, told in the documentation: rows that no checkpoint and no head has seen.
        #expect(try await companion.keeper().verify(against: [first, second]).problem == nil)
        try await companion.tamper { try $0.execute("DELETE FROM audit WHERE sequence > 24", []) }
        #expect(try await companion.keeper().verify(against: [first]).problem == .truncated(last: 24, head: 25))
    }

    @Test("lines of the file that were deleted, edited, moved or signed by another key are found")
    func tamperedFile() async throws {
        for _ in 0..<4 {
            companion.surroundings.advance(seconds: 3600)
            try await companion.append(1)
            _ = try await keeper.checkpoint()
        }
        let text = try String(contentsOfFile: file.path, encoding: .utf8)
        var lines = text.split(separator: "\n").map(String.init)
        #expect(lines.count == 4)
        func write(_ lines: [String]) throws {
            try (lines.joined(separator: "\n") + "\n").write(toFile: file.path, atomically: true, encoding: .utf8)
        }
        func problem() async throws -> AuditProblem? { try await keeper.verify().problem }
        #expect(try await problem() == nil)
        try write([lines[0], lines[2], lines[3]])
        #expect(try await problem() == .missingCheckpoint(line: 2))
        try write([lines[1], lines[0], lines[2], lines[3]])
        #expect(try await problem() == .missingCheckpoint(line: 1))
        let edited = lines[1].replacing("\"sequence\":22", with: "\"sequence\":21")
        #expect(edited != lines[1])
        try write([lines[0], edited, lines[2], lines[3]])
        #expect(try await problem() == .forgedCheckpoint(line: 2))
        try write([lines[0], lines[1] + " ", lines[2], lines[3]])
        #expect(try await problem() == .forgedCheckpoint(line: 2))
        let other = Vault(masterKey: [UInt8](repeating: 9, count: 32))
        let head = AuditHead(sequence: 24, chain: try await keeper.verify().head.chain, at: 0)
        lines[3] =
            AuditCheckpoint(
                head, previous: try AuditCheckpoint(line: lines[2], number: 3, vault).digest, other
            ).line
        try write(lines)
        #expect(try await problem() == .forgedCheckpoint(line: 4))
        try write(["nonsense"])
        #expect(try await problem() == .forgedCheckpoint(line: 1))
    }

    @Test("what a power cut left of a line is taken off with the next one; a file that is not ours is left alone")
    func tornLine() async throws {
        _ = try await keeper.checkpoint()
        let whole = try Data(contentsOf: URL(filePath: file.path))
        try (whole + Data(#"{"at":17"#.utf8)).write(to: URL(filePath: file.path))
        _ = try await keeper.checkpoint()
        #expect(try file.read(vault).count == 2)
        let text = try String(contentsOfFile: file.path, encoding: .utf8)
        #expect(text.split(separator: "\n").count == 2 && text.hasSuffix("\n"))

        try "something else\n".write(toFile: file.path, atomically: true, encoding: .utf8)
        await #expect(throws: AuditProblem.self) { _ = try await keeper.checkpoint() }
        #expect(try String(contentsOfFile: file.path, encoding: .utf8) == "something else\n")
    }

    @Test("many who add checkpoints at once make one chain")
    func concurrent() async throws {
        let keepers = (0..<8).map { _ in companion.keeper() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for keeper in keepers {
                group.addTask { for _ in 0..<5 { _ = try await keeper.checkpoint() } }
            }
            try await group.waitForAll()
        }
        #expect(try file.read(vault).count == 40)
    }

    @Test("a log that does not go on from the last head is not signed")
    func refuses() async throws {
        _ = try await keeper.checkpoint()
        try await companion.tamper { try $0.execute("DELETE FROM audit WHERE sequence > 12", []) }
        await #expect(throws: AuditProblem.truncated(last: 12, head: 20)) {
            _ = try await companion.keeper().checkpoint()
        }
        #expect(try file.read(vault).count == 1)
    }
}
