internal import COpenSSL

/// AES-256-GCM [NIST SP 800-38D]: encryption that notices every change, also one of `context`, which is authenticated
/// and not encrypted.
///
/// A nonce must not serve twice under one key. Random nonces keep to that for 2^32 messages per key.
public enum AESGCM {
    /// Bytes of a key.
    public static let keyLength = 32
    /// Bytes of a nonce.
    public static let nonceLength = 12
    /// By how many bytes the sealed text is longer than the plain one.
    public static let tagLength = 16

    /// The encrypted bytes with the tag behind them.
    public static func seal(
        _ plain: Span<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>, context: Span<UInt8>
    ) -> [UInt8] {
        precondition(key.count == keyLength && nonce.count == nonceLength)
        var sealed = [UInt8](repeating: 0, count: plain.count + tagLength)
        let done = unsafe sealed.withUnsafeMutableBufferPointer { into in
            unsafe plain.withUnsafeBufferPointer { plain in
                unsafe with(key, nonce, context) { key, nonce, context in
                    unsafe copenssl_gcm_seal(
                        cipher, key.baseAddress, nonce.baseAddress, context.baseAddress, context.count,
                        plain.baseAddress, plain.count, into.baseAddress)
                }
            }
        }
        // Only a library without AES, or more than 2 GiB at once, gets here: going on would store plain text.
        precondition(done == 1, "the OpenSSL library in use could not encrypt with AES-256-GCM")
        return sealed
    }

    /// The plain bytes; nil when the sealed ones, the key, the nonce or the context are not those of `seal`.
    public static func open(
        _ sealed: Span<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>, context: Span<UInt8>
    ) -> [UInt8]? {
        guard key.count == keyLength, nonce.count == nonceLength, sealed.count >= tagLength else { return nil }
        var plain = [UInt8](repeating: 0, count: sealed.count - tagLength)
        let done = unsafe plain.withUnsafeMutableBufferPointer { into in
            unsafe sealed.withUnsafeBufferPointer { sealed in
                unsafe with(key, nonce, context) { key, nonce, context in
                    unsafe copenssl_gcm_open(
                        cipher, key.baseAddress, nonce.baseAddress, context.baseAddress, context.count,
                        sealed.baseAddress, sealed.count, into.baseAddress)
                }
            }
        }
        return done == 1 ? plain : nil
    }

    private static func with(
        _ key: Span<UInt8>, _ nonce: Span<UInt8>, _ context: Span<UInt8>,
        _ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) -> Int32
    ) -> Int32 {
        unsafe key.withUnsafeBufferPointer { key in
            unsafe nonce.withUnsafeBufferPointer { nonce in
                unsafe context.withUnsafeBufferPointer { context in unsafe body(key, nonce, context) }
            }
        }
    }

    /// Immutable and reference-counted by OpenSSL: any thread may use it.
    private nonisolated(unsafe) static let cipher = unsafe copenssl_cipher("AES-256-GCM")
}
