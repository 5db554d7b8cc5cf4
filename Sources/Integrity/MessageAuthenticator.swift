internal import COpenSSL

/// HMAC-SHA1 and HMAC-SHA256 [RFC 2104] with contexts that are made once: a call fetches nothing and allocates nothing
/// of its own; inside OpenSSL 3 it takes two allocations.
///
/// Not to be shared between threads; each loop has its own.
@safe public struct MessageAuthenticator: ~Copyable, @unchecked Sendable {
    private var sha1State: copenssl_hmac
    private var sha256State: copenssl_hmac
    /// How many codes were computed: tests compare the work done for known and unknown users.
    public private(set) var computations: UInt64 = 0

    /// Fetches the algorithms.
    public init() {
        unsafe sha1State = copenssl_hmac_make("SHA1")
        unsafe sha256State = copenssl_hmac_make("SHA256")
        precondition(
            unsafe sha1State.context != nil && sha256State.context != nil,
            "the OpenSSL library in use does not offer SHA-1 and SHA-256")
    }

    deinit {
        var (sha1, sha256) = unsafe (sha1State, sha256State)
        unsafe copenssl_hmac_free(&sha1)
        unsafe copenssl_hmac_free(&sha256)
    }

    /// HMAC-SHA1 over `header` followed by `body`.
    public mutating func sha1(key: Span<UInt8>, header: RawSpan, body: RawSpan) -> [20 of UInt8] {
        var code = [20 of UInt8](repeating: 0)
        var into = code.mutableSpan
        computations &+= 1
        unsafe Self.compute(&sha1State, key, header, body, &into)
        return code
    }

    /// HMAC-SHA256 over `header` followed by `body`.
    public mutating func sha256(key: Span<UInt8>, header: RawSpan, body: RawSpan) -> [32 of UInt8] {
        var code = [32 of UInt8](repeating: 0)
        var into = code.mutableSpan
        computations &+= 1
        unsafe Self.compute(&sha256State, key, header, body, &into)
        return code
    }

    /// HMAC-SHA1 over the four bytes of `word` in network order, followed by `body`: a message whose length field is
    /// to count as something else [RFC 8489 14.5].
    public mutating func sha1(key: Span<UInt8>, word: UInt32, body: RawSpan) -> [20 of UInt8] {
        var word = word.bigEndian
        return unsafe withUnsafeBytes(of: &word) { unsafe sha1(key: key, header: $0.bytes, body: body) }
    }

    /// HMAC-SHA256 over the four bytes of `word` in network order, followed by `body` [RFC 8489 14.6].
    public mutating func sha256(key: Span<UInt8>, word: UInt32, body: RawSpan) -> [32 of UInt8] {
        var word = word.bigEndian
        return unsafe withUnsafeBytes(of: &word) { unsafe sha256(key: key, header: $0.bytes, body: body) }
    }

    /// HMAC-SHA1 over `text`.
    public mutating func sha1(key: Span<UInt8>, _ text: Span<UInt8>) -> [20 of UInt8] {
        unsafe sha1(key: key, header: text.bytes, body: RawSpan())
    }

    /// HMAC-SHA256 over `text`.
    public mutating func sha256(key: Span<UInt8>, _ text: Span<UInt8>) -> [32 of UInt8] {
        unsafe sha256(key: key, header: text.bytes, body: RawSpan())
    }

    private static func compute(
        _ state: inout copenssl_hmac, _ key: Span<UInt8>, _ header: RawSpan, _ body: RawSpan,
        _ into: inout MutableSpan<UInt8>
    ) {
        let done = unsafe key.withUnsafeBufferPointer { key in
            unsafe header.withUnsafeBytes { header in
                unsafe body.withUnsafeBytes { body in
                    unsafe into.withUnsafeMutableBufferPointer { into in
                        unsafe copenssl_hmac_compute(
                            &state, key.baseAddress, key.count, header.baseAddress, header.count, body.baseAddress,
                            body.count, into.baseAddress)
                    }
                }
            }
        }
        precondition(done == 1, "OpenSSL could not compute an HMAC")
    }
}
