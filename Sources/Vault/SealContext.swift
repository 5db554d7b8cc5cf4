/// Where a sealed value belongs. It is authenticated with the value, so that one that was copied to another row, column
/// or table does not open.
public struct SealContext: Sendable, Hashable {
    /// The table.
    public var table: String
    /// The column.
    public var column: String
    /// The id of the row.
    public var row: String

    /// A place in the database.
    public init(table: String, column: String, row: String) {
        self.table = table
        self.column = column
        self.row = row
    }

    /// Each part with its length in front: no two contexts have the same bytes.
    var encoded: [UInt8] { [table, column, row].flatMap(Self.prefixed) }

    static func prefixed(_ text: String) -> [UInt8] {
        let bytes = [UInt8](text.utf8)
        return withUnsafeBytes(of: UInt32(bytes.count).bigEndian, Array.init) + bytes
    }
}
