public import Signaling
internal import Store
internal import Vault

/// A shared document, without its content.
public struct Document: Sendable, Hashable {
    /// Its id.
    public var id: String
    /// The room that it was shared in.
    public var room: String
    /// The owner's name for it, cleaned.
    public var name: String
    /// Its type, found by its content.
    public var type: String
    /// Its size.
    public var bytes: Int64
    /// SHA-256 of its content, in hexadecimal digits.
    public var sha256: String
    /// Who shared it.
    public var owner: String
    /// When it was shared.
    public var sharedAt: Int64

    /// What sockets are told of it.
    public var notice: DocumentNotice {
        DocumentNotice(
            id: id, room: RoomID(room), name: name, type: type, bytes: bytes, sha256: sha256, owner: PersonID(owner),
            sharedAt: sharedAt)
    }
}

extension CompanionCore {
    static func documents(_ column: String, _ id: String) -> SealContext {
        SealContext(table: "documents", column: column, row: id)
    }

    /// A row of `documents`, opened.
    func document(_ record: DocumentRecord) throws -> Document {
        Document(
            id: record.id, room: record.roomID,
            name: try vault.openText(record.nameSealed, context: Self.documents("name", record.id)),
            type: record.type, bytes: record.bytes, sha256: Hexadecimal.text(record.sha256), owner: record.owner,
            sharedAt: record.sharedAt)
    }
}

extension ServiceFailure {
    static let transfersBusy = ServiceFailure(
        code: "busy", status: 503, message: "Too many documents are being transferred. Try again in a few seconds.",
        retryAfterSeconds: 3)
    static let tooLarge = ServiceFailure(
        code: "document_too_large", status: 413, message: "The document is larger than allowed.")
    static let quota = ServiceFailure(
        code: "document_quota", status: 409,
        message: "There is no room for this document: delete others that you have shared, or in this room.")
    /// The disk is full: said in one way, wherever it shows.
    public static let storageFull = ServiceFailure(
        code: "storage_full", status: 507, message: "The server's disk is full. Nothing was stored.")
    static let storageFailed = ServiceFailure(
        code: "storage_failed", status: 500,
        message: "The server cannot read or write its documents. Ask the administrator.")
    static let interrupted = ServiceFailure(
        code: "upload_incomplete", status: 400, message: "The document did not arrive whole. Send it again.")
    static let damaged = ServiceFailure(
        code: "document_damaged", status: 500, message: "The stored document is damaged. Ask the administrator.")
}
