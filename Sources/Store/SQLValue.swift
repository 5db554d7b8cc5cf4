/// A value of a column or an argument: the three types that both databases have, and null.
public enum SQLValue: Sendable, Hashable {
    /// No value.
    case null
    /// INTEGER. Times are milliseconds since 1970 UTC, flags 0 and 1.
    case integer(Int64)
    /// TEXT. Ids are opaque text.
    case text(String)
    /// BLOB.
    case bytes([UInt8])

    /// `value`, or null.
    public static func optional(_ value: String?) -> SQLValue { value.map(SQLValue.text) ?? .null }

    /// `value`, or null.
    public static func optional(_ value: Int64?) -> SQLValue { value.map(SQLValue.integer) ?? .null }

    /// `value`, or null.
    public static func optional(_ value: [UInt8]?) -> SQLValue { value.map(SQLValue.bytes) ?? .null }

    /// 1 or 0.
    public static func flag(_ value: Bool) -> SQLValue { .integer(value ? 1 : 0) }
}

extension SQLValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    /// TEXT.
    public init(stringLiteral value: String) { self = .text(value) }

    /// INTEGER.
    public init(integerLiteral value: Int64) { self = .integer(value) }
}
