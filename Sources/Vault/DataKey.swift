internal import Integrity

/// The key of one room or document. It lives in memory only; the database keeps it wrapped.
public struct DataKey: Sendable {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Seals `plain` for one place in the database.
    public func seal(_ plain: [UInt8], context: SealContext) -> [UInt8] {
        Envelope.seal(plain, key: valueKey, keyID: Self.keyID, context: context)
    }

    /// Seals text.
    public func seal(_ text: String, context: SealContext) -> [UInt8] { seal(Array(text.utf8), context: context) }

    /// What was sealed for this place.
    public func open(_ sealed: [UInt8], context: SealContext) throws(VaultFailure) -> [UInt8] {
        try Envelope.open(sealed, context: context) { $0 == Self.keyID ? valueKey : nil }
    }

    /// The text that was sealed for this place.
    public func openText(_ sealed: [UInt8], context: SealContext) throws(VaultFailure) -> String {
        try Envelope.text(try open(sealed, context: context), context)
    }

    /// Rows and files under the same data key never share a key.
    private var valueKey: [UInt8] { derive(salt: [], use: "value") }

    func derive(salt: [UInt8], use: String) -> [UInt8] {
        HKDFSHA256.derive(key: bytes.span, salt: salt.span, info: Array("data key 1 \(use)".utf8).span)
    }

    /// A data key is not rotated but replaced: its envelopes all carry this id.
    private static let keyID: UInt8 = 0
}
