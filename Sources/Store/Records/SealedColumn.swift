/// A column whose values are sealed, or wrapped, with a master key; the second byte of each is that key's id.
///
/// Messages are not among them: they are sealed with the key of their room, which is.
public enum SealedColumn: Sendable, Hashable, CaseIterable {
    case personEmail, personName, personPhone, personTOTP
    case sessionAgent
    case roomTitle, roomKey
    case documentName, documentKey
    case relayCredentialReason
    case outboxRecipient, outboxSubject, outboxBody

    /// The table.
    public var table: String {
        switch self {
        case .personEmail, .personName, .personPhone, .personTOTP: "people"
        case .sessionAgent: "sessions"
        case .roomTitle, .roomKey: "rooms"
        case .documentName, .documentKey: "documents"
        case .relayCredentialReason: "relay_credentials"
        case .outboxRecipient, .outboxSubject, .outboxBody: "outbox"
        }
    }

    /// What it is called where values are sealed.
    public var name: String {
        switch self {
        case .personEmail: "email"
        case .personName, .documentName: "name"
        case .personPhone: "phone"
        case .personTOTP: "totp"
        case .sessionAgent: "agent"
        case .roomTitle: "title"
        case .roomKey, .documentKey: "key"
        case .relayCredentialReason: "reason"
        case .outboxRecipient: "to"
        case .outboxSubject: "subject"
        case .outboxBody: "body"
        }
    }

    /// Whether it holds data keys.
    public var isWrappedKey: Bool { self == .roomKey || self == .documentKey }

    fileprivate var column: String { name + (isWrappedKey ? "_wrapped" : "_sealed") }
}

extension StoreConnection {
    /// Values that were not sealed with the master key of this id, with the ids of their rows.
    public func sealedValues(
        of column: SealedColumn, notUnder keyID: UInt8, limit: Int
    ) throws -> [(row: String, value: [UInt8])] {
        try rows(
            """
            SELECT id, \(column.column) AS value FROM \(column.table)
            WHERE \(column.column) IS NOT NULL AND substr(\(column.column), 2, 1) <> ? LIMIT ?
            """,
            [.bytes([keyID]), .integer(Int64(limit))]
        ).map { (try $0.text("id"), try $0.bytes("value")) }
    }

    /// Puts a value sealed anew in the place of the one it was made from. False when that is no longer there.
    public func replaceSealed(
        _ column: SealedColumn, of row: String, _ old: [UInt8], with new: [UInt8]
    ) throws -> Bool {
        try execute(
            "UPDATE \(column.table) SET \(column.column) = ? WHERE id = ? AND \(column.column) = ?",
            [.bytes(new), .text(row), .bytes(old)]) == 1
    }
}
