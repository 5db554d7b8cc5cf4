public import STUN

/// Numbers that look random and repeat for the same seed (SplitMix64).
public struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    /// Numbers of this seed.
    public init(_ seed: UInt64) { state = seed }

    /// The next number.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// A seed that nobody chose, printed so that a failure can be repeated.
    public static func freshSeed(_ test: String = #function) -> UInt64 {
        let seed = UInt64.random(in: .min ... .max)
        print("\(test): seed \(seed)")
        return seed
    }

    /// So many bytes.
    public mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
    }

    /// An address of either family, and a port.
    public mutating func address() -> TransportAddress {
        let ip =
            Bool.random(using: &self)
            ? IPAddress(ipv4: UInt32.random(in: 0...UInt32.max, using: &self))
            : IPAddress(ipv6High: next(), low: next())
        return TransportAddress(ip: ip, port: UInt16.random(in: 0...UInt16.max, using: &self))
    }
}
