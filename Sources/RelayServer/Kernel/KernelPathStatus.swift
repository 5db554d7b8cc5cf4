import KernelPath

/// The kernel path at one moment.
public struct KernelPathStatus: Sendable, Equatable {
    /// The interfaces that have the program, each with its mode: `eth0 (native)`.
    public var interfaces: [String]
    /// What is missing, and how to get it; nil when nothing is.
    public var problem: String?
    /// Whether the program is loaded.
    public var isLoaded: Bool { outcomes != nil }
    /// Datagrams of forwarded channels that went up to the relay all the same, or were dropped, by reason.
    public var notForwarded: [(reason: String, datagrams: UInt64)] {
        KernelOutcome.allCases.map { ($0.name.description, outcomes?[$0] ?? 0) }
    }

    private let outcomes: KernelOutcomes?

    init(_ start: KernelPathStart.Outcome) {
        interfaces = start.path?.attachments.map(KernelPathStart.description) ?? []
        problem = start.problem
        outcomes = start.path?.outcomes
    }
}
