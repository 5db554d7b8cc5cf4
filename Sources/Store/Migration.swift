/// One step of the schema. Released steps never change.
struct Migration: Sendable {
    /// 1 and up, without gaps.
    let version: Int64
    let statements: [String]

    /// Brings the database from whatever version it has to the last one of `migrations`. Runs inside of a transaction,
    /// so two processes that start together do it once.
    static func run(_ migrations: [Migration], on connection: any StoreConnection, path: String) throws {
        let known = migrations.last?.version ?? 0
        let found = try version(connection, path)
        guard found <= known else { throw StoreFailure.newerSchema(path: path, found: found, known: known) }
        for migration in migrations where migration.version > found {
            for statement in migration.statements { try connection.execute(statement, []) }
            try connection.execute("INSERT INTO migrations (version) VALUES (?)", [.integer(migration.version)])
        }
    }

    private static func version(_ connection: any StoreConnection, _ path: String) throws -> Int64 {
        try connection.execute("CREATE TABLE IF NOT EXISTS migrations (version INTEGER NOT NULL PRIMARY KEY)", [])
        return Int64(try connection.count("SELECT coalesce(max(version), 0) AS value FROM migrations"))
    }
}

/// What the databases do not have in common: names of types, and how a table is made append-only.
struct Dialect: Sendable {
    /// A type of 64 bits.
    let integer: String
    /// A type of any bytes.
    let bytes: String
    /// Statements behind which the rows of a table can no longer be changed or deleted.
    let appendOnly: @Sendable (_ table: String) -> [String]

    static let sqlite = Dialect(integer: "INTEGER", bytes: "BLOB") { table in
        ["UPDATE", "DELETE"].map { verb in
            """
            CREATE TRIGGER \(table)_refuses_\(verb.lowercased()) BEFORE \(verb) ON \(table)
            BEGIN SELECT RAISE(ABORT, 'rows of \(table) are never changed or deleted'); END
            """
        }
    }
}
