internal import Foundation
internal import GRDB

/// GRDB's connection as a `StoreConnection`.
struct SQLiteConnection: StoreConnection {
    private let database: Database
    private let path: String

    init(_ database: Database, path: String) {
        self.database = database
        self.path = path
    }

    func rows(_ sql: String, _ arguments: [SQLValue]) throws -> [Row] {
        try translating {
            let statement = try prepared(sql, arguments)
            let columns = statement.columnNames
            let cursor = try GRDB.Row.fetchCursor(statement)
            var rows: [Row] = []
            while let row = try cursor.next() {
                rows.append(Row(columns: columns, values: row.databaseValues.map(SQLValue.init)))
            }
            return rows
        }
    }

    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
        try translating {
            try prepared(sql, arguments).execute()
            return database.changesCount
        }
    }

    private func translating<R>(_ body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch {
            throw StoreFailure(error, path: path)
        }
    }

    /// Statements are prepared once per connection.
    private func prepared(_ sql: String, _ arguments: [SQLValue]) throws -> Statement {
        let statement = try database.cachedStatement(sql: sql)
        try statement.setArguments(StatementArguments(arguments.map(\.databaseValue)))
        return statement
    }
}

extension SQLValue {
    fileprivate init(_ value: DatabaseValue) {
        switch value.storage {
        case .null: self = .null
        case .int64(let integer): self = .integer(integer)
        // No column is declared REAL; a value that got there nevertheless is of no type that anybody asks for.
        case .double(let number): self = .text("\(number)")
        case .string(let text): self = .text(text)
        case .blob(let data): self = .bytes([UInt8](data))
        }
    }

    fileprivate var databaseValue: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let value): value.databaseValue
        case .text(let value): value.databaseValue
        case .bytes(let value): Data(value).databaseValue
        }
    }
}
