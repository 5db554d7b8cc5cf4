public import Companion
import Logging
import NIOCore
import NIOPosix

/// The companion as a server: listeners, routes, sockets and pages around the services.
public final class CompanionServerApp: Sendable {
    private let parts: ServerParts
    private let settings: CompanionServerSettings
    private let logger: Logger
    private let now: @Sendable () -> Int64
    private let stopping: AsyncStream<Void>
    private let stopSignal: AsyncStream<Void>.Continuation

    /// A server of these services; it does not listen yet.
    public convenience init(core: CompanionCore, services: CompanionServices, settings: CompanionServerSettings) {
        self.init(
            parts: ServerParts(core, services), settings: settings, logger: core.logger,
            now: core.surroundings.now)
    }

    init(
        parts: ServerParts, settings: CompanionServerSettings, logger: Logger, now: @escaping @Sendable () -> Int64
    ) {
        self.parts = parts
        self.settings = settings
        self.logger = logger
        self.now = now
        (stopping, stopSignal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Runs services and listeners until `stop` is called or the task is cancelled. Once only.
    ///
    /// - Parameter onReady: called once with the listeners as they are bound, when clients are served.
    /// - Throws: `ListenFailure` when a listener cannot be opened, and what the services throw when their data cannot
    ///   be used; nothing stays open then.
    public func run(onReady: @Sendable ([BoundListener]) async -> Void) async throws {
        try await parts.start()
        let table = ConnectionTable(limits: settings.edge.limits)
        let identity = try settings.edge.tls.map { listener throws(ListenFailure) in try TLSIdentity(listener) }
        let listeners = try await openListeners(identity, table)

        // Not children of this task: they end in their own time, after the listeners, whatever is cancelled.
        let serving = Task {
            await withTaskGroup(of: Void.self) { group in
                for listener in listeners { group.addTask { await listener.serve() } }
            }
        }
        let running = Task { await parts.run() }
        let watching = Task { await watchCertificate(identity) }
        for listener in listeners { logger.info("companion listens", metadata: ["on": "\(listener.bound)"]) }
        await onReady(listeners.map(\.bound))
        for await _ in stopping { break }

        logger.info("companion stops", metadata: ["connections": "\(table.count)"])
        watching.cancel()
        for listener in listeners { await listener.close() }
        await parts.stop()
        table.quiesce()
        let ending = Task {
            try? await Task.sleep(for: .milliseconds(settings.edge.limits.stopMilliseconds))
            table.closeAll()
            serving.cancel()
        }
        await serving.value
        ending.cancel()
        running.cancel()
        await running.value
    }

    /// Ends `run`: takes no more connections, lets answers that are under way end for a moment, closes the rest.
    public func stop() {
        stopSignal.yield()
    }

    private func openListeners(_ identity: TLSIdentity?, _ table: ConnectionTable) async throws -> [EdgeListener] {
        let origins = OriginPolicy(settings.allowedOrigins)
        let limiter = RateLimiter(factor: settings.rateFactor)
        let web = WebServer(
            routes: parts.routes, pages: parts.pages,
            runner: RouteRunner(sessions: parts.sessions, origins: origins, limiter: limiter, now: now),
            serviceName: parts.serviceName, isReady: parts.isReady, logger: logger)
        let conversation = SocketConversation(attach: parts.attach)
        let gate = SocketGate(
            sessions: parts.sessions, redeem: parts.redeem, origins: origins, limiter: limiter, now: now)
        func channel(_ source: EdgeChannel.Source) -> EdgeChannel {
            EdgeChannel(
                source: source, limits: settings.edge.limits, table: table, gate: gate,
                respond: { await web.respond($0, $1, $2) }, converse: { await conversation.run($0, $1, $2) })
        }

        let group = MultiThreadedEventLoopGroup.singleton
        var listeners: [EdgeListener] = []
        do {
            if let identity, let tls = settings.edge.tls {
                listeners.append(try await .tls(tls, channel(.tls(identity)), group: group, logger: logger))
            }
            if let path = settings.edge.handOverSocket {
                listeners.append(try await .handOver(path, channel(.relay), group: group, logger: logger))
            }
        } catch {
            for listener in listeners { await listener.close() }
            throw error
        }
        guard !listeners.isEmpty else {
            throw ListenFailure("the companion has no listener; configure its TLS address or the hand-over socket")
        }
        return listeners
    }

    private func watchCertificate(_ identity: TLSIdentity?) async {
        guard let identity else { return }
        while true {
            guard (try? await Task.sleep(for: .seconds(settings.certificateCheckSeconds))) != nil else { return }
            do {
                if try identity.reloadIfChanged() { logger.info("certificate reloaded") }
            } catch {
                logger.error("the new certificate is not used", metadata: ["cause": "\(error)"])
            }
        }
    }
}
