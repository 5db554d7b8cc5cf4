import KernelPath

/// The kernel path at one moment.
public struct KernelPathStatus: Sendable, Equatable {
    /// The interfaces that have the program, each with its mode: `eth0 (native)`.
    public var interfaces: [String]
    /// Datagrams of forwarded channels that went up to the relay all the same, or were dropped, by reason.
    public var notForwarded: [(reason: String, datagrams: UInt64)] {
        KernelOutcome.allCases.map { ($0.name.description, outcomes[$0]) }
    }

    private let outcomes: KernelOutcomes

    init(_ path: KernelPath) {
        interfaces = path.attachments.map { "\($0.interface) (\($0.mode))" }
        outcomes = path.outcomes
    }
}
