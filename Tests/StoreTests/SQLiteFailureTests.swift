import Foundation
import Testing

@testable import Store

/// Each way in which the database can be unusable is one clear line.
@Suite("SQLite failures")
struct SQLiteFailureTests {
    let folder: Folder

    init() throws { folder = try Folder() }

    @Test("a database of a newer version is refused and stays as it was")
    func newerSchema() async throws {
        let steps = Schema.migrations(.sqlite)
        let next = Migration(version: 2, statements: ["CREATE TABLE later (id TEXT NOT NULL PRIMARY KEY)"])
        let newer = try SQLiteStore(path: folder.database, migrations: steps + [next])
        try await newer.close()
        #expect(throws: StoreFailure.newerSchema(path: folder.database, found: 2, known: 1)) {
            try SQLiteStore(path: folder.database)
        }
        let again = try SQLiteStore(path: folder.database, migrations: steps + [next])
        #expect(try await again.read { try $0.count("SELECT count(*) AS value FROM later") } == 0)
    }

    @Test("an older database is brought to the current version, with what it held")
    func olderSchema() async throws {
        let older = try SQLiteStore(path: folder.database)
        try await older.write { try $0.set("a", to: [1]) }
        try await older.close()
        let next = Migration(version: 2, statements: ["CREATE TABLE later (id TEXT NOT NULL PRIMARY KEY)"])
        let newer = try SQLiteStore(path: folder.database, migrations: Schema.migrations(.sqlite) + [next])
        #expect(try await newer.read { try $0.setting("a") } == [1])
    }

    @Test("a step that fails half-way leaves the version before it")
    func failingMigration() async throws {
        try await SQLiteStore(path: folder.database).close()
        let broken = Migration(version: 2, statements: ["CREATE TABLE later (id TEXT)", "CREATE NONSENSE"])
        #expect(throws: StoreFailure.self) {
            try SQLiteStore(path: folder.database, migrations: Schema.migrations(.sqlite) + [broken])
        }
        let store = try SQLiteStore(path: folder.database)
        await #expect(throws: StoreFailure.self) { try await store.read { try $0.rows("SELECT * FROM later", []) } }
    }

    @Test("a folder that cannot be written is named, with the reason")
    func readOnlyFolder() throws {
        try #require(chmod(folder.url.path, 0o555) == 0)
        defer { chmod(folder.url.path, 0o755) }
        expectReadOnly(folder.database)
    }

    @Test("a database that cannot be written is named, with the reason")
    func readOnlyFile() async throws {
        try await SQLiteStore(path: folder.database).close()
        for mode in [0o444, 0o000] as [mode_t] {
            try #require(chmod(folder.database, mode) == 0)
            expectReadOnly(folder.database)
        }
    }

    /// Root may write everywhere: the thread becomes somebody else for as long as it takes.
    private func expectReadOnly(_ path: String) {
        let user = Self.setFileUser(65534)
        defer { _ = Self.setFileUser(uid_t(bitPattern: user)) }
        let failure = #expect(throws: StoreFailure.self) { try SQLiteStore(path: path) }
        #expect(failure == .readOnly(path: path, reason: "Permission denied"))
    }

    /// setfsuid(2), of which Glibc's module does not tell.
    private static let setFileUser = unsafeBitCast(
        dlsym(nil, "setfsuid"), to: (@convention(c) (uid_t) -> Int32).self)

    @Test("a folder that does not exist, and a folder in the place of the file, are told")
    func missingFolder() throws {
        let missing = folder.url.appending(path: "nowhere/test.db").path
        let failure = #expect(throws: StoreFailure.self) { try SQLiteStore(path: missing) }
        #expect(failure?.description.contains("there is no folder") == true)
        let other = #expect(throws: StoreFailure.self) { try SQLiteStore(path: folder.url.path) }
        #expect(other?.description.contains("it is a folder") == true)
    }

    @Test("what is no database is not touched")
    func noDatabase() throws {
        let text = Data(String(repeating: "this is a letter to somebody. ", count: 100).utf8)
        try text.write(to: URL(filePath: folder.database))
        let failure = #expect(throws: StoreFailure.self) { try SQLiteStore(path: folder.database) }
        guard case .damaged = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(try Data(contentsOf: URL(filePath: folder.database)) == text)
    }

    @Test("the database of another program is refused")
    func otherProgram() throws {
        try python("c.execute('CREATE TABLE theirs (id TEXT)')")
        #expect(throws: StoreFailure.damaged(path: folder.database, reason: "another program made it")) {
            try SQLiteStore(path: folder.database)
        }
    }

    @Test("a full database says so, changes nothing, and goes on when there is space again")
    func fullDatabase() async throws {
        let store = try SQLiteStore(path: folder.database)
        try await store.write { connection in
            let pages = try connection.row("PRAGMA page_count")?.integer("page_count") ?? 0
            _ = try connection.rows("PRAGMA max_page_count = \(pages + 4)", [])
        }
        await #expect(throws: StoreFailure.full(path: folder.database)) {
            try await store.write { try $0.set("a", to: [UInt8](repeating: 1, count: 1 << 20)) }
        }
        #expect(try await store.read { try $0.setting("a") } == nil)
        try await store.write { _ = try $0.rows("PRAGMA max_page_count = 1000000", []) }
        try await store.write { try $0.set("a", to: [UInt8](repeating: 1, count: 1 << 20)) }
    }

    @Test("a full disk says so, changes nothing, and goes on when there is space again", .enabled(if: getuid() == 0))
    func fullDisk() async throws {
        // In a container that may not mount, the test above stands for this one.
        guard mount("tmpfs", folder.url.path, "tmpfs", 0, "size=1m") == 0 else { return }
        defer { umount2(folder.url.path, Int32(MNT_DETACH)) }
        let store = try SQLiteStore(path: folder.database)
        try await store.write { try $0.set("kept", to: [1]) }
        let filler = folder.url.appending(path: "filler").path
        let descriptor = open(filler, O_CREAT | O_WRONLY, 0o600)
        let block = [UInt8](repeating: 1, count: 4096)
        while write(descriptor, block, block.count) > 0 {}
        close(descriptor)
        await #expect(throws: StoreFailure.full(path: folder.database)) {
            for round in 0..<100 {
                try await store.write { try $0.set("\(round)", to: [UInt8](repeating: 1, count: 10_000)) }
            }
        }
        #expect(try await store.read { try $0.setting("kept") } == [1])
        unlink(filler)
        try await store.write { try $0.set("later", to: [UInt8](repeating: 1, count: 10_000)) }
        try await store.close()
    }

    @Test("two processes write to one database, and nothing is lost")
    func twoProcesses() async throws {
        let store = try SQLiteStore(path: folder.database)
        try await store.write { try $0.set("count", to: [0, 0]) }
        let rounds = 200
        async let other: Void = Task.detached { [self] in
            try python(
                """
                for _ in range(\(rounds)):
                    c.execute('BEGIN IMMEDIATE')
                    a, b = c.execute('SELECT value FROM settings').fetchone()[0]
                    c.execute('UPDATE settings SET value = ?', (bytes([a, b + 1]),))
                    c.execute('COMMIT')
                """)
        }.value
        for _ in 0..<rounds {
            try await store.write { connection in
                let count = try connection.setting("count") ?? []
                try connection.set("count", to: [count[0] + 1, count[1]])
            }
        }
        try await other
        #expect(try await store.read { try $0.setting("count") } == [UInt8(rounds), UInt8(rounds)])
    }

    @Test("another process that does not let go of the database is told")
    func locked() async throws {
        let store = try SQLiteStore(
            path: folder.database, migrations: Schema.migrations(.sqlite), busySeconds: 0.05)
        let other = try SQLiteStore(path: folder.database)
        let holds = AsyncStream<Void>.makeStream()
        let letsGo = DispatchSemaphore(value: 0)
        async let holding: Void = other.write { connection in
            try connection.set("a", to: [1])
            holds.continuation.yield()
            letsGo.wait()
        }
        _ = await holds.stream.first { _ in true }
        await #expect(throws: StoreFailure.locked(path: folder.database)) {
            try await store.write { try $0.set("a", to: [2]) }
        }
        letsGo.signal()
        try await holding
        try await store.write { try $0.set("a", to: [2]) }
    }

    /// Runs statements in a process of its own; `c` is a connection to the database.
    private func python(_ program: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        let head = "import sqlite3, sys\nc = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)\n"
        process.arguments = ["python3", "-c", head + program, folder.database]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
