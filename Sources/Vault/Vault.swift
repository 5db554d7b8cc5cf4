internal import Integrity

/// Seals what the database and the disk must not show, with AES-256-GCM, and makes searchable what has to be found.
///
/// Every purpose has a key of its own, derived from the master key with HKDF-SHA256. A sealed value is an `Envelope`.
public struct Vault: Sendable {
    private let keys: VaultKeys

    /// A vault of these master keys.
    public init(keys: VaultKeys) { self.keys = keys }

    /// A vault of one master key of 32 bytes.
    public init(masterKey: [UInt8]) { keys = VaultKeys(masterKey: masterKey) }

    /// Seals `plain` for one place in the database.
    public func seal(_ plain: [UInt8], context: SealContext) -> [UInt8] {
        let id = keys.current
        return Envelope.seal(plain, key: key(id, "seal", context), keyID: id, context: context)
    }

    /// Seals text.
    public func seal(_ text: String, context: SealContext) -> [UInt8] { seal(Array(text.utf8), context: context) }

    /// What was sealed for this place.
    public func open(_ sealed: [UInt8], context: SealContext) throws(VaultFailure) -> [UInt8] {
        try Envelope.open(sealed, context: context) { id in
            keys.holds(id) ? key(id, "seal", context) : nil
        }
    }

    /// The text that was sealed for this place.
    public func openText(_ sealed: [UInt8], context: SealContext) throws(VaultFailure) -> String {
        try Envelope.text(try open(sealed, context: context), context)
    }

    /// What a column holds in place of `text` so that rows can be found by it: 32 bytes that say nothing to whoever
    /// does not hold the key. `text` has to be normalised (an address in lower case). Values of different purposes
    /// cannot be compared.
    ///
    /// Always under the first master key: an index that changed with each rotation would find nothing.
    public func index(_ text: String, purpose: String) -> [UInt8] {
        HMACSHA256.code(key: derive(keys.first, "index", purpose).span, Array(text.utf8).span)
    }

    /// A new key for the rows or the file of one room or document, and the form of it that the database keeps. Without
    /// the wrapped form all that was sealed under the key is gone.
    public func newDataKey(context: SealContext) -> (key: DataKey, wrapped: [UInt8]) {
        let bytes = SecureRandom.bytes(AESGCM.keyLength)
        let id = keys.current
        let wrapped = Envelope.seal(bytes, key: key(id, "wrap", context), keyID: id, context: context)
        return (DataKey(bytes), wrapped)
    }

    /// The data key that was wrapped for this place.
    public func unwrap(_ wrapped: [UInt8], context: SealContext) throws(VaultFailure) -> DataKey {
        let bytes = try Envelope.open(wrapped, context: context) { id in
            keys.holds(id) ? key(id, "wrap", context) : nil
        }
        guard bytes.count == AESGCM.keyLength else { throw .damaged("a data key of \(context.table)") }
        return DataKey(bytes)
    }

    /// The same data key, wrapped under the current master key: what a rotation does to each row.
    public func rewrap(_ wrapped: [UInt8], context: SealContext) throws(VaultFailure) -> [UInt8] {
        let bytes = try unwrap(wrapped, context: context).bytes
        let id = keys.current
        return Envelope.seal(bytes, key: key(id, "wrap", context), keyID: id, context: context)
    }

    /// The same value, sealed under the current master key.
    public func reseal(_ sealed: [UInt8], context: SealContext) throws(VaultFailure) -> [UInt8] {
        seal(try open(sealed, context: context), context: context)
    }

    /// The id of the master key that seals: the second byte of every value it sealed or wrapped.
    public var currentKeyID: UInt8 { keys.current }

    /// A secret of 32 bytes for a use outside of the database (`"pepper"`, `"audit head"`), always the same.
    public func secret(for purpose: String) -> [UInt8] { derive(keys.first, "secret", purpose) }

    /// Random nonces serve 2^32 times per key, so that each column has its own.
    private func key(_ id: UInt8, _ use: String, _ context: SealContext) -> [UInt8] {
        derive(id, use, context.table + "." + context.column)
    }

    private func derive(_ id: UInt8, _ use: String, _ detail: String) -> [UInt8] {
        let info = ["vault 1", use, detail].flatMap(SealContext.prefixed)
        return HKDFSHA256.derive(key: keys.key(id).span, salt: Span(), info: info.span)
    }
}
