/// Which relay slot of which loop owns a relayed port, in one 64-bit word.
@frozen public struct RelayOwner: Hashable, Sendable {
    /// The loop: 0 to 254.
    public let loop: UInt8
    /// The relay slot in that loop, below 2^24 - 1.
    public let relay: UInt32
    /// How many sockets the slot has held, this one included; never 0.
    public let generation: UInt32

    /// An owner of its parts.
    @inlinable
    public init(loop: UInt8, relay: UInt32, generation: UInt32) {
        self.loop = loop
        self.relay = relay
        self.generation = generation
    }

    /// The number that stands in the directory; never `free` or `reserved`.
    @inlinable var word: UInt64 {
        UInt64(loop) &<< 56 | UInt64(relay & 0xFF_FFFF) &<< 32 | UInt64(generation)
    }

    @inlinable
    init?(word: UInt64) {
        guard word != Self.free, word != Self.reserved else { return nil }
        loop = UInt8(truncatingIfNeeded: word &>> 56)
        relay = UInt32(truncatingIfNeeded: word &>> 32) & 0xFF_FFFF
        generation = UInt32(truncatingIfNeeded: word)
    }

    /// Nobody's port.
    @inlinable static var free: UInt64 { 0 }
    /// A port that waits for its RESERVATION-TOKEN, or for the socket beside it.
    @inlinable static var reserved: UInt64 { .max }
}
