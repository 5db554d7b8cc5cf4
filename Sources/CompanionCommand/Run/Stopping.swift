import Dispatch
import RelayServer

/// How a program with several parts ends: at a signal.
enum Stopping {
    /// Runs `body`, and cancels it at the first of these signals.
    static func whenTold(by numbers: [Int32], _ body: @escaping @Sendable () async throws -> Void) async throws {
        let work = Task { try await body() }
        let signals = Signals(numbers, queue: DispatchQueue(label: "tern.signals")) { _ in work.cancel() }
        defer { withExtendedLifetime(signals) {} }
        try await work.value
    }
}
