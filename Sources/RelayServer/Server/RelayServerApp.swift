import CLinux
import Dispatch
import EventLoop
import Foundation
import Glibc
import Integrity
import KernelPath
import LocalHTTP
import Logging
import RelayCore
import STUN

/// A relay as a process: configuration in, loops, admin socket, metrics and signals around them, a clean end.
public struct RelayServerApp: Sendable {
    /// The program's version.
    public static let version = "0.1.0"

    private let loaded: LoadedConfiguration
    private let loader: ConfigurationLoader?
    private let log: RelayLog

    /// How long a loop may take to end before the process ends without it, in seconds.
    private static let stopSecondsMax = 0.8

    /// Moves the rights that only the kernel path takes (CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN) from the calling thread
    /// to one of their own. To be called while there is no other thread.
    public static func reserveRights() { KernelThread.reserve() }

    /// A relay with this configuration; `loader` reads it again when a reload is asked for.
    public init(_ loaded: LoadedConfiguration, loader: ConfigurationLoader? = nil) {
        self.loaded = loaded
        self.loader = loader
        log = RelayLog(.init(format: loaded.relay.logFormat, level: loaded.relay.logLevel))
    }

    /// Runs until SIGTERM or SIGINT, until a drain has ended, or until the task is cancelled.
    ///
    /// - Parameter endsOnSignals: whether SIGTERM and SIGINT end it; a program with other parts ends them in its order.
    /// - Parameter onReady: called once with the listeners as they are bound, when clients are served.
    /// - Throws: `StartFailure`, `SocketError`, `ListenFailure` or `TLSContext.Failure`: nothing runs then, and
    ///   nothing that was opened stays open.
    public func run(endsOnSignals: Bool = true, onReady: @Sendable ([ListenerAddress]) -> Void) async throws {
        let logger = log.logger("relay")
        defer { log.stop() }
        clinux_ignore_broken_pipes()
        clinux_forbid_core_dumps()
        let descriptorLimit = clinux_raise_descriptor_limit()

        let control = try LoopControl(loaded, loader: loader, log: log, logger: logger)
        let configuration = loaded.relay
        let thread = configuration.adminSocket != nil || configuration.metrics != nil ? HTTPThread() : nil
        let admin = thread.flatMap { thread in
            configuration.adminSocket.map {
                AdminServer(control: control, socketPath: $0, on: thread, logger: logger)
            }
        }
        let metrics = thread.flatMap { thread in
            configuration.metrics.map { MetricsServer(control: control, address: $0, on: thread, logger: logger) }
        }
        do {
            try await admin?.start()
            if let bound = try await metrics?.start() { logger.info("metrics on http://\(bound)/metrics") }
        } catch {
            await admin?.stop()
            control.closeListeners()
            throw error
        }

        control.start()
        let service = ServiceNotification()
        let queue = DispatchQueue(label: "tern.control")
        let ended = AsyncStream<Void>.makeStream()
        control.whenEmpty = { ended.continuation.yield() }
        let signals = Signals(endsOnSignals ? [SIGTERM, SIGINT, SIGHUP, SIGUSR1] : [SIGHUP, SIGUSR1], queue: queue) {
            number in
            switch number {
            case SIGHUP: Task { await control.reload(because: "SIGHUP", service) }
            case SIGUSR1: Task { await control.drain(true) }
            default: ended.continuation.yield()
            }
        }
        let watch = FileWatch(configuration.watchedFiles, queue: queue) { files in
            Task { await control.reload(because: files.joined(separator: ", ") + " changed", service) }
        }
        defer { withExtendedLifetime((signals, watch)) {} }
        let watchdog = Self.watchdog(service, control, queue)
        logger.info(
            "relay started",
            metadata: [
                "version": "\(Self.version)", "loops": "\(control.loopCount)",
                "descriptors": .stringConvertible(descriptorLimit),
                "relay-addresses": "\(control.relayAddressText)",
            ])
        service.send(.ready, .status("serving on " + control.bound.map(\.description).joined(separator: " ")))
        onReady(control.bound)

        for await _ in ended.stream { break }
        service.send(.stopping)
        let allocations = await control.allocationCount()
        logger.info("relay stops", metadata: ["allocations": .stringConvertible(allocations)])
        watchdog?.cancel()
        async let adminEnd: Void? = admin?.stop()
        async let metricsEnd: Void? = metrics?.stop()
        if !control.stop(seconds: Self.stopSecondsMax) { logger.error("a loop did not end in time") }
        _ = await (adminEnd, metricsEnd)
    }

    private static func watchdog(
        _ service: ServiceNotification, _ control: LoopControl, _ queue: DispatchQueue
    ) -> (any DispatchSourceTimer)? {
        guard let microseconds = service.watchdogMicroseconds else { return nil }
        let timer = DispatchSource.makeTimerSource(queue: queue)
        timer.schedule(deadline: .now(), repeating: .microseconds(Int(microseconds / 2)))
        // A loop that hangs does not answer, and the service manager restarts the relay.
        timer.setEventHandler { Task { if await control.isAlive() { service.send(.watchdog) } } }
        timer.resume()
        return timer
    }
}

extension RelayConfiguration {
    /// Files whose change is a reload.
    var watchedFiles: [String] {
        [certificateFile, privateKeyFile, clientAuthorityFile, usersFile].compactMap(\.self) + secretFiles.map(\.path)
    }
}
