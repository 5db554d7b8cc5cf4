import Foundation
import Testing

/// Thousands of runs of the whole protocol under bad weather. A failure prints its seed; `TERN_SIMULATION_SEED=N`
/// replays that run alone, `TERN_SIMULATION_RUNS=N` sets how many there are, `TERN_SIMULATION_FIRST=N` where they
/// begin.
@Suite struct SimulationTests {
    private static let defaultRuns: UInt64 = 1_000
    /// Runs go side by side, on threads of their own: the tests that wait share as few threads as there are cores.
    private static let threads: UInt64 = 2
    private static let stackBytes = 8 << 20
    private static let failuresMax = 10

    @Test func everyRunKeepsTheRules() async {
        let seed = Self.environment("TERN_SIMULATION_SEED")
        let runs = seed == nil ? Self.environment("TERN_SIMULATION_RUNS") ?? Self.defaultRuns : 1
        let first = seed ?? Self.environment("TERN_SIMULATION_FIRST") ?? 1
        let outcome = await withTaskGroup(of: Outcome.self) { group in
            for thread in 0..<Self.threads {
                group.addTask {
                    await Self.onThread {
                        Self.run(stride(from: first + thread, to: first + runs, by: Int(Self.threads)))
                    }
                }
            }
            return await group.reduce(into: Outcome()) { $0 += $1 }
        }
        for failure in outcome.failures { Issue.record("\(failure)") }
        let total = outcome.total
        print(
            "\(runs) runs: \(total.actions) actions, \(total.allocations) allocations, \(total.delivered) delivered,",
            "\(total.hairpins) hairpins, \(total.refused) refused, \(total.dropped) dropped,",
            "\(total.revocations) revocations, \(total.reloads) reloads")
        guard seed == nil, outcome.failures.isEmpty else { return }
        // Runs in which nothing happens prove nothing.
        #expect(total.delivered > runs && total.allocations > runs && total.refused > runs)
        #expect(runs < 100 || total.revocations > 0 && total.reloads > 0)
    }

    /// What came of several runs.
    private struct Outcome: Sendable {
        var total = Simulation.Statistics()
        var failures: [String] = []

        static func += (left: inout Outcome, right: Outcome) {
            left.total += right.total
            left.failures += right.failures
        }
    }

    private static func run(_ seeds: some Sequence<UInt64>) -> Outcome {
        var outcome = Outcome()
        for seed in seeds where outcome.failures.count < failuresMax {
            var simulation = Simulation(seed: seed)
            do {
                try simulation.run()
                outcome.total += simulation.statistics
            } catch {
                outcome.failures.append("TERN_SIMULATION_SEED=\(seed) at \(simulation.now) ms: \(error)")
            }
        }
        return outcome
    }

    private static func onThread(_ work: @escaping @Sendable () -> Outcome) async -> Outcome {
        await withCheckedContinuation { continuation in
            let thread = Thread { continuation.resume(returning: work()) }
            thread.stackSize = stackBytes
            thread.start()
        }
    }

    private static func environment(_ name: String) -> UInt64? {
        ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
    }
}
