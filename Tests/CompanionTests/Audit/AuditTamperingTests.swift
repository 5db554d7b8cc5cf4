import Foundation
import Store
import Testing
import Vault

@testable import Companion

@Suite("Tampering with the audit log")
struct AuditTamperingTests {
    static let count: Int64 = 20
    let companion: TestCompanion
    let keeper: AuditKeeper

    init() async throws {
        companion = try TestCompanion()
        keeper = companion.keeper()
        try await companion.append(Int(Self.count))
        try await keeper.close()
    }

    private func problem() async throws -> AuditProblem? { try await keeper.verify().problem }

    @Test("a log that nobody touched is right, with all rows and the head")
    func untouched() async throws {
        let report = try await keeper.verify()
        #expect(report.rows == Int(Self.count))
        #expect(report.problem == nil)
        #expect(report.head.sequence == Self.count)
        #expect(try await companion.rows().last?.chain == report.head.chain)
    }

    @Test(
        "an edit of any column is found",
        arguments: [
            "at = at + 1", "type = 'session.logout'", "outcome = 'failure'", "requester = 'bob'", "requester = NULL",
            "owner = NULL", "owner = 'bob'", "room_id = 'room'", "message = 'signed in.'", "extra = '{}'",
            "address = ''", "salt = x'00'", "leaf = x'00'", "at = CAST(at AS TEXT)",
        ], [1, 10, count])
    func edit(_ change: String, row: Int64) async throws {
        try await companion.tamper { try $0.execute("UPDATE audit SET \(change) WHERE sequence = \(row)", []) }
        if change.contains("CAST") {
            // SQLite keeps it a number: nothing was changed.
            #expect(try await problem() == nil)
        } else {
            #expect(try await problem() == .edited(row))
        }
    }

    @Test("an edit with a leaf that fits is found by the chain", arguments: [1, 10, count])
    func editWithLeaf(row: Int64) async throws {
        var record = try await companion.rows()[Int(row) - 1]
        record.message = "nothing happened"
        let leaf = AuditChain.leaf(record)
        try await companion.tamper { connection in
            try connection.execute(
                "UPDATE audit SET message = ?, leaf = ? WHERE sequence = ?",
                ["nothing happened", .bytes(leaf), .integer(row)])
        }
        #expect(try await problem() == .foreign(row))
    }

    @Test("a chain that was computed anew behind an edit does not meet the head", arguments: [1, 10, count])
    func editWithChain(row: Int64) async throws {
        try await companion.tamper { connection in
            try connection.execute("UPDATE audit SET message = 'nothing' WHERE sequence = \(row)", [])
        }
        try await companion.rechain(from: row)
        #expect(try await companion.verifier.verify(against: []).problem == nil)
        #expect(try await problem() == .rewritten(Self.count))
    }

    @Test("a deletion is found, in the middle and at the start")
    func deletion() async throws {
        try await companion.tamper { try $0.execute("DELETE FROM audit WHERE sequence IN (5, 6, 7, 9)", []) }
        #expect(try await problem() == .missing(from: 5, to: 7))
        try await companion.tamper { try $0.execute("DELETE FROM audit WHERE sequence = 1", []) }
        #expect(try await problem() == .missing(from: 1, to: 1))
    }

    @Test("a deletion whose gap was closed by renumbering is found")
    func deletionRenumbered() async throws {
        try await companion.tamper { connection in
            try connection.execute("DELETE FROM audit WHERE sequence = 5", [])
            for row in 6...Self.count {
                try connection.execute("UPDATE audit SET sequence = sequence - 1 WHERE sequence = \(row)", [])
            }
        }
        #expect(try await problem() == .moved(5, from: 6))
        try await companion.rechain(from: 1)
        #expect(try await companion.verifier.verify(against: []).problem == nil)
        #expect(try await problem() == .truncated(last: Self.count - 1, head: Self.count))
    }

    @Test("an insertion is found, in the middle, at the start and at the end")
    func insertion() async throws {
        var forged = try await companion.rows()[9]
        forged.message = "was never here"
        forged.leaf = AuditChain.leaf(forged)
        let inserted = forged
        try await companion.tamper { connection in
            for row in (10...Self.count).reversed() {
                try connection.execute("UPDATE audit SET sequence = sequence + 1 WHERE sequence = \(row)", [])
            }
            try connection.insert(inserted)
        }
        #expect(try await problem() == .foreign(10))
        var first = inserted
        first.sequence = 0
        first.leaf = AuditChain.leaf(first)
        let zero = first
        try await companion.tamper { try $0.insert(zero) }
        #expect(try await problem() == .foreign(0))
    }

    @Test("a row behind the end that does not continue the chain is found")
    func insertionAtTheEnd() async throws {
        var forged = try #require(try await companion.rows().last)
        forged.sequence += 1
        forged.leaf = AuditChain.leaf(forged)
        let inserted = forged
        try await companion.tamper { try $0.insert(inserted) }
        #expect(try await problem() == .foreign(Self.count + 1))
    }

    @Test("rows that changed places are found")
    func reordering() async throws {
        try await companion.tamper { connection in
            for (from, to) in [(5, 100), (12, 5), (100, 12)] {
                try connection.execute("UPDATE audit SET sequence = \(to) WHERE sequence = \(from)", [])
            }
        }
        #expect(try await problem() == .moved(5, from: 12))
    }

    @Test("an end that was cut off is found by the head, and is a right log without it", arguments: [0, 1, 12, 19])
    func truncation(_ kept: Int64) async throws {
        try await companion.tamper { try $0.execute("DELETE FROM audit WHERE sequence > \(kept)", []) }
        #expect(try await companion.verifier.verify(against: []).problem == nil)
        #expect(try await problem() == .truncated(last: kept, head: Self.count))
    }

    @Test("a keeper never replaces the evidence of a cut or a rewritten log")
    func keeperRefuses() async throws {
        try await companion.tamper { try $0.execute("DELETE FROM audit WHERE sequence > 12", []) }
        let next = companion.keeper()
        await #expect(throws: AuditProblem.truncated(last: 12, head: Self.count)) { try await next.start() }
        try await companion.append(30)
        let head = try Data(contentsOf: URL(filePath: companion.headPath))
        await #expect(throws: AuditProblem.rewritten(Self.count)) { try await next.close() }
        #expect(try Data(contentsOf: URL(filePath: companion.headPath)) == head)
        #expect(try await problem() == .rewritten(Self.count))
    }

    @Test("a head that was altered, or written under another master key, is no head")
    func forgedHead() async throws {
        let text = try String(contentsOfFile: companion.headPath, encoding: .utf8)
        let smaller = text.replacing("\n20\n", with: "\n12\n")
        try smaller.write(toFile: companion.headPath, atomically: true, encoding: .utf8)
        #expect(try await problem() == .forgedHead)
        try "nonsense".write(toFile: companion.headPath, atomically: true, encoding: .utf8)
        #expect(try await problem() == .forgedHead)
        try text.write(toFile: companion.headPath, atomically: true, encoding: .utf8)
        #expect(try await problem() == nil)
        let other = Vault(masterKey: [UInt8](repeating: 8, count: 32))
        #expect(throws: AuditProblem.forgedHead) { try AuditHead.read(companion.headPath, other) }
    }

    @Test("a log of several pages is read in pieces and every row of it counts")
    func pages() async throws {
        try await companion.append(2 * AuditVerifier.pageRows)
        #expect(try await keeper.verify().rows == Int(Self.count) + 2 * AuditVerifier.pageRows)
        let row = Self.count + Int64(AuditVerifier.pageRows) + 1
        try await companion.tamper { try $0.execute("UPDATE audit SET message = 'x' WHERE sequence = \(row)", []) }
        let report = try await keeper.verify()
        #expect(report.problem == .edited(row) && report.rows == Int(row) - 1)
    }

    @Test("what the database refuses, it refuses before anybody can notice it")
    func triggers() async throws {
        for statement in ["UPDATE audit SET message = 'x'", "DELETE FROM audit"] {
            await #expect(throws: StoreFailure.self) {
                try await companion.store.write { try $0.execute(statement, []) }
            }
        }
        #expect(try await problem() == nil)
    }
}

@Suite("The head of the audit log")
struct AuditKeeperTests {
    let companion: TestCompanion
    let keeper: AuditKeeper

    init() async throws {
        companion = try TestCompanion()
        keeper = companion.keeper()
        try await keeper.start()
    }

    private func kept() throws -> Int64? { try AuditHead.read(companion.headPath, companion.core.vault)?.sequence }

    @Test("is kept after enough rows, or enough time, and at the end")
    func due() async throws {
        try await keeper.tick()
        #expect(try kept() == nil)
        // The first row is due at once: nothing was ever kept.
        try await companion.append(1)
        try await keeper.tick()
        #expect(try kept() == 1)

        try await companion.append(companion.core.settings.audit.rowsPerHead - 1)
        try await keeper.tick()
        #expect(try kept() == 1)
        try await companion.append(1)
        try await keeper.tick()
        #expect(try kept() == 257)

        try await companion.append(1)
        companion.surroundings.advance(seconds: companion.core.settings.audit.secondsPerHead - 1)
        try await keeper.tick()
        #expect(try kept() == 257)
        companion.surroundings.advance(seconds: 1)
        try await keeper.tick()
        #expect(try kept() == 258)

        try await companion.append(1)
        try await keeper.close()
        #expect(try kept() == 259)
    }

    @Test("a checkpoint is added every hour, also of a log that did not grow, and at the end")
    func checkpoints() async throws {
        let file = AuditCheckpointFile(path: companion.checkpointPath)
        try await companion.append(3)
        for hour in 0..<3 {
            companion.surroundings.advance(seconds: 3599)
            try await keeper.tick()
            #expect(try file.read(companion.core.vault).count == hour)
            companion.surroundings.advance(seconds: 1)
            try await keeper.tick()
            #expect(try file.read(companion.core.vault).map(\.head.sequence) == Array(repeating: 3, count: hour + 1))
        }
        try await keeper.close()
        #expect(try file.read(companion.core.vault).count == 4)
    }

    @Test("is continued by the next run, and kept when the run is cancelled")
    func nextRun() async throws {
        try await companion.append(5)
        try await keeper.close()
        let next = companion.keeper()
        try await next.start()
        try await companion.append(5)
        let run = Task { try await next.run() }
        run.cancel()
        try await run.value
        #expect(try kept() == 10)
        #expect(try await next.verify().problem == nil)
    }

    @Test("of an empty log is none, and none is no problem")
    func empty() async throws {
        try await keeper.close()
        #expect(try kept() == nil)
        let report = try await keeper.verify()
        #expect(report.rows == 0 && report.problem == nil && report.head.sequence == 0)
    }
}
