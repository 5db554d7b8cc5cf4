import Foundation
import Store
import Testing
import Vault

@testable import Companion

@Suite("Export of the audit log")
struct AuditExportTests {
    let companion: TestCompanion

    init() async throws {
        var settings = CompanionSettings()
        settings.audit.rowsPerExportPage = 3
        companion = try TestCompanion(settings: settings)
        for number in 0..<12 {
            let (requester, owner) = [("anna", "anna"), ("bob", "bob"), ("bob", "anna"), (nil, "anna")][number % 4]
            companion.surroundings.advance(seconds: 1)
            try await companion.append(
                AuditEvent(
                    type: .documentShared, requester: requester, owner: owner, room: "room",
                    message: "number \(number), \"quoted\"", extra: ["bytes": 7], address: "192.0.2.\(number)"))
        }
    }

    private func text(_ format: AuditExport.Format, from: Int64? = nil, to: Int64? = nil) async throws -> [String] {
        let export = AuditExport(core: companion.core, person: "anna", format: format, from: from, to: to)
        return try await export.reduce(into: []) { $0.append($1) }
    }

    private struct Line: Decodable {
        let sequence, at: Int64
        let time, type, outcome, message, address, leaf: String
        let requester, owner, room: String?
        let extra: [String: Int]
    }

    @Test("holds every row of the owner and no other, oldest first, in pieces")
    func jsonLines() async throws {
        let pieces = try await text(.jsonLines)
        #expect(pieces.count == 3)
        let lines = try pieces.joined().split(separator: "\n").map {
            try JSONDecoder().decode(Line.self, from: Data($0.utf8))
        }
        #expect(lines.map(\.sequence) == [1, 3, 4, 5, 7, 8, 9, 11, 12])
        #expect(lines[0].message == "number 0, \\u{22}quoted\\u{22}")
        #expect(lines[0].time == "2025-06-15T12:00:01.000Z")
        #expect(lines[0].extra == ["bytes": 7])
        #expect(lines[0].type == "document.shared" && lines[0].room == "room" && lines[0].outcome == "success")
        #expect(lines.allSatisfy { $0.leaf.count == 64 && $0.at > TestSurroundings.start })
        // His own address and that of strangers, not that of another person.
        #expect(lines[0].address == "192.0.2.0" && lines[2].address == "192.0.2.3")
        #expect(lines[1].requester == "bob" && lines[1].address == "")
    }

    @Test("can be cut to a time")
    func times() async throws {
        let (from, to) = (TestSurroundings.start + 4000, TestSurroundings.start + 9000)
        let lines = try await text(.jsonLines, from: from, to: to).joined().split(separator: "\n")
        #expect(lines.count == 4)
        #expect(try await text(.jsonLines, from: to + 100_000).isEmpty)
    }

    @Test("as CSV has a head line, and quotes everything")
    func csv() async throws {
        let text = try await text(.csv).joined()
        let lines = text.components(separatedBy: "\r\n")
        #expect(lines.count == 11 && lines.last == "")
        #expect(lines[0].hasPrefix(#""sequence","time","type""#))
        #expect(lines[1].hasPrefix(#""1","2025-06-15T12:00:01.000Z","document.shared","success","anna","anna","room""#))
        #expect(lines[1].contains(#""{""bytes"":7}""#))
    }

    @Test(
        "of cells that a spreadsheet would compute is only text",
        arguments: ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "  @x", "＝1"])
    func formulas(_ text: String) {
        #expect(AuditText.cell(text) == "\"'\(text)\"")
        #expect(AuditText.cell("a" + text) == "\"a\(text)\"")
        #expect(AuditText.cell("a\"b") == "\"a\"\"b\"")
        #expect(AuditText.cell("") == "\"\"")
    }
}

@Suite("At rest")
struct AtRestTests {
    @Test("no raw file of the folder holds what was sealed, while open and when closed")
    func markers() async throws {
        let companion = try TestCompanion()
        let vault = companion.core.vault
        let marker = "PLANTED-MARKER-7d1f"
        try await companion.store.write { connection in
            for number in 0..<200 {
                let id = "p\(number)"
                func sealed(_ column: String) -> SQLValue {
                    .bytes(vault.seal("\(marker) \(column)", context: .init(table: "people", column: column, row: id)))
                }
                try connection.execute(
                    """
                    INSERT INTO people (id, email_sealed, email_index, name_sealed, phone_sealed, state, role,
                        created_at) VALUES (?, ?, ?, ?, ?, 'active', 'user', 0)
                    """,
                    [
                        .text(id), sealed("email_sealed"), .bytes(vault.index("\(marker) \(id)", purpose: "email")),
                        sealed("name_sealed"), sealed("phone_sealed"),
                    ])
            }
            try connection.execute("DELETE FROM people WHERE id < 'p5'", [])
        }
        #expect(try !holds(companion.folder, marker))
        try await companion.store.close()
        #expect(try !holds(companion.folder, marker))
        // The search itself finds what is there.
        try Data(marker.utf8).write(to: companion.folder.appending(path: "plain"))
        #expect(try holds(companion.folder, marker))
    }

    private func holds(_ folder: URL, _ marker: String) throws -> Bool {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil).contains {
            try Data(contentsOf: $0).range(of: Data(marker.utf8)) != nil
        }
    }
}
