import Glibc
import Testing

/// Thousands of runs of people who call each other over bad networks. A failure prints its seed;
/// `TERN_SIGNALING_SEED=N` replays that run alone, `TERN_SIGNALING_RUNS=N` sets how many there are.
@Suite("Simulation")
struct SimulationTests {
    private static let defaultRuns: UInt64 = 1_000
    private static let steps = 250

    @Test("every run keeps the rules")
    func everyRunKeepsTheRules() {
        if let seed = Self.environment("TERN_SIGNALING_SEED") {
            _ = Self.run(seed)
            return
        }
        let runs = Self.environment("TERN_SIGNALING_RUNS") ?? Self.defaultRuns
        var total = World.Statistics()
        var failures = 0
        for seed in 1...runs {
            guard let statistics = Self.run(seed) else {
                failures += 1
                if failures == 5 { break }
                continue
            }
            total.steps += statistics.steps
            total.calls += statistics.calls
            total.accepted += statistics.accepted
            total.resumed += statistics.resumed
            total.passed += statistics.passed
            total.missed += statistics.missed
        }
        print(
            "\(runs) runs: \(total.steps) steps, \(total.calls) calls, \(total.accepted) accepted,",
            "\(total.passed) descriptions, \(total.resumed) resumptions, \(total.missed) with gaps")
        // Runs in which nothing happens prove nothing.
        #expect(failures > 0 || total.accepted > runs && total.passed > runs && total.resumed > runs)
    }

    private static func run(_ seed: UInt64) -> World.Statistics? {
        var world = World(seed: seed)
        do {
            try world.run(steps: steps)
            return world.statistics
        } catch {
            Issue.record("TERN_SIGNALING_SEED=\(seed) at step \(world.statistics.steps): \(error)")
            return nil
        }
    }

    private static func environment(_ name: String) -> UInt64? {
        getenv(name).flatMap { UInt64(String(cString: $0)) }
    }
}
