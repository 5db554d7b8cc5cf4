import Foundation
import Testing

@testable import Store

/// A folder of one test.
final class Folder: Sendable {
    let url = FileManager.default.temporaryDirectory.appending(path: "store-\(UUID().uuidString)")
    var database: String { url.appending(path: "test.db").path }

    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: url) }
}

@Suite("SQLite store")
struct SQLiteStoreTests {
    let folder: Folder

    init() throws { folder = try Folder() }

    @Test("keeps the contract of stores", arguments: StoreContract.cases)
    func contract(_ part: StoreContract) async throws {
        let store = try SQLiteStore(path: folder.database)
        try await part.run(store)
        try await store.close()
    }

    @Test("commits are fsynced, references checked, deleted rows overwritten")
    func pragmas() async throws {
        let store = try SQLiteStore(path: folder.database)
        let expected = ["journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "secure_delete": "1"]
        for (name, value) in expected {
            let found = try await store.write { try $0.row("PRAGMA \(name)")?.value(name) }
            #expect(found == .text(value) || found == Int64(value).map(SQLValue.integer), "\(name)")
        }
    }

    @Test("the files are their owner's alone")
    func modes() async throws {
        let store = try SQLiteStore(path: folder.database)
        try await store.write { try $0.set("a", to: [1]) }
        for suffix in ["", "-wal", "-shm"] {
            var facts = stat()
            #expect(stat(folder.database + suffix, &facts) == 0)
            #expect(facts.st_mode & 0o777 == 0o600, "\(suffix)")
        }
    }

    @Test("a second start finds everything as it was")
    func reopening() async throws {
        let first = try SQLiteStore(path: folder.database)
        try await first.write { try $0.set("a", to: [1]) }
        try await first.close()
        let second = try SQLiteStore(path: folder.database)
        #expect(try await second.read { try $0.setting("a") } == [1])
        #expect(try await second.read { try $0.count("SELECT count(*) AS value FROM migrations") } == 1)
    }

    @Test("more writes than may wait are refused at once, the others are done")
    func overload() async throws {
        let store = try SQLiteStore(path: folder.database)
        let limit = SQLiteStore.writesWaitingMax
        let refused = await withTaskGroup { group in
            group.addTask { (try? await store.write { _ in usleep(300_000) }) == nil }
            for _ in 0..<limit + 100 {
                group.addTask {
                    do {
                        try await store.write { _ in }
                        return false
                    } catch {
                        #expect(error as? StoreFailure == .overloaded(waiting: limit))
                        return true
                    }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(refused >= 1 && refused <= 101)
        try await store.write { try $0.set("a", to: [1]) }
    }

    @Test("statements only use types that PostgreSQL knows as well when it names them")
    func dialects() {
        let other = Dialect(integer: "BIGINT", bytes: "BYTEA") { _ in [] }
        for migration in Schema.migrations(other) {
            for statement in migration.statements {
                #expect(!statement.contains("INTEGER") && !statement.contains("BLOB"), "\(statement)")
            }
        }
    }
}
