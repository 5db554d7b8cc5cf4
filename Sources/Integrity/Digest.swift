internal import COpenSSL

/// Digests of keys and names. Algorithms are fetched from OpenSSL once per process.
public enum Digest {
    /// MD5, for the long-term key of RFC 5389 clients [RFC 8489 9.2.2].
    public static func md5(_ bytes: Span<UInt8>) -> [16 of UInt8] {
        var digest = [16 of UInt8](repeating: 0)
        var into = digest.mutableSpan
        unsafe compute(Algorithms.md5, bytes, &into)
        return digest
    }

    /// SHA-256, for the long-term key and USERHASH of RFC 8489 clients [RFC 8489 9.2.2, 14.4].
    public static func sha256(_ bytes: Span<UInt8>) -> [32 of UInt8] {
        var digest = [32 of UInt8](repeating: 0)
        var into = digest.mutableSpan
        unsafe compute(Algorithms.sha256, bytes, &into)
        return digest
    }

    private static func compute(_ algorithm: OpaquePointer?, _ bytes: Span<UInt8>, _ into: inout MutableSpan<UInt8>) {
        let context = unsafe EVP_MD_CTX_new()
        defer { unsafe EVP_MD_CTX_free(context) }
        let done = unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe into.withUnsafeMutableBufferPointer { into in
                unsafe copenssl_hash(context, algorithm, bytes.baseAddress, bytes.count, into.baseAddress)
            }
        }
        // Without MD5 and SHA-256 no credential can be checked: nothing could go on.
        precondition(done == 1, "the OpenSSL library in use does not offer MD5 and SHA-256")
    }
}

/// Immutable and reference-counted by OpenSSL: any thread may use them.
private enum Algorithms {
    nonisolated(unsafe) static let md5 = unsafe copenssl_digest("MD5")
    nonisolated(unsafe) static let sha256 = unsafe copenssl_digest("SHA256")
}
