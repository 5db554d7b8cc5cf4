import Benchmark
import Foundation

/// What the core costs, without sockets.
///
///     Benchmarks/check                    builds, runs, compares with Benchmarks/Thresholds, as the tests do
///     CoreBenchmarks check FOLDER         compares with the thresholds in a folder
///     CoreBenchmarks update FOLDER        writes them
///
/// Otherwise it does what the benchmark package's own command tells it, with statistics, baselines and, on machines
/// that have the counters, instructions:
///
///     swift package --package-path Benchmarks benchmark
@main
struct CoreBenchmarks: BenchmarkRunnerHooks {
    static func registerBenchmarks() {
        // One of each, which shows that the counts are true.
        register("self-test", scale: .one) { benchmark, count in
            Calls.count(in: benchmark) { for _ in 0..<count { Planted.callOnce() } }
        }
        registerMessages()
        registerIntegrity()
        registerCredentials()
        registerRequests()
        registerDatagrams()
    }

    static func main() async {
        let arguments = CommandLine.arguments.dropFirst()
        guard let mode = arguments.first.flatMap(Thresholds.Mode.init), let folder = arguments.dropFirst().first else {
            return await BenchmarkRunner.setupBenchmarkRunner(registerBenchmarks: registerBenchmarks)
        }
        registerBenchmarks()
        let thresholds = Thresholds(folder: URL(filePath: folder))
        exit(thresholds.run(mode) ? 0 : 1)
    }
}
