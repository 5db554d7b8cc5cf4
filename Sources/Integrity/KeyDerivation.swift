/// HMAC-SHA256 and what is built from it, for the control path: each call makes its own context.
public enum HMACSHA256 {
    /// The code of `text` under `key` [RFC 2104].
    public static func code(key: Span<UInt8>, _ text: Span<UInt8>) -> [UInt8] {
        var authenticator = MessageAuthenticator()
        let code = authenticator.sha256(key: key, text)
        return code.indices.map { code[$0] }
    }
}

/// HKDF with SHA-256 [RFC 5869]: several independent keys out of one.
public enum HKDFSHA256 {
    /// The longest output [RFC 5869 2.3].
    public static let lengthMax = 255 * 32

    /// `length` bytes that nobody can tell from random ones without `key`. `info` says what they are for.
    public static func derive(key: Span<UInt8>, salt: Span<UInt8>, info: Span<UInt8>, length: Int = 32) -> [UInt8] {
        precondition(1...lengthMax ~= length)
        var authenticator = MessageAuthenticator()
        // "if not provided, [salt] is set to a string of HashLen zeros": the same to HMAC as no bytes at all.
        let extracted = authenticator.sha256(key: salt, key)
        var output: [UInt8] = []
        var block: [UInt8] = []
        var counter: UInt8 = 1
        while output.count < length {
            var text = block
            for index in info.indices { text.append(info[index]) }
            text.append(counter)
            let code = authenticator.sha256(key: extracted.span, text.span)
            block = code.indices.map { code[$0] }
            output += block
            counter &+= 1
        }
        return Array(output.prefix(length))
    }
}
