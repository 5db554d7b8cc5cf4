import CLinux
import Foundation
import Glibc
import STUN
import TURNClient

/// Runs a plan: threads, phases, samples, and the sum of it all.
public final class LoadRun {
    /// How long sessions may take to be set up, in seconds, unless a ramp needs more.
    private static let setupPatience = 30.0
    /// How long what is under way is waited for, in seconds.
    private static let drainSeconds = 1.0
    /// Loss of a step below which it is tried once more, in percent.
    private static let hiccupPercent = 3.0
    /// Loss that the generator itself may cause before it is said, as a share of what was sent.
    private static let tolerance = 0.000_5

    private let plan: LoadPlan
    let control: LoadControl
    private var inspection: MediaInspection?
    private let serverProcess: Int32?
    private let onSample: (LoadResult.Sample) -> Void
    /// Called while sessions are set up: how many are ready, and how many failed.
    public var onSetup: (UInt64, UInt64) -> Void = { _, _ in }
    /// Called when sessions are set up and their packets take a way that costs the generator more: why, in one line.
    public var onDetour: (String) -> Void = { _ in }
    /// Asked now and then: whether to end early, give everything back, and report what was measured so far.
    public var shouldStop: () -> Bool = { false }

    /// A run of `plan`. `onSample` is called each second; `serverProcess` is the server's, when it runs here.
    public init(
        _ plan: LoadPlan, serverProcess: Int32? = nil, onSample: @escaping (LoadResult.Sample) -> Void = { _ in }
    ) {
        self.plan = plan
        self.serverProcess = serverProcess
        self.onSample = onSample
        control = LoadControl(workers: plan.loops)
    }

    /// Sets up, sends for the planned time, and gives everything back.
    public func run() throws -> LoadResult {
        var result = LoadResult(plan)
        let threads = try start()
        defer { finish(threads) }
        try setUp(&result)
        if result.ready > 0 || !plan.profile.carriesData {
            traffic(&result, rate: plan.targetRate, seconds: plan.seconds)
        }
        if let inspection { conclude(inspection, &result) }
        result.time = clinux_unix_seconds()
        return result
    }

    /// Searches for the highest rate at which no more than `lossPercent` is lost, and 99 of 100 packets take no more
    /// than `latency` microseconds. Each step takes `plan.seconds`.
    public func findCapacity(
        lossPercent: Double, latency: Double, onStep: (LoadResult.Step) -> Void
    ) throws -> LoadResult {
        var result = LoadResult(plan)
        let threads = try start()
        defer { finish(threads) }
        try setUp(&result)
        var search = CapacitySearch(start: plan.targetRate)
        while let rate = search.next, !shouldStop() {
            let isGood = { (one: LoadResult) in
                one.sentPerSecond > rate * 0.97 && one.lossPercent <= lossPercent
                    && (one.latency?.p99 ?? .infinity) <= latency
            }
            var one = step(rate, ready: result.ready)
            // What else runs on the machine may take a few milliseconds at any time: that is nobody's capacity.
            if !isGood(one), one.lossPercent < LoadRun.hiccupPercent, !shouldStop() {
                one = step(rate, ready: result.ready)
            }
            if shouldStop() { break }
            let passed = isGood(one)
            let step = LoadResult.Step(
                target: rate, delivered: one.receivedPerSecond, lossPercent: one.lossPercent, latency: one.latency,
                passed: passed, isGeneratorLimited: one.generatorLimit != nil)
            onStep(step)
            search.record(passed: passed)
            let steps = result.steps + [step]
            if passed { result.take(one) }
            result.steps = steps
        }
        result.time = clinux_unix_seconds()
        result.capacity = search.best
        if let failed = result.steps.first(where: { !$0.passed && $0.target > (search.best ?? 0) }) {
            result.generatorLimit =
                failed.isGeneratorLimited
                ? "the generator could not hold a higher rate: the server may carry more" : nil
        }
        return result
    }

    private func step(_ rate: Double, ready: UInt64) -> LoadResult {
        var one = LoadResult(plan)
        one.ready = ready
        traffic(&one, rate: rate, seconds: plan.seconds)
        return one
    }

    // MARK: - Phases

    private func start() throws -> [Thread] {
        _ = clinux_raise_descriptor_limit()
        clinux_ignore_broken_pipes()
        let servers = try plan.uris.map { uri in
            try ClientSocket.addresses(of: uri.host, port: uri.port)[0]
        }
        inspection = try plan.media.map { try MediaInspection($0, plan) }
        let peerAddress = try plan.peerAddress ?? LoadRun.localAddress(towards: servers[0])
        // Pairs stay together on one loop.
        let unit = plan.isClientToClient ? 2 : 1
        let units = plan.sessions / unit
        return try (0..<plan.loops).map { number in
            let own = (units / plan.loops + (number < units % plan.loops ? 1 : 0)) * unit
            let box = WorkerBox(try worker(number, own, unit: unit, servers, peerAddress))
            let thread = Thread { box.worker.run() }
            thread.start()
            return thread
        }
    }

    private func worker(
        _ number: Int, _ own: Int, unit: Int, _ servers: [TransportAddress], _ peerAddress: IPAddress
    ) throws -> any LoadLoop {
        if let inspection {
            let worker = MediaWorker(
                plan, inspection.setting, number: number, limit: max(own / unit, 1), servers: servers,
                control: control, board: inspection.board)
            guard let worker else { throw LoadFailure("OpenSSL cannot use DTLS 1.2 with the SRTP profile") }
            return worker
        }
        let worker = LoadWorker(
            plan, number: number, limit: max(own, 1), servers: servers, peerAddress: peerAddress, control: control)
        guard let worker else { throw LoadFailure("no socket at \(peerAddress) for the peer: give --peer-address") }
        return worker
    }

    /// Hands a worker to its thread: only that one touches it.
    private final class WorkerBox: @unchecked Sendable {
        let worker: any LoadLoop
        init(_ worker: any LoadLoop) { self.worker = worker }
    }

    private static func localAddress(towards server: TransportAddress) throws -> IPAddress {
        try ClientSocket(to: server, transport: .udp, host: "").local.ip
    }

    private func setUp(_ result: inout LoadResult) throws {
        let startedAt = ClientClock.nanoseconds
        let calls = plan.media != nil && plan.isClientToClient ? plan.sessions / 2 : plan.sessions
        let planned = plan.profile == .allocations ? 0 : UInt64(calls)
        let patience = LoadRun.setupPatience + (plan.rampPerSecond.map { Double(plan.sessions) / $0 } ?? 0)
        result.sessions = plan.media == nil ? plan.sessions : calls
        control.give(.setup)
        var sum = LoadCounters()
        while true {
            Thread.sleep(forTimeInterval: 0.02)
            sum = control.all.map(\.counters).reduce(LoadCounters(), +)
            let spent = Double(ClientClock.nanoseconds - startedAt) / 1e9
            if sum.ready + sum.failed >= planned || spent > patience || shouldStop() { break }
            onSetup(sum.ready, sum.failed)
        }
        let spent = Double(ClientClock.nanoseconds - startedAt) / 1e9
        result.ready = sum.ready
        result.failed = max(sum.failed, planned - min(planned, sum.ready))
        result.failure = control.all.compactMap(\.failure).first
        result.setupPerSecond = planned == 0 ? 0 : Double(sum.ready) / max(spent, 0.001)
        if plan.profile.carriesData, plan.media == nil, sum.ready > 0 {
            result.take(total().ways)
            if let cause = result.socketsBecause { onDetour(cause) }
        }
        // A proof tells itself why no handshake was good.
        let isToProve = plan.media?.proof != nil && inspection?.board.outcomes.contains { $0.failure != nil } == true
        guard planned == 0 || sum.ready > 0 || isToProve else {
            throw LoadFailure("no session could be set up: \(result.failure ?? "no answer from the server")")
        }
    }

    private func traffic(_ result: inout LoadResult, rate: Double, seconds: Double) {
        result.targetPerSecond = rate
        let before = settled()
        let cpuBefore = serverCPU()
        let ownBefore = clinux_process_nanoseconds()
        let startedAt = ClientClock.nanoseconds
        control.give(.traffic, rate: rate / Double(plan.loops))
        var last = (time: startedAt, report: before)
        func sample(_ time: UInt64, _ report: LoadControl.Report) {
            guard time - last.time > 500_000_000 else { return }
            let sample = LoadResult.Sample(report, last.report, from: startedAt, last.time, time)
            result.series.append(sample)
            onSample(sample)
            last = (time, report)
        }
        while true {
            let elapsed = Double(ClientClock.nanoseconds - startedAt) / 1e9
            guard elapsed < seconds, !shouldStop() else { break }
            wait(min(1, seconds - elapsed), until: shouldStop)
            // The last sample is taken when nothing is sent any more: to ask takes its time.
            guard Double(ClientClock.nanoseconds - startedAt) / 1e9 < seconds, !shouldStop() else { break }
            let report = total()
            sample(ClientClock.nanoseconds, report)
        }
        // Packets are still under way: this is when the server holds them.
        inspection?.lookAtMemory()
        let end = control.give(.drain)
        let endedAt = ClientClock.nanoseconds
        let spent = Double(endedAt - startedAt) / 1e9
        sample(endedAt, settled())
        wait(LoadRun.drainSeconds) {
            let told = control.all
            let sum = told.map(\.counters).reduce(LoadCounters(), +) - before.counters
            return told.allSatisfy { $0.generation >= end } && sum.received >= sum.sent && sum.sent > 0
        }
        let cpuAfter = serverCPU()
        let own = Double(clinux_process_nanoseconds() - ownBefore) / 1e9
        result.take(settled(), before, seconds: spent, profile: plan.profile)
        if let cpuBefore, let cpuAfter {
            result.serverCores = (cpuAfter - cpuBefore) / spent
            if result.received > 0 { result.serverUsPerPacket = (cpuAfter - cpuBefore) * 1e6 / Double(result.received) }
        }
        result.generatorLimit = limit(result)
        result.generatorCores = own / spent
        if result.received > 0 { result.generatorUsPerPacket = own * 1e6 / Double(result.received) }
    }

    /// Says why the figures are the generator's and not the server's, if so.
    private func limit(_ result: LoadResult) -> String? {
        let sum = control.all.map(\.counters)
        let missed = Double(result.missed), sent = Double(max(1, result.sent))
        let drops = sum.reduce(0) { $0 + $1.ownDrops }
        if Double(drops) > sent * LoadRun.tolerance, drops > 10 {
            return "\(drops) packets were dropped at the generator's own sockets and interface"
        }
        let refused = Double(sum.reduce(0) { $0 + $1.refused })
        if missed > sent * 0.005, refused < missed / 2 {
            return "the generator was too slow: \(result.missed) packets were due and not sent"
        }
        if result.generatorCores > 0.95 * Double(plan.loops), plan.profile != .idle {
            return "the generator's loops were busy all the time"
        }
        return nil
    }

    private func finish(_ threads: [Thread]) {
        control.give(.teardown)
        wait(2) { control.all.allSatisfy(\.isFinished) }
        control.give(.end)
        wait(2) { threads.allSatisfy(\.isFinished) }
    }

    // MARK: - Numbers

    /// The sum of what all workers know now.
    private func total() -> LoadControl.Report {
        let question = control.ask()
        wait(1, every: 0.001) { control.all.allSatisfy { $0.answer >= question } }
        return control.all.reduce(into: LoadControl.Report()) { sum, report in
            sum.counters = sum.counters + report.counters
            sum.latency.add(report.latency)
            sum.setup.add(report.setup)
            sum.jitter += report.jitter / Double(plan.loops)
            sum.ways.add(report.ways)
        }
    }

    /// The sum once every worker has taken the last order.
    func settled() -> LoadControl.Report {
        let generation = control.currentGeneration
        wait(1) { control.all.allSatisfy { $0.generation >= generation } }
        return total()
    }

    func wait(_ seconds: Double, every interval: Double = 0.01, until condition: () -> Bool) {
        let deadline = ClientClock.nanoseconds + UInt64(seconds * 1e9)
        while !condition(), ClientClock.nanoseconds < deadline { Thread.sleep(forTimeInterval: interval) }
    }

    /// CPU time of the server's process in seconds.
    private func serverCPU() -> Double? {
        guard let serverProcess, let text = try? String(contentsOfFile: "/proc/\(serverProcess)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return nil }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}

/// Why a load could not run; one line.
public struct LoadFailure: Error, CustomStringConvertible, Sendable {
    /// What failed and what to do about it.
    public let description: String

    init(_ description: String) { self.description = description }
}
