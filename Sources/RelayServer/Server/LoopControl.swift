import ConfigurationKeys
import Credentials
import Dispatch
import EventLoop
import Foundation
import Integrity
import KernelPath
import Logging
import RelayCore
import STUN
import Synchronization

/// The event loops as the administration sees them: every question and order goes to them as a message.
final class LoopControl: RelayControl {
    /// How long a loop may take to answer before it counts as stuck, in seconds.
    static let answerSecondsMax = 5.0
    /// How often busy shares are sampled and a drain is looked at, in milliseconds.
    private static let sampleInterval = 1_000

    let loopCount: Int
    private let threads: [LoopThread]
    private let parts: [LoopThread.Parts]
    private let directory: RelayDirectory
    private let news: LoopNews
    private let log: RelayLog
    private let logger: Logger
    private let loader: ConfigurationLoader?
    private let began = DispatchTime.now()
    private let state: Mutex<State>
    nonisolated(unsafe) private let sampler: any DispatchSourceTimer  // may be used from any thread

    private struct State {
        var loaded: LoadedConfiguration
        var listeners: Listeners
        var isDraining = false
        var drainDeadline: DispatchTime?
        /// Names revoked over the admin socket; a reload keeps them.
        var revoked = RevocationList()
        var revocationsRefused: UInt64 = 0
        var busy: [Busy]
        var whenEmpty: (@Sendable () -> Void)?
        var isReloading = false
        /// Nil while it is off.
        var kernelPath: KernelPathStart.Outcome?
        /// The program, also while it is off: loading it again could take rights that are gone.
        var loadedKernelPath: KernelPath?
    }

    private struct Busy {
        var busyNanoseconds: UInt64 = 0
        var totalNanoseconds: UInt64 = 0
        var share = 0.0
    }

    /// Opens every socket; no loop runs yet.
    init(_ loaded: LoadedConfiguration, loader: ConfigurationLoader?, log: RelayLog, logger: Logger) throws {
        let configuration = loaded.relay
        loopCount =
            configuration.loops > 0
            ? configuration.loops : min(ProcessInfo.processInfo.activeProcessorCount, Self.loopsMax)
        let relayAddresses = configuration.addressesToRelayFrom
        var random = SystemRandomNumberGenerator()
        directory = RelayDirectory(
            addresses: configuration.relayAddressPairs,
            ports: configuration.relayPorts.first...configuration.relayPorts.last,
            allocations: configuration.quotas.allocations, connections: configuration.connections.total,
            seed: (random.next(), random.next()))
        for address in relayAddresses { try Self.check(address) }

        let tls = try Self.makeTLS(configuration)
        var listeners = Listeners(loops: loopCount)
        try listeners.open(configuration.listeners, configuration)
        let settings = loaded.relaySettings(listening: listeners.datagramAddresses)
        let nonceKey = loaded.nonceKey ?? Self.randomBytes(32)
        let mailboxes = (0..<loopCount).map { _ in Mailbox() }
        let handOver = HandOver(mailboxes: mailboxes)
        let news = LoopNews(log: log, logger: logger)
        let tokenKey = Self.randomBytes(32)
        let reservedSockets = ReservedSockets()
        let kernelPath = KernelPathStart.start(
            configuration, loops: loopCount, listeners: listeners.addresses, logger)
        parts = (0..<loopCount).map { [directory, loopCount] index in
            var loop = LoopSettings(
                index: UInt8(index), relaySlots: configuration.quotas.allocations * 2, directory: directory)
            loop.relayReceiveBufferBytes = configuration.relayBufferBytes
            loop.relaySendBufferBytes = configuration.relayBufferBytes
            loop.carriesDSCP = configuration.carriesDSCP
            loop.companionSocket = configuration.httpSocket
            loop.reservedSockets = reservedSockets
            loop.streams = configuration.connections.limits(loops: mailboxes.count)
            return LoopThread.Parts(
                settings: loop, core: settings,
                seed: RelaySeed(
                    tableKey: (random.next(), random.next()), nonceKey: nonceKey, tokenKey: tokenKey),
                listeners: listeners.byLoop[index], tls: tls, handOver: handOver, observer: news,
                forwarder: kernelPath?.path.map { KernelForwarder($0, loop: index, loops: loopCount) })
        }
        threads = mailboxes.map(LoopThread.init)
        self.news = news
        self.log = log
        self.logger = logger
        self.loader = loader
        state = Mutex(
            State(
                loaded: loaded, listeners: listeners,
                busy: Array(repeating: Busy(), count: mailboxes.count), kernelPath: kernelPath,
                loadedKernelPath: kernelPath?.path))
        sampler = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "tern.sampler"))
    }

    /// The most loops that are started unasked.
    private static let loopsMax = 64

    /// Starts the loops.
    func start() {
        for (thread, parts) in zip(threads, parts) { thread.start(parts) }
        sampler.schedule(deadline: .now(), repeating: .milliseconds(Self.sampleInterval))
        sampler.setEventHandler { [weak self] in Task { await self?.sample() } }
        sampler.resume()
    }

    /// Closes what `init` opened, when no loop has taken it over.
    func closeListeners() {
        for part in parts { for listener in part.listeners { listener.close() } }
        sampler.resume()
        sampler.cancel()
    }

    /// Ends the loops. False when one did not end within `seconds`.
    func stop(seconds: Double) -> Bool {
        sampler.cancel()
        for thread in threads { thread.mailbox.post { $0.stop() } }
        let deadline = Date(timeIntervalSinceNow: seconds)
        let results = threads.map { $0.stop(seconds: max(deadline.timeIntervalSinceNow, 0)) }
        news.stop()
        return results.allSatisfy(\.self)
    }

    /// The listeners as they are bound.
    var bound: [ListenerAddress] { state.withLock { $0.listeners.bound } }

    /// The relay addresses for the log.
    var relayAddressText: String {
        directory.addresses.map { $0.bound == $0.external ? "\($0.bound)" : "\($0.bound)/\($0.external)" }
            .joined(separator: " ")
    }

    /// Called when a drain has ended.
    var whenEmpty: (@Sendable () -> Void)? {
        get { state.withLock { $0.whenEmpty } }
        set { state.withLock { $0.whenEmpty = newValue } }
    }

    /// Whether every loop answers.
    func isAlive() async -> Bool {
        for thread in threads where await thread.mailbox.ask({ _ in true }) == nil { return false }
        return true
    }

    func allocationCount() async -> Int {
        var count = 0
        for thread in threads { count += await thread.mailbox.ask { $0.core.allocationCount } ?? 0 }
        return count
    }

    // MARK: RelayControl

    func status() async -> RelayStatus {
        var loops: [LoopStatus] = []
        let shares = state.withLock { $0.busy.map(\.share) }
        for (index, thread) in threads.enumerated() {
            let answer = await thread.mailbox.ask { loop in
                loop.countForwarded()
                return LoopStatus(
                    loop: Int(index), allocations: loop.core.allocationCount, connections: loop.connectionCount,
                    busyPercent: 0, counters: loop.core.counters, loopCounters: loop.counters)
            }
            guard var answer else { continue }
            answer.busyPercent = shares[index] * 100
            loops.append(answer)
        }
        let (configuration, isDraining, bound) = state.withLock { ($0.loaded.relay, $0.isDraining, $0.listeners.bound) }
        let total = directory.totalPorts()
        let free = directory.freePorts()
        let allocations = loops.reduce(0) { $0 + $1.allocations }
        let load = max(
            shares.max() ?? 0, total == 0 ? 0 : Double(total - free) / Double(total),
            Double(allocations) / Double(max(configuration.quotas.allocations, 1)))
        var status = RelayStatus(
            version: RelayServerApp.version,
            uptimeSeconds: Int((DispatchTime.now().uptimeNanoseconds - began.uptimeNanoseconds) / 1_000_000_000),
            isDraining: isDraining, load: min(load, 1), portsFree: free, portsTotal: total,
            listeners: bound.map(\.description), residentBytes: ProcessMemory.residentBytes, loops: loops,
            log: log.statistics,
            certificateExpiresUnixSeconds: configuration.certificateFile.flatMap(CertificateExpiry.unixSeconds(ofFile:))
        )
        state.withLock { state in
            status.revokedNames = state.revoked.count
            status.revocationsRefused = state.revocationsRefused
            status.kernelPath = state.kernelPath.map(KernelPathStatus.init)
        }
        return status
    }

    func sessions(limit: Int) async -> [SessionSnapshot] {
        var sessions: [SessionSnapshot] = []
        for thread in threads where sessions.count < limit {
            let left = limit - sessions.count
            sessions +=
                await thread.mailbox.ask { loop in
                    loop.countForwarded()
                    return loop.core.sessions(limit: left, now: loop.now)
                } ?? []
        }
        return sessions
    }

    func refusals(limit: Int) async -> [RefusalRecord] {
        var records: [RefusalRecord] = []
        for thread in threads { records += await thread.mailbox.ask { $0.core.refusals(limit: limit) } ?? [] }
        return Array(records.sorted { $0.unixSeconds > $1.unixSeconds }.prefix(limit))
    }

    func usage(after sequence: Int, limit: Int) async -> UsagePage { news.usage.page(after: sequence, limit: limit) }

    func end(_ id: AllocationID) async -> Bool {
        guard Int(id.loop) < threads.count else { return false }
        return await threads[Int(id.loop)].mailbox.ask { $0.core.end(allocation: id, now: $0.now) } ?? false
    }

    func revoke(_ name: String, forgetAfterUnixSeconds: Int64) async -> Int? {
        let isKept = state.withLock { state in
            let isKept = state.revoked.revoke(
                name, forgetAfterUnixSeconds: forgetAfterUnixSeconds, unixSeconds: Int64(time(nil)))
            if !isKept { state.revocationsRefused += 1 }
            return isKept
        }
        guard isKept else {
            logger.error("a revocation is refused", metadata: ["names-max": "\(RevocationList.namesMax)"])
            return nil
        }
        var ended = 0
        for thread in threads {
            ended += await thread.mailbox.ask { $0.revoke(name, forgetAfterUnixSeconds: forgetAfterUnixSeconds) } ?? 0
        }
        logger.notice("revoked", metadata: ["name": "\(name)", "allocations-ended": .stringConvertible(ended)])
        return ended
    }

    func drain(_ on: Bool) async {
        let limit = state.withLock { state in
            state.isDraining = on
            let limit = state.loaded.relay.drainLimitSeconds
            state.drainDeadline = on ? .now() + .seconds(limit) : nil
            return limit
        }
        for thread in threads { _ = await thread.mailbox.ask { $0.core.drain(on) } }
        logger.notice(on ? "draining" : "drain called off", metadata: on ? ["limit-seconds": "\(limit)"] : [:])
        if on { await sample() }
    }

    func policy(_ address: TransportAddress) async -> (allowed: Bool, rule: String) {
        let settings = state.withLock { $0.loaded.relaySettings(listening: $0.listeners.datagramAddresses) }
        let verdict = settings.policy.verdict(address, isLiveRelayedAddress: directory.lookup(address) != nil)
        return (verdict.allowed, verdict.text)
    }

    func reload() async throws -> [String] {
        guard let loader else { return ["this relay was started without a configuration to read again"] }
        let loaded = try loader.load()
        let new = loaded.relay
        let tls = try Self.makeTLS(new)
        var (before, listeners, revoked) = state.withLock { ($0.loaded, $0.listeners, $0.revoked) }
        let old = before.relay
        let boundBefore = listeners.bound.count
        let beforeAddresses = listeners.addresses.count
        try listeners.open(new.listeners.filter { !old.listeners.contains($0) }, new)
        var settings = loaded.relaySettings(listening: listeners.datagramAddresses)
        settings.credentials.revocations.formUnion(revoked)
        for (index, thread) in threads.enumerated() {
            let added = listeners.added(from: beforeAddresses, loop: index)
            _ = await thread.mailbox.ask { [settings] loop in
                loop.core.update(settings: settings, now: loop.now)
                loop.forwardAllChannels()
                loop.replace(tls: tls, companionSocket: new.httpSocket)
                for listener in added { loop.add(listener) }
            }
        }
        log.level = new.logLevel
        await replaceKernelPath(old, new, listeners.addresses)
        var changes = new.changes(from: old)
        for listener in listeners.bound[boundBefore...] { changes.append("listening on \(listener)") }
        for listener in old.listeners where !new.listeners.contains(listener) {
            changes.append("\(listener) stays open until the relay restarts")
        }
        // What is no longer wanted stays open, and is told of once.
        var applied = loaded
        applied.relay.listeners = old.listeners.filter { !new.listeners.contains($0) } + new.listeners
        state.withLock { [applied, listeners] in
            $0.loaded = applied
            $0.listeners = listeners
        }
        return changes.isEmpty ? ["nothing changed but what the files hold"] : changes
    }

    /// Puts the kernel path on or off, or on other interfaces, while calls go on: what it no longer forwards comes to
    /// the loops, whose sockets are open.
    private func replaceKernelPath(
        _ old: RelayConfiguration, _ new: RelayConfiguration, _ listeners: [TransportAddress]
    ) async {
        guard
            old.kernelPath != new.kernelPath || old.kernelPathInterfaces != new.kernelPathInterfaces
        else { return }
        // Off the interfaces first, and only then empty: nothing is forwarded that nobody accounts for.
        let before = state.withLock { state in
            defer { state.kernelPath = nil }
            return state.kernelPath
        }
        before?.path?.detach()
        for thread in threads { _ = await thread.mailbox.ask { $0.replace(forwarder: nil) } }
        let loaded = state.withLock(\.loadedKernelPath)
        let outcome = KernelPathStart.start(
            new, reusing: loaded, loops: loopCount, listeners: listeners, logger)
        state.withLock {
            $0.kernelPath = outcome
            if let path = outcome?.path { $0.loadedKernelPath = path }
        }
        guard let path = outcome?.path else { return }
        for (index, thread) in threads.enumerated() {
            let forwarder = KernelForwarder(path, loop: index, loops: loopCount)
            _ = await thread.mailbox.ask { $0.replace(forwarder: forwarder) }
        }
    }

    /// A reload that nobody waits for: its outcome goes to the log.
    func reload(because reason: String, _ service: ServiceNotification) async {
        service.send(.reloading)
        do {
            let changes = try await reload()
            logger.notice(
                "reloaded", metadata: ["because": "\(reason)", "changes": "\(changes.joined(separator: "; "))"])
        } catch {
            logger.error(
                "not reloaded, the old configuration stays", metadata: ["because": "\(reason)", "error": "\(error)"])
        }
        service.send(.ready)
    }

    // MARK: Sampling

    private func sample() async {
        var allocations = 0
        for (index, thread) in threads.enumerated() {
            guard
                let (counters, count) = await thread.mailbox.ask({ ($0.counters, $0.core.allocationCount) })
            else { continue }
            allocations += count
            state.withLock { state in
                let old = state.busy[index]
                let total = counters.totalNanoseconds &- old.totalNanoseconds
                let busy = counters.busyNanoseconds &- old.busyNanoseconds
                guard total > 0 else { return }
                state.busy[index] = Busy(
                    busyNanoseconds: counters.busyNanoseconds, totalNanoseconds: counters.totalNanoseconds,
                    share: min(Double(busy) / Double(total), 1))
            }
        }
        let ended = state.withLock { state -> (@Sendable () -> Void)? in
            guard state.isDraining, let deadline = state.drainDeadline else { return nil }
            return allocations == 0 || DispatchTime.now() >= deadline ? state.whenEmpty : nil
        }
        ended?()
    }

    // MARK: Parts

    private static func makeTLS(_ configuration: RelayConfiguration) throws(TLSContext.Failure) -> TLSContext? {
        guard let certificate = configuration.certificateFile, let key = configuration.privateKeyFile else {
            return nil
        }
        return try TLSContext(
            certificateFile: certificate, privateKeyFile: key, clientAuthorityFile: configuration.clientAuthorityFile,
            offersHTTP: configuration.httpSocket != nil)
    }

    private static func check(_ address: RelayAddress) throws(StartFailure) {
        guard !HostAddresses.all().contains(address.bind), !address.bind.isLoopback else { return }
        throw StartFailure(
            "relay address \(address.bind): no interface of this host has it; give one that has, "
                + "or ADDRESS/EXTERNAL behind a 1:1 NAT"
        )
    }

    private static func randomBytes(_ count: Int) -> [UInt8] {
        var random = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    }
}

extension ConnectionConfiguration {
    func limits(loops: Int) -> StreamLimits {
        var limits = StreamLimits()
        limits.connectionsMax = max(total, 1)
        limits.connectionsPerSource = perSource
        limits.outputBytesMax = queueBytes
        limits.outputAgeMax = UInt64(queueMilliseconds)
        limits.handshakeTimeMax = UInt64(handshakeSeconds) * 1_000
        limits.idleTimeMax = UInt64(idleSeconds) * 1_000
        return limits
    }
}

extension RelayConfiguration {
    /// What differs from an earlier configuration, a line per key; what cannot change while the relay runs says so.
    func changes(from old: RelayConfiguration) -> [String] {
        RelayConfiguration.keys.filter { $0.describe(self) != $0.describe(old) }.map { key in
            let value = key.shownValues(in: self).joined(separator: ", ")
            let text = "\(key.path) is now \(value.isEmpty ? "not set" : value)"
            return key.isReloadable ? text : text + ", from the next start on"
        }
    }
}

/// Memory of this process.
enum ProcessMemory {
    /// Bytes that are resident; 0 when the system does not tell.
    static var residentBytes: UInt64 {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
        let fields = text.split(separator: " ")
        return fields.count > 1 ? (UInt64(fields[1]) ?? 0) * UInt64(sysconf(Int32(_SC_PAGESIZE))) : 0
    }
}
