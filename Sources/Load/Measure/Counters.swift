/// What one event loop, or all of them, did and saw so far.
public struct LoadCounters: Sendable, Equatable {
    /// Payloads handed to the kernel.
    public var sent: UInt64 = 0
    /// Payloads that arrived, each counted once.
    public var received: UInt64 = 0
    /// Bytes of them.
    public var receivedBytes: UInt64 = 0
    /// Payloads that came twice.
    public var duplicates: UInt64 = 0
    /// Payloads that came after a later one.
    public var reordered: UInt64 = 0
    /// Payloads that came to another socket, or with another length, than they should have: not counted as arrived.
    public var strays: UInt64 = 0
    /// Payloads that were due and not sent: the generator was too slow, or the kernel had no room.
    public var missed: UInt64 = 0
    /// Of these, those that the transport had no room for: the connection was slower than the plan.
    public var refused: UInt64 = 0
    /// Datagrams that the kernel dropped at the generator's own sockets, or at the interface of its frames.
    public var ownDrops: UInt64 = 0
    /// Sessions that are set up.
    public var ready: UInt64 = 0
    /// Sessions that could not be set up, or were lost.
    public var failed: UInt64 = 0
    /// Sessions set up, for profiles that do so again and again.
    public var allocated: UInt64 = 0
    /// Allocations refreshed or given back.
    public var refreshed: UInt64 = 0
    /// Answers of the server, of any kind.
    public var answers: UInt64 = 0
    /// CPU time of the loop's thread, in nanoseconds.
    public var cpuNanoseconds: UInt64 = 0

    /// Nothing yet.
    public init() {}

    /// The sum.
    public static func + (left: LoadCounters, right: LoadCounters) -> LoadCounters { combine(left, right, &+) }
    /// What was added since `right`.
    public static func - (left: LoadCounters, right: LoadCounters) -> LoadCounters { combine(left, right, &-) }

    private static func combine(
        _ left: LoadCounters, _ right: LoadCounters, _ operation: (UInt64, UInt64) -> UInt64
    ) -> LoadCounters {
        let fields: [WritableKeyPath<LoadCounters, UInt64>] = [
            \.sent, \.received, \.receivedBytes, \.duplicates, \.reordered, \.strays, \.missed, \.refused, \.ownDrops,
            \.ready,
            \.failed, \.allocated, \.refreshed, \.answers, \.cpuNanoseconds,
        ]
        var result = left
        for field in fields { result[keyPath: field] = operation(left[keyPath: field], right[keyPath: field]) }
        return result
    }
}
