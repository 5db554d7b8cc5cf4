/// Numbers that look random and are the same every time (SplitMix64).
public struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    /// The sequence that begins with this seed.
    public init(seed: UInt64) { state = seed }

    /// The next number.
    @inlinable public mutating func next() -> UInt64 { step() }

    /// A number below `limit`, with one multiplication.
    @inlinable
    public mutating func below(_ limit: Int) -> Int {
        Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(limit)).high)
    }

    @usableFromInline
    mutating func step() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
