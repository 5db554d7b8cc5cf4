import Store
import Testing

/// What every backend must do. A backend's tests hand a fresh store to each of the cases.
struct StoreContract: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let run: @Sendable (any Store) async throws -> Void

    private init(_ name: String, _ run: @escaping @Sendable (any Store) async throws -> Void) {
        testDescription = name
        self.run = run
    }

    static let cases: [StoreContract] = [
        StoreContract("bytes come back as they went in", bytes),
        StoreContract("texts and numbers come back as they went in", textsAndNumbers),
        StoreContract("null is null, and nothing else", nulls),
        StoreContract("a write that throws changes nothing", rollback),
        StoreContract("what the body throws comes out as it is", bodyErrors),
        StoreContract("a read cannot change anything", readOnlyReads),
        StoreContract("a write sees its own changes, and a later read all of them", visibility),
        StoreContract("writes at the same time run one after the other", serialWrites),
        StoreContract("a write that throws undoes nothing of those that run beside it", rollbackAmongOthers),
        StoreContract("a write whose caller was cancelled happens as a whole", cancellation),
        StoreContract("execute tells how many rows it changed", changes),
        StoreContract("a value that is taken is told from other refusals", duplicates),
        StoreContract("a reference to nothing is refused", references),
        StoreContract("a state that does not exist is refused", checks),
        StoreContract("rows of the audit log are neither changed nor deleted", appendOnly),
        StoreContract("what the audit filter names comes, in order and in pages", auditFilter),
        StoreContract("a column that is missing or of another type is told", columns),
        StoreContract("a store that was closed says so", closing),
    ]

    private static func bytes(_ store: any Store) async throws {
        let all = [UInt8](0...255)
        try await store.write { try $0.set("a", to: all) }
        try await store.write { try $0.set("empty", to: []) }
        #expect(try await store.read { try $0.setting("a") } == all)
        #expect(try await store.read { try $0.setting("empty") } == [])
        #expect(try await store.read { try $0.setting("b") } == nil)
        try await store.write { try $0.set("a", to: [1]) }
        #expect(try await store.read { try $0.setting("a") } == [1])
    }

    private static func textsAndNumbers(_ store: any Store) async throws {
        let texts = [
            "", "plain", "quote ' \" \\ %", "Gülşen 李 🩺 e\u{301}", "two\nlines", String(repeating: "x", count: 70_000),
        ]
        for (index, text) in texts.enumerated() {
            var record = Self.record(Int64(index + 1))
            record.message = text
            record.at = [.max, .min, 0, -1, 1, 42][index]
            let expected = record
            try await store.write { try $0.insert(expected) }
            #expect(try await store.read { try $0.audit(AuditFilter()).first } == expected)
        }
    }

    private static func nulls(_ store: any Store) async throws {
        let kept = record(1)
        try await store.write { try $0.insert(kept) }
        let row = try await store.read { try $0.row("SELECT requester, message FROM audit") }
        #expect(try row?.value("requester") == .null)
        #expect(try row?.optionalText("requester") == nil)
        #expect(try row?.value("message") == .text("a message"))
        await #expect(throws: StoreFailure.self) {
            try await store.write { try $0.execute("INSERT INTO settings (name, value) VALUES (?, ?)", ["a", .null]) }
        }
    }

    private static func rollback(_ store: any Store) async throws {
        await #expect(throws: Refusal.self) {
            try await store.write { connection in
                try connection.set("a", to: [1])
                throw Refusal()
            }
        }
        await #expect(throws: StoreFailure.self) {
            try await store.write { connection in
                try connection.set("a", to: [1])
                try connection.execute("INSERT INTO nowhere (a) VALUES (?)", [1])
            }
        }
        #expect(try await store.read { try $0.setting("a") } == nil)
    }

    private static func bodyErrors(_ store: any Store) async throws {
        await #expect(throws: Refusal.self) { try await store.read { _ in throw Refusal() } }
        await #expect(throws: Refusal.self) { try await store.write { _ in throw Refusal() } }
    }

    private static func readOnlyReads(_ store: any Store) async throws {
        await #expect(throws: StoreFailure.self) { try await store.read { try $0.set("a", to: [1]) } }
        #expect(try await store.read { try $0.setting("a") } == nil)
    }

    private static func visibility(_ store: any Store) async throws {
        let within = try await store.write { connection in
            try connection.set("a", to: [1])
            return try connection.setting("a")
        }
        #expect(within == [1])
        #expect(try await store.read { try $0.setting("a") } == [1])
    }

    private static func serialWrites(_ store: any Store) async throws {
        try await store.write { try $0.set("count", to: [0]) }
        try await withThrowingTaskGroup { group in
            for _ in 0..<100 {
                group.addTask {
                    try await store.write { connection in
                        let count = try connection.setting("count") ?? []
                        try connection.set("count", to: [count[0] + 1])
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await store.read { try $0.setting("count") } == [100])
    }

    private static func rollbackAmongOthers(_ store: any Store) async throws {
        try await withThrowingTaskGroup { group in
            for number in 0..<300 {
                group.addTask {
                    do {
                        try await store.write { connection in
                            try connection.set("\(number)", to: [1])
                            if number % 3 == 0 { throw Refusal() }
                        }
                        #expect(number % 3 != 0)
                    } catch is Refusal {
                        #expect(number % 3 == 0)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await store.read { try $0.count("SELECT count(*) AS value FROM settings") } == 200)
    }

    private static func cancellation(_ store: any Store) async throws {
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await store.write { connection in
                try connection.set("a", to: [1])
                return try connection.setting("a")
            }
        }
        #expect(try await task.value == [1])
        #expect(try await store.read { try $0.setting("a") } == [1])
    }

    private static func changes(_ store: any Store) async throws {
        let counts = try await store.write { connection in
            try connection.set("a", to: [1])
            try connection.set("b", to: [1])
            return [
                try connection.execute("UPDATE settings SET value = ? WHERE name = ?", [.bytes([2]), "a"]),
                try connection.execute("UPDATE settings SET value = ? WHERE name = ?", [.bytes([2]), "c"]),
                try connection.execute("DELETE FROM settings", []),
                try connection.count("SELECT count(*) AS value FROM settings"),
            ]
        }
        #expect(counts == [1, 0, 2, 0])
    }

    private static func duplicates(_ store: any Store) async throws {
        let insert = "INSERT INTO settings (name, value) VALUES (?, ?)"
        try await store.write { try $0.execute(insert, ["a", .bytes([1])]) }
        let failure = await #expect(throws: StoreFailure.self) {
            try await store.write { try $0.execute(insert, ["a", .bytes([2])]) }
        }
        guard case .duplicate = failure else {
            Issue.record("\(String(describing: failure)) instead of duplicate")
            return
        }
        // The same inside of the transaction, for a service that gives the refusal a meaning of its own.
        await #expect(throws: Refusal.self) {
            try await store.write { connection in
                do {
                    try connection.execute(insert, ["a", .bytes([2])])
                } catch StoreFailure.duplicate {
                    throw Refusal()
                }
            }
        }
    }

    private static func references(_ store: any Store) async throws {
        let failure = await #expect(throws: StoreFailure.self) {
            try await store.write { connection in
                try connection.execute(
                    "INSERT INTO recovery_codes (person_id, hash) VALUES (?, ?)", ["nobody", .bytes([1])])
            }
        }
        guard case .constraint = failure else {
            Issue.record("\(String(describing: failure)) instead of constraint")
            return
        }
    }

    private static func checks(_ store: any Store) async throws {
        let insert = """
            INSERT INTO people (id, email_sealed, email_index, name_sealed, state, role, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """
        let blob = SQLValue.bytes([1])
        try await store.write { try $0.execute(insert, ["a", blob, blob, blob, "active", "admin", 1]) }
        let index = SQLValue.bytes([2])
        await #expect(throws: StoreFailure.self) {
            try await store.write { try $0.execute(insert, ["b", blob, index, blob, "deleted", "admin", 1]) }
        }
        await #expect(throws: StoreFailure.self) {
            try await store.write { try $0.execute(insert, ["b", blob, index, blob, "active", "root", 1]) }
        }
    }

    private static func appendOnly(_ store: any Store) async throws {
        let kept = record(1)
        try await store.write { try $0.insert(kept) }
        for statement in [
            "UPDATE audit SET message = 'nothing happened'", "DELETE FROM audit",
            "INSERT INTO audit SELECT * FROM audit",
        ] {
            await #expect(throws: StoreFailure.self) { try await store.write { try $0.execute(statement, []) } }
        }
        #expect(try await store.read { try $0.audit(AuditFilter()) } == [kept])
    }

    private static func auditFilter(_ store: any Store) async throws {
        try await store.write { connection in
            for sequence in Int64(1)...20 {
                var record = Self.record(sequence)
                record.owner = sequence % 2 == 0 ? "anna" : nil
                record.requester = sequence % 3 == 0 ? "anna" : "bob"
                record.roomID = sequence > 10 ? "room" : nil
                record.type = sequence % 5 == 0 ? "five" : "other"
                try connection.insert(record)
            }
        }
        func sequences(_ change: (inout AuditFilter) -> Void) async throws -> [Int64] {
            var filter = AuditFilter()
            change(&filter)
            let complete = filter
            return try await store.read { try $0.audit(complete).map(\.sequence) }
        }
        #expect(try await sequences { $0.limit = 3 } == [20, 19, 18])
        #expect(try await sequences { ($0.limit, $0.before) = (3, 18) } == [17, 16, 15])
        #expect(try await sequences { ($0.limit, $0.after, $0.newestFirst) = (3, 2, false) } == [3, 4, 5])
        #expect(try await sequences { $0.type = "five" } == [20, 15, 10, 5])
        #expect(try await sequences { $0.person = "anna" } == [20, 18, 16, 15, 14, 12, 10, 9, 8, 6, 4, 3, 2])
        #expect(try await sequences { ($0.person, $0.room, $0.limit) = ("anna", "room", 3) } == [20, 18, 16])
        #expect(try await sequences { ($0.from, $0.to) = (1005, 1008) } == [7, 6, 5])
        #expect(try await sequences { ($0.person, $0.newestFirst, $0.limit) = ("anna", false, 2) } == [2, 3])
        #expect(try await sequences { $0.limit = 0 } == [20])
        #expect(try await store.read { try $0.auditHead()?.sequence } == 20)
    }

    private static func columns(_ store: any Store) async throws {
        try await store.write { try $0.set("a", to: [1]) }
        let row = try #require(try await store.read { try $0.row("SELECT name, value FROM settings") })
        #expect(throws: StoreFailure.unexpected(column: "other")) { try row.text("other") }
        #expect(throws: StoreFailure.unexpected(column: "name")) { try row.integer("name") }
        #expect(throws: StoreFailure.unexpected(column: "value")) { try row.text("value") }
    }

    private static func closing(_ store: any Store) async throws {
        try await store.write { try $0.set("a", to: [1]) }
        try await store.close()
        await #expect(throws: StoreFailure.closed) { try await store.read { try $0.setting("a") } }
        await #expect(throws: StoreFailure.closed) { try await store.write { try $0.set("a", to: [2]) } }
    }

    private struct Refusal: Error {}

    private static func record(_ sequence: Int64) -> AuditRecord {
        AuditRecord(
            sequence: sequence, at: 1000 + sequence, type: "type", outcome: "success", requester: nil, owner: nil,
            roomID: nil, message: "a message", extra: "{}", address: "", salt: [1], leaf: [2], chain: [3])
    }
}
