/// Names one allocation of one loop, and never another one that later takes its place.
@frozen public struct AllocationID: Hashable, Sendable {
    /// The loop that owns the allocation.
    public let loop: UInt8
    /// Its slot in that loop's table.
    public let index: UInt32
    /// How many allocations the slot has held, this one included.
    public let generation: UInt32

    /// An identifier of its parts.
    @inlinable
    public init(loop: UInt8, index: UInt32, generation: UInt32) {
        self.loop = loop
        self.index = index
        self.generation = generation
    }
}

extension AllocationID: LosslessStringConvertible {
    /// Reads the form that `description` writes.
    public init?(_ description: String) {
        let parts = description.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, let loop = UInt8(parts[0]), let index = UInt32(parts[1]),
            let generation = UInt32(parts[2])
        else { return nil }
        self.init(loop: loop, index: index, generation: generation)
    }

    /// Loop, slot and generation, as in `1-42-7`.
    public var description: String { "\(loop)-\(index)-\(generation)" }
}
