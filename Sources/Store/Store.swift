/// A database that holds everything of the companion. The SQL that goes through it is what SQLite and PostgreSQL have
/// in common, so that a service runs on either; one suite of tests (`StoreContract`) says what each must do.
public protocol Store: Sendable {
    /// Runs `body` on a consistent view of the database that it cannot change.
    func read<R: Sendable>(_ body: @escaping @Sendable (any StoreConnection) throws -> R) async throws -> R

    /// Runs `body` in one transaction, alone. What it changed is on the disk when this returns; nothing of it happened
    /// when `body` or this throws. Cancelling the caller does not stop it.
    @discardableResult
    func write<R: Sendable>(_ body: @escaping @Sendable (any StoreConnection) throws -> R) async throws -> R

    /// Waits for what runs, writes everything home and lets go of the database. Later calls throw `.closed`.
    func close() async throws
}

/// The database inside of a transaction. Valid within the closure that received it, on its thread.
///
/// Each table's functions are extensions of this protocol, in `Records/`.
public protocol StoreConnection {
    /// The rows that `sql` yields, all of them: callers bound them with LIMIT. `?` stands for an argument.
    func rows(_ sql: String, _ arguments: [SQLValue]) throws -> [Row]

    /// Runs a statement that yields no rows. Returns how many rows it inserted, changed or deleted.
    ///
    /// One that throws takes the transaction with it (PostgreSQL serves no further statement): let the error out. What
    /// may be taken already is tried with ON CONFLICT DO NOTHING and a look at the count.
    @discardableResult func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int
}

extension StoreConnection {
    /// The only row that `sql` yields, or the first.
    public func row(_ sql: String, _ arguments: [SQLValue] = []) throws -> Row? {
        try rows(sql, arguments).first
    }

    /// The integer in the column `value` of the only row: `SELECT count(*) AS value FROM …`.
    public func count(_ sql: String, _ arguments: [SQLValue] = []) throws -> Int {
        guard let row = try row(sql, arguments) else { throw StoreFailure.unexpected(column: "value") }
        return Int(try row.integer("value"))
    }
}
