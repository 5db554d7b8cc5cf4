internal import COpenSSL

/// Random numbers from OpenSSL's CSPRNG, which the system's CSPRNG seeds. Each number is asked for when it is needed,
/// so copies of the generator never repeat each other.
public struct SecureRandom: RandomNumberGenerator, Sendable {
    /// A generator; all are the same.
    public init() {}

    /// 64 random bits.
    public mutating func next() -> UInt64 {
        var value: UInt64 = 0
        unsafe withUnsafeMutableBytes(of: &value) { unsafe Self.fill($0) }
        return value
    }

    /// Fills `bytes` with random bits.
    public static func fill(_ bytes: inout MutableRawSpan) {
        unsafe bytes.withUnsafeMutableBytes { unsafe fill($0) }
    }

    /// `count` random bytes (control path only: it allocates).
    public static func bytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        unsafe bytes.withUnsafeMutableBytes { unsafe fill($0) }
        return bytes
    }

    fileprivate static func fill(_ bytes: UnsafeMutableRawBufferPointer) {
        guard unsafe !bytes.isEmpty else { return }
        let done = unsafe copenssl_random(bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count)
        // Predictable ports, nonces and keys would be worse than no relay.
        precondition(done == 1, "the random number generator failed")
    }
}

/// The same numbers, asked for 64 at a time: for what is needed per packet. It cannot be copied, since copies would
/// repeat each other, and forgets what it gave away.
public struct BufferedRandom: ~Copyable, Sendable {
    private var buffer = [64 of UInt64](repeating: 0)
    private var remaining = 0

    /// A generator with an empty buffer.
    public init() {}

    /// 64 random bits.
    public mutating func next() -> UInt64 {
        if remaining == 0 { refill() }
        remaining -= 1
        let value = buffer[remaining]
        buffer[remaining] = 0
        return value
    }

    /// A number below `bound`, each with the same probability (Lemire's method).
    public mutating func next(below bound: UInt32) -> UInt32 {
        precondition(bound > 0)
        while true {
            let product = (next() >> 32) * UInt64(bound)
            let low = UInt32(truncatingIfNeeded: product)
            if low >= bound || low >= (0 &- bound) % bound { return UInt32(product >> 32) }
        }
    }

    private mutating func refill() {
        unsafe withUnsafeMutableBytes(of: &buffer) { unsafe SecureRandom.fill($0) }
        remaining = buffer.count
    }
}
