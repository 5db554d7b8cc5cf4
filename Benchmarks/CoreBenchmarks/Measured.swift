import Benchmark
import CallCounts

/// What every benchmark counts, besides time: the calls of all operations of an iteration.
enum Calls {
    /// What has a threshold.
    static let gated = ["mallocs", "retains", "releases"]
    /// What is told only: it differs with OpenSSL's version.
    static let told = "openssl mallocs"

    static var metrics: [BenchmarkMetric] { (gated + [told]).map { .custom($0) } }

    /// Runs `operations` between two readings of the counts and of the clock.
    @inline(__always)
    static func count(in benchmark: Benchmark, _ operations: () -> Void) {
        benchmark.startMeasurement()
        let before = call_counts_now()
        operations()
        let after = call_counts_now()
        benchmark.stopMeasurement()
        let differences = [
            after.mallocs - before.mallocs, after.retains - before.retains, after.releases - before.releases,
            after.openssl_mallocs - before.openssl_mallocs,
        ]
        for (metric, calls) in zip(metrics, differences) { benchmark.measurement(metric, Int(calls)) }
    }
}

/// Registers a benchmark whose operations are done `scale` times in one iteration.
///
/// There are five iterations: of five, the 90th percentile, which the benchmark package compares, is the worst.
///
/// - Parameters:
///   - scale: what makes an iteration last. That package rounds counts above 2047 to three digits: operations that
///     allocate are done once.
///   - run: does as many operations as it is told, inside `Calls.count`.
func register(_ name: String, scale: BenchmarkScalingFactor, _ run: @escaping (Benchmark, Int) -> Void) {
    let configuration = Benchmark.Configuration(
        metrics: [.wallClock, .instructions] + Calls.metrics, warmupIterations: 1, scalingFactor: scale,
        maxDuration: .seconds(60), maxIterations: 5)
    _ = Benchmark(name, configuration: configuration) { benchmark in run(benchmark, scale.rawValue) }
}
