internal import Foundation
internal import GRDB

/// The embedded default: one SQLite file with a write-ahead log next to it.
///
/// Any number of reads run beside one write. A write is fsynced before it returns; writes that wait at the same time
/// share an fsync. Deleted rows are overwritten with zeros. Other processes may open the same file (`tern audit verify`
/// does while the server runs).
public final class SQLiteStore: Store {
    /// How long a statement waits for another process that writes.
    public static let busySeconds = 5
    /// Connections that read at the same time; further reads wait for one.
    public static let readersMax = 4
    /// Writes that wait at the same time; further ones are refused with `.overloaded`.
    public static let writesWaitingMax = 4096
    /// Writes that share an fsync at most: as many are undone when it fails.
    public static let writesPerCommitMax = 64

    private let path: String
    private let pool: DatabasePool
    private let queue: WriteQueue

    /// Opens the database, makes it when there is none, and brings its schema to the current version.
    public convenience init(path: String) throws {
        try self.init(path: path, migrations: Schema.migrations(.sqlite))
    }

    init(path: String, migrations: [Migration], busySeconds: TimeInterval = TimeInterval(SQLiteStore.busySeconds))
        throws
    {
        self.path = path
        do {
            Self.makePrivate(path)
            pool = try DatabasePool(path: path, configuration: Self.configuration(busySeconds))
            // GRDB sets `synchronous = NORMAL` when it switches to WAL, behind `prepareDatabase`: commits would not be
            // fsynced. So this comes last.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            try pool.write { database in
                try Self.claim(database, path)
                try Migration.run(migrations, on: SQLiteConnection(database, path: path), path: path)
            }
            queue = WriteQueue(
                pool: pool, unfinishedMax: Self.writesWaitingMax, batchMax: Self.writesPerCommitMax)
        } catch {
            throw StoreFailure(error, path: path)
        }
    }

    /// See `Store`.
    public func read<R: Sendable>(_ body: @escaping @Sendable (any StoreConnection) throws -> R) async throws -> R {
        do {
            return try await pool.read { [path] in try body(SQLiteConnection($0, path: path)) }
        } catch {
            throw translated(error)
        }
    }

    /// See `Store`.
    @discardableResult
    public func write<R: Sendable>(_ body: @escaping @Sendable (any StoreConnection) throws -> R) async throws -> R {
        do {
            return try await withCheckedThrowingContinuation { continuation in
                let job = Write(continuation) { [path] in try body(SQLiteConnection($0, path: path)) }
                if !queue.add(job) { job.finish(StoreFailure.overloaded(waiting: Self.writesWaitingMax)) }
            }
        } catch {
            throw translated(error)
        }
    }

    /// See `Store`.
    public func close() async throws {
        do {
            try pool.close()
        } catch {
            throw StoreFailure(error, path: path)
        }
    }

    /// What `body` threw stays what it is; what SQLite threw becomes a `StoreFailure`.
    private func translated(_ error: any Error) -> any Error {
        error is DatabaseError ? StoreFailure(error, path: path) : error
    }

    private static func configuration(_ busySeconds: TimeInterval) -> Configuration {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(busySeconds)
        configuration.maximumReaderCount = readersMax
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA secure_delete = ON")
            // Sorting and temporary tables would leave copies of rows in files of /tmp.
            try database.execute(sql: "PRAGMA temp_store = MEMORY")
        }
        return configuration
    }

    /// "TERN": what tells this program's databases from others'.
    private static let applicationID = 0x5445_524E

    /// Marks a new database as ours and refuses one that another program made.
    private static func claim(_ database: Database, _ path: String) throws {
        let id = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        guard id != applicationID else { return }
        let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        guard id == 0, tables == 0 else {
            throw StoreFailure.damaged(path: path, reason: "another program made it")
        }
        try database.execute(sql: "PRAGMA application_id = \(applicationID)")
    }

    /// The file is its owner's alone before SQLite writes the first byte; the log next to it takes over its mode.
    private static func makePrivate(_ path: String) {
        let descriptor = open(path, O_CREAT | O_EXCL | O_CLOEXEC | O_RDWR, 0o600)
        if descriptor >= 0 { Foundation.close(descriptor) }
    }
}
