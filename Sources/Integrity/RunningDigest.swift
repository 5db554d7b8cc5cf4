internal import COpenSSL

/// SHA-256 of what comes in pieces.
@safe public struct RunningDigest: ~Copyable, @unchecked Sendable {
    private let context: OpaquePointer?

    /// The digest of nothing so far.
    public init() {
        unsafe context = EVP_MD_CTX_new()
        let done = unsafe copenssl_hash_begin(context, algorithm)
        precondition(done == 1, "the OpenSSL library in use does not offer SHA-256")
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    /// Adds a piece.
    public mutating func add(_ bytes: Span<UInt8>) {
        let done = unsafe bytes.withUnsafeBufferPointer { unsafe copenssl_hash_add(context, $0.baseAddress, $0.count) }
        precondition(done == 1, "OpenSSL could not compute a digest")
    }

    /// The digest of all pieces.
    public consuming func finish() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        let done = unsafe digest.withUnsafeMutableBufferPointer { unsafe copenssl_hash_end(context, $0.baseAddress) }
        precondition(done == 1, "OpenSSL could not compute a digest")
        return digest
    }
}

/// Immutable and reference-counted by OpenSSL: any thread may use it.
private nonisolated(unsafe) let algorithm = unsafe copenssl_digest("SHA256")
