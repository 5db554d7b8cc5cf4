/// Where a page of a list ended: what the list is ordered by, and the id that tells rows apart that are equal in that.
/// What is added or removed meanwhile moves nothing: no row is told twice or passed over.
public struct PageCursor: Sendable, Hashable {
    /// What the list is ordered by, mostly a time.
    public var key: Int64
    /// The id of the last row.
    public var id: String

    /// A cursor behind this row.
    public init(key: Int64, id: String) {
        self.key = key
        self.id = id
    }

    /// Reads what ``text`` wrote; nil for anything else.
    public init?(text: String) {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let key = Int64(parts[0]), (1...64).contains(parts[1].utf8.count) else { return nil }
        self.init(key: key, id: String(parts[1]))
    }

    /// For clients, to whom it means nothing.
    public var text: String { "\(key).\(id)" }

    /// The condition for rows behind it in an order by `column`, the newest first, and its arguments.
    static func condition(
        _ cursor: PageCursor?, newestFirst column: String, id idColumn: String, idsDescend: Bool
    ) -> (sql: String, arguments: [SQLValue]) {
        guard let cursor else { return ("1 = 1", []) }
        return (
            "(\(column) < ? OR (\(column) = ? AND \(idColumn) \(idsDescend ? "<" : ">") ?))",
            [.integer(cursor.key), .integer(cursor.key), .text(cursor.id)]
        )
    }
}
