import Glibc

/// An operation that allocates once, takes one reference and gives one back. It shows that the counts are true, and,
/// planted into the path of a datagram, that the thresholds notice.
enum Planted {
    private final class Object {}
    nonisolated(unsafe) private static let object = Unmanaged.passRetained(Object())

    /// Whether PLANT is set in the environment.
    static let isPlanted = getenv("PLANT") != nil

    @inline(never)
    static func callOnce() {
        let memory = UnsafeMutablePointer<UInt64>.allocate(capacity: 4)
        _ = object.retain()
        keep(memory)
        object.release()
        memory.deallocate()
    }

    /// Nothing, which the compiler does not know.
    @inline(never) @_optimize(none)
    private static func keep(_ memory: UnsafeMutablePointer<UInt64>) { memory.pointee = 1 }
}
