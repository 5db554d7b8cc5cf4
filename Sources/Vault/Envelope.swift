internal import Integrity

/// The form of a sealed value:
///
///     0        1        2              14                      n-16      n
///     +--------+--------+--------------+-----------------------+---------+
///     | form 1 | key id | random nonce | encrypted bytes       | tag     |
///     +--------+--------+--------------+-----------------------+---------+
///
/// Form, key id and context are authenticated with it.
enum Envelope {
    static let form: UInt8 = 1
    static let headLength = 2 + AESGCM.nonceLength

    static func seal(_ plain: [UInt8], key: [UInt8], keyID: UInt8, context: SealContext) -> [UInt8] {
        let nonce = SecureRandom.bytes(AESGCM.nonceLength)
        let sealed = AESGCM.seal(
            plain.span, key: key.span, nonce: nonce.span, context: authenticated(keyID, context).span)
        return [form, keyID] + nonce + sealed
    }

    /// `key` yields the key of an id, or nil when it is not at hand.
    static func open(
        _ sealed: [UInt8], context: SealContext, key: (UInt8) -> [UInt8]?
    ) throws(VaultFailure) -> [UInt8] {
        guard sealed.count >= headLength + AESGCM.tagLength, sealed[0] == form, let key = key(sealed[1]),
            let plain = AESGCM.open(
                sealed.span.extracting(headLength...), key: key.span, nonce: sealed.span.extracting(2..<headLength),
                context: authenticated(sealed[1], context).span)
        else { throw .damaged("a value of \(context.table).\(context.column)") }
        return plain
    }

    static func text(_ bytes: [UInt8], _ context: SealContext) throws(VaultFailure) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .damaged("a text of \(context.table).\(context.column)")
        }
        return text
    }

    private static func authenticated(_ keyID: UInt8, _ context: SealContext) -> [UInt8] {
        [form, keyID] + context.encoded
    }
}
