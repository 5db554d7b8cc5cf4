@preconcurrency import Benchmark
import CoreDriver
import Foundation

/// The counts that are checked in, one file for each benchmark, in the form of the benchmark package; its own check
/// would pass over a benchmark without a file, and building it takes longer than everything else here.
struct Thresholds {
    /// What to do with the files.
    enum Mode: String {
        /// Compares: what differs, upward or downward, is told and fails.
        case check
        /// Writes.
        case update
    }

    /// Where the files are.
    let folder: URL

    /// Runs all benchmarks; whether all is as it should be.
    func run(_ mode: Mode) -> Bool {
        var complaints: [String] = []
        print(Self.row("benchmark", ["ns"] + Calls.gated + [Calls.told]))
        for benchmark in Benchmark.benchmarks {
            let figures = Figures(measuring: benchmark)
            let counts = (Calls.gated + [Calls.told]).map { figures.text(figures.calls[$0] ?? 0) }
            print(Self.row(benchmark.name, [figures.text(figures.nanoseconds)] + counts))
            switch mode {
            case .check: complaints += compare(benchmark.name, figures.calls)
            case .update: write(benchmark.name, figures.calls)
            }
        }
        let expected = Set(Benchmark.benchmarks.map { file($0.name).lastPathComponent })
        let found = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        for name in found.sorted() where !expected.contains(name) {
            complaints.append("\(folder.path)/\(name) belongs to no benchmark: remove it")
        }
        for complaint in complaints { print(complaint) }
        return complaints.isEmpty
    }

    private func compare(_ name: String, _ calls: [String: Int]) -> [String] {
        guard let data = try? Data(contentsOf: file(name)),
            let thresholds = try? JSONDecoder().decode([String: Int].self, from: data)
        else { return ["\(name): \(file(name).path) cannot be read: run update"] }
        return Calls.gated.compactMap { kind in
            guard let calls = calls[kind] else { return "\(name): \(kind) were not counted" }
            guard let threshold = thresholds[kind] else { return "\(name): there is no threshold for \(kind)" }
            guard calls != threshold else { return nil }
            let remedy = calls > threshold ? "find out where they come from" : "run update to keep what was gained"
            return "\(name): \(calls) \(kind) instead of \(threshold): \(remedy)"
        }
    }

    private func write(_ name: String, _ calls: [String: Int]) {
        let lines = Calls.gated.sorted().map { "  \"\($0)\" : \(calls[$0] ?? 0)" }
        let text = "{\n" + lines.joined(separator: ",\n") + "\n}\n"
        do {
            try text.write(to: file(name), atomically: true, encoding: .utf8)
        } catch {
            print("\(file(name).path): \(error.localizedDescription)")
            exit(1)
        }
    }

    private func file(_ name: String) -> URL { folder.appending(path: "CoreBenchmarks.\(name).p90.json") }

    private static func row(_ name: String, _ fields: [String]) -> String {
        fields.reduce(name.padding(toLength: 24, withPad: " ", startingAt: 0)) { line, field in
            line + String(repeating: " ", count: max(1, 17 - field.count)) + field
        }
    }
}

/// What one benchmark came to.
private struct Figures {
    /// Calls of one iteration: the most of all iterations.
    private(set) var calls: [String: Int] = [:]
    /// Time of one iteration: half took no longer.
    private(set) var nanoseconds = 0
    private let operations: Int

    init(measuring benchmark: Benchmark) {
        operations = benchmark.configuration.scalingFactor.rawValue
        for _ in 0..<benchmark.configuration.warmupIterations { benchmark.run() }
        var begin: UInt64 = 0
        var times: [UInt64] = []
        var calls: [String: Int] = [:]
        benchmark.measurementPreSynchronization = { _ in begin = monotonicNanoseconds() }
        benchmark.measurementPostSynchronization = { _ in times.append(monotonicNanoseconds() - begin) }
        benchmark.customMetricMeasurement = { metric, value in
            calls[metric.description] = max(calls[metric.description] ?? 0, value)
        }
        for _ in 0..<benchmark.configuration.maxIterations { benchmark.run() }
        times.sort()
        nanoseconds = Int(times[times.count / 2])
        self.calls = calls
    }

    /// A number of an iteration as that of an operation.
    func text(_ number: Int) -> String {
        number % operations == 0
            ? String(number / operations) : String(format: "%.3g", Double(number) / Double(operations))
    }
}
