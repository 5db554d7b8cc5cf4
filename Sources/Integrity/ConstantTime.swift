internal import COpenSSL

/// Comparison of secrets.
public enum ConstantTime {
    /// Whether both hold the same bytes, in a time that tells nothing about where they differ.
    public static func equal(_ left: RawSpan, _ right: RawSpan) -> Bool {
        guard left.byteCount == right.byteCount else { return false }
        return unsafe left.withUnsafeBytes { left in
            unsafe right.withUnsafeBytes { right in
                unsafe left.isEmpty || copenssl_equal(left.baseAddress, right.baseAddress, left.count) == 1
            }
        }
    }

    /// Whether both hold the same bytes, in a time that tells nothing about where they differ.
    public static func equal(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        unsafe equal(left.bytes, right.bytes)
    }

    /// Whether both hold the same bytes, in a time that tells nothing about where they differ.
    public static func equal(_ left: RawSpan, _ right: Span<UInt8>) -> Bool {
        unsafe equal(left, right.bytes)
    }
}
