import Glibc
import Testing

/// Thousands of runs of the whole protocol under bad weather. A failure prints its seed; `TERN_SIMULATION_SEED=N`
/// replays that run alone, `TERN_SIMULATION_RUNS=N` sets how many there are, `TERN_SIMULATION_FIRST=N` where they
/// begin.
@Suite struct SimulationTests {
    private static let defaultRuns = 500

    @Test func everyRunKeepsTheRules() {
        if let seed = Self.environment("TERN_SIMULATION_SEED") {
            _ = Self.run(seed)
            return
        }
        let runs = Self.environment("TERN_SIMULATION_RUNS") ?? UInt64(Self.defaultRuns)
        let first = Self.environment("TERN_SIMULATION_FIRST") ?? 1
        var total = Simulation.Statistics()
        var failures = 0
        for seed in first..<first + runs {
            guard let statistics = Self.run(seed) else {
                failures += 1
                if failures == 10 { break }
                continue
            }
            total += statistics
        }
        print(
            "\(runs) runs: \(total.actions) actions, \(total.allocations) allocations, \(total.delivered) delivered,",
            "\(total.hairpins) hairpins, \(total.refused) refused, \(total.dropped) dropped")
        // Runs in which nothing happens prove nothing.
        #expect(failures > 0 || total.delivered > runs && total.allocations > runs && total.refused > runs)
    }

    private static func run(_ seed: UInt64) -> Simulation.Statistics? {
        var simulation = Simulation(seed: seed)
        do {
            try simulation.run()
            return simulation.statistics
        } catch {
            Issue.record("TERN_SIMULATION_SEED=\(seed) at \(simulation.now) ms: \(error)")
            return nil
        }
    }

    private static func environment(_ name: String) -> UInt64? {
        getenv(name).flatMap { UInt64(String(cString: $0)) }
    }
}
