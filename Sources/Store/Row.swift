/// One row of an answer. A column that is not there, or not of the type asked for, is a mistake in a statement or a
/// database that somebody else wrote into: `StoreFailure.unexpected`.
public struct Row: Sendable {
    private let columns: [String]
    private let values: [SQLValue]

    /// A row of these columns; both are of one length.
    public init(columns: [String], values: [SQLValue]) {
        precondition(columns.count == values.count)
        self.columns = columns
        self.values = values
    }

    /// An INTEGER.
    public func integer(_ column: String) throws -> Int64 { try present(optionalInteger(column), column) }

    /// TEXT.
    public func text(_ column: String) throws -> String { try present(optionalText(column), column) }

    /// A BLOB.
    public func bytes(_ column: String) throws -> [UInt8] { try present(optionalBytes(column), column) }

    /// An INTEGER that is 1 or 0.
    public func flag(_ column: String) throws -> Bool { try integer(column) != 0 }

    /// An INTEGER or null.
    public func optionalInteger(_ column: String) throws -> Int64? {
        switch try value(column) {
        case .integer(let value): value
        case .null: nil
        case .text, .bytes: throw StoreFailure.unexpected(column: column)
        }
    }

    /// TEXT or null.
    public func optionalText(_ column: String) throws -> String? {
        switch try value(column) {
        case .text(let value): value
        case .null: nil
        case .integer, .bytes: throw StoreFailure.unexpected(column: column)
        }
    }

    /// A BLOB or null.
    public func optionalBytes(_ column: String) throws -> [UInt8]? {
        switch try value(column) {
        case .bytes(let value): value
        case .null: nil
        case .integer, .text: throw StoreFailure.unexpected(column: column)
        }
    }

    /// The value as it is.
    public func value(_ column: String) throws -> SQLValue {
        guard let index = columns.firstIndex(of: column) else { throw StoreFailure.unexpected(column: column) }
        return values[index]
    }

    private func present<V>(_ value: V?, _ column: String) throws -> V {
        guard let value else { throw StoreFailure.unexpected(column: column) }
        return value
    }
}
