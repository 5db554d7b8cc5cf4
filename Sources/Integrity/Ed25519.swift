internal import COpenSSL

/// Ed25519 [RFC 8032]: signatures that can be checked without the secret.
public enum Ed25519 {
    /// Bytes of a seed, which is the secret, and of a public key.
    public static let keyLength = 32
    /// Bytes of a signature.
    public static let signatureLength = 64

    /// The public key of a seed.
    public static func publicKey(seed: Span<UInt8>) -> [UInt8] {
        precondition(seed.count == keyLength)
        return unsafe filled(keyLength) { into in
            unsafe seed.withUnsafeBufferPointer { seed in
                unsafe copenssl_ed25519_public(seed.baseAddress, into.baseAddress)
            }
        }
    }

    /// The signature of `data`, always the same.
    public static func sign(_ data: Span<UInt8>, seed: Span<UInt8>) -> [UInt8] {
        precondition(seed.count == keyLength)
        return unsafe filled(signatureLength) { into in
            unsafe seed.withUnsafeBufferPointer { seed in
                unsafe data.withUnsafeBufferPointer { data in
                    unsafe copenssl_ed25519_sign(seed.baseAddress, data.baseAddress, data.count, into.baseAddress)
                }
            }
        }
    }

    /// Whether `signature` is that of `data` by whoever holds the seed of `publicKey`.
    public static func verify(_ signature: Span<UInt8>, of data: Span<UInt8>, publicKey: Span<UInt8>) -> Bool {
        guard signature.count == signatureLength, publicKey.count == keyLength else { return false }
        let matches = unsafe publicKey.withUnsafeBufferPointer { key in
            unsafe data.withUnsafeBufferPointer { data in
                unsafe signature.withUnsafeBufferPointer { signature in
                    unsafe copenssl_ed25519_verify(
                        key.baseAddress, data.baseAddress, data.count, signature.baseAddress)
                }
            }
        }
        return matches == 1
    }

    private static func filled(_ count: Int, _ body: (UnsafeMutableBufferPointer<UInt8>) -> Int32) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let done = unsafe bytes.withUnsafeMutableBufferPointer { unsafe body($0) }
        precondition(done == 1, "the OpenSSL library in use has no Ed25519")
        return bytes
    }
}
