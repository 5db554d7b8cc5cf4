import Foundation
import Store
import Testing

@testable import Companion

@Suite("Audit log")
struct AuditTests {
    let companion: TestCompanion

    init() throws { companion = try TestCompanion() }

    @Test("a row holds what the event says, the time, and its place in the chain")
    func append() async throws {
        let event = AuditEvent(
            type: .sessionRequest, outcome: .failure, requester: "anna", owner: "bob", room: "room",
            message: "called", extra: ["media": "video", "attempts": 3, "relayed": true], address: "192.0.2.1")
        try await companion.append(event)
        companion.surroundings.advance(seconds: 1)
        try await companion.append(AuditEvent(type: .signOut, message: "signed out"))

        let rows = try await companion.rows()
        #expect(rows.map(\.sequence) == [1, 2])
        #expect(rows[0].at == TestSurroundings.start)
        #expect(rows[1].at == TestSurroundings.start + 1000)
        #expect(rows[0].type == "session.request" && rows[0].outcome == "failure")
        #expect(rows[0].requester == "anna" && rows[0].owner == "bob" && rows[0].roomID == "room")
        #expect(rows[0].message == "called" && rows[0].address == "192.0.2.1")
        #expect(rows[0].extra == #"{"attempts":3,"media":"video","relayed":true}"#)
        #expect(rows[1].requester == nil && rows[1].owner == nil && rows[1].roomID == nil && rows[1].extra == "{}")
        #expect(rows[0].salt.count == 16 && rows[0].salt != rows[1].salt)
    }

    @Test("leaf and chain are what the documentation says, byte by byte")
    func format() {
        var record = AuditRecord(
            sequence: 258, at: 1000, type: "session.login", outcome: "success", requester: "anna", owner: nil,
            roomID: nil, message: "say \"hi\" \\ \u{1}\u{7f}é", extra: #"{"a":1}"#, address: "::1",
            salt: [UInt8](0..<16), leaf: [], chain: [])
        #expect(
            AuditChain.content(record)
                == #"{"address":"::1","at":1000,"extra":"{\"a\":1}","message":"say \"hi\" \\ \u0001\u007fé","#
                + #""outcome":"success","owner":null,"requester":"anna","room_id":null,"sequence":258,"#
                + #""type":"session.login"}"#)
        record.leaf = AuditChain.leaf(record)
        #expect(record.leaf == companion.sha256([0] + record.salt + Array(AuditChain.content(record).utf8)))
        let chain = [UInt8](repeating: 9, count: 32)
        #expect(
            AuditChain.next(chain, sequence: 258, leaf: record.leaf)
                == companion.sha256([1] + chain + [0, 0, 0, 0, 0, 0, 1, 2] + record.leaf))
    }

    @Test("an event whose transaction fails leaves no row and no gap")
    func rollback() async throws {
        struct Refusal: Error {}
        let surroundings = companion.core.surroundings
        try await companion.append(3)
        await #expect(throws: Refusal.self) {
            try await companion.store.write { connection in
                try connection.audit(AuditEvent(type: .signIn, message: "signed in"), surroundings)
                throw Refusal()
            }
        }
        try await companion.append(1)
        #expect(try await companion.rows().map(\.sequence) == [1, 2, 3, 4])
        #expect(try await companion.verifier.verify(against: []).problem == nil)
    }

    @Test("rows that are written at the same time make one chain")
    func concurrency() async throws {
        try await withThrowingTaskGroup { group in
            for _ in 0..<200 { group.addTask { [companion] in try await companion.append(1) } }
            try await group.waitForAll()
        }
        let report = try await companion.verifier.verify(against: [])
        #expect(report.rows == 200 && report.problem == nil)
    }

    @Test(
        "whatever a stranger sends is one line of visible characters",
        arguments: [
            "two\r\nlines", "\u{1b}[2Jscreen", "nul\0", "next\u{85}line", "separator\u{2028}x", "right\u{202E}left",
            "zero\u{200B}width", "tag\u{E0041}", "\u{9b}31m", String(repeating: "long", count: 5000),
        ])
    func injection(_ text: String) async throws {
        try await companion.append(
            AuditEvent(
                type: .accessDenied, requester: text, owner: text, room: text, message: text,
                extra: [text: .text(text)], address: text))
        let row = try #require(try await companion.rows().first)
        for field in [row.requester, row.owner, row.roomID, row.message, row.extra, row.address] {
            let field = try #require(field)
            #expect(field.count < 12 * AuditEvent.textMax)
            for scalar in field.unicodeScalars {
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator:
                    Issue.record("U+\(String(scalar.value, radix: 16))")
                default: break
                }
            }
        }
        let object = try JSONSerialization.jsonObject(with: Data(row.extra.utf8)) as? [String: String]
        #expect(object?.count == 1)
    }

    @Test("kinds of events have names of their own, in lower case with dots")
    func types() {
        for type in AuditType.allCases {
            #expect(type.rawValue.wholeMatch(of: /[a-z]+(\.[a-z]+)+/) != nil, "\(type.rawValue)")
        }
        for name in [
            "connection.success", "connection.failure", "session.request", "session.accepted", "session.aborted",
            "document.shared", "password.reset", "password.changed",
        ] {
            #expect(AuditType(rawValue: name) != nil, "\(name)")
        }
    }
}
