import FlyingFox
import FlyingSocks
import Foundation
import Logging
import Synchronization

/// An HTTP server that goes on. The library's server ends when accepting fails once (no descriptor left, a
/// connection gone before it was accepted); this one then starts another.
actor HTTPService {
    /// A server about to listen, and what to do around that.
    struct Listener: Sendable {
        var server: HTTPServer
        /// Called as soon as it listens; may still refuse.
        var didListen: @Sendable (Socket.Address?) throws -> Void = { _ in }
        /// Called when it does not come to listen.
        var didFail: @Sendable () -> Void = {}
    }

    private let name: String
    private let logger: Logger
    private let makeListener: @Sendable () throws -> Listener
    private var server: HTTPServer?
    private var supervisor: Task<Void, Never>?
    private var isStopped = false

    /// Between a server's end and the next attempt.
    private static let pause = Duration.seconds(1)
    /// The time in which a server has to come to listen; on a machine that is busy it takes seconds.
    private static let patience = Duration.seconds(30)

    init(name: String, logger: Logger, makeListener: @escaping @Sendable () throws -> Listener) {
        self.name = name
        self.logger = logger
        self.makeListener = makeListener
    }

    /// Returns once the service listens; throws when it cannot.
    func start() async throws {
        let run = try await listen()
        supervisor = Task { await supervise(run) }
    }

    /// Closes the listener and its connections; requests under way get a moment.
    func stop() async {
        isStopped = true
        supervisor?.cancel()
        await server?.stop(timeout: 0.1)
        server = nil
    }

    private func supervise(_ first: Task<String, Never>) async {
        var run = first
        while true {
            let reason = await run.value
            guard !isStopped else { return }
            logger.warning("\(name) listener ended and is opened again", metadata: ["reason": "\(reason)"])
            while true {
                try? await Task.sleep(for: Self.pause)
                guard !isStopped else { return }
                do {
                    run = try await listen()
                    break
                } catch {
                    logger.warning("\(name) listener cannot be opened again yet", metadata: ["reason": "\(error)"])
                }
            }
        }
    }

    private func listen() async throws -> Task<String, Never> {
        let listener = try makeListener()
        let next = listener.server
        let outcome = HTTPOutcome()
        // The library tells of failures only by the end of run().
        let run = Task {
            do {
                try await next.run()
            } catch {
                outcome.reason.withLock { $0 = Self.words(error) }
            }
            return outcome.reason.withLock { reason in
                reason = reason ?? "ended"
                return reason ?? ""
            }
        }
        do {
            let deadline = ContinuousClock.now + Self.patience
            while !(await next.isListening) {
                if let reason = outcome.reason.withLock({ $0 }) { throw ListenFailure(description: reason) }
                guard ContinuousClock.now < deadline else {
                    throw ListenFailure(description: "does not come to listen")
                }
                try await Task.sleep(for: .milliseconds(2))
            }
            try listener.didListen(await next.listeningAddress)
            guard !isStopped else { throw CancellationError() }
        } catch {
            listener.didFail()
            await next.stop()
            throw error
        }
        server = next
        return run
    }

    private static func words(_ error: any Error) -> String {
        guard case SocketError.failed(_, let number, _) = error else { return "\(error)" }
        return String(cString: strerror(number))
    }
}

/// Why a server ended; nil while it runs.
private final class HTTPOutcome: Sendable {
    let reason = Mutex<String?>(nil)
}

/// The library's socket pool, with an end to patience: connections that say nothing, and those beyond a number, are
/// closed. The library itself keeps every connection for ever.
struct HTTPPool: AsyncSocketPool {
    private let base: any AsyncSocketPool
    private let waiting = HTTPWaiting()
    private let idle: Duration
    private let connectionsMax: Int

    init(idle: Duration = .seconds(60), connectionsMax: Int = 128) {
        base = HTTPServer.defaultPool()
        self.idle = idle
        self.connectionsMax = connectionsMax
    }

    func prepare() async throws { try await base.prepare() }

    func run() async throws { try await base.run() }

    func suspendSocket(_ socket: Socket, untilReadyFor events: Socket.Events) async throws {
        guard !Self.isListener(socket) else { return try await base.suspendSocket(socket, untilReadyFor: events) }
        // A connection waits nearly all of its life, so those that wait are as good as all.
        let others = waiting.count.wrappingAdd(1, ordering: .relaxed).oldValue
        defer { waiting.count.wrappingSubtract(1, ordering: .relaxed) }
        guard others < connectionsMax else { throw SocketError.disconnected }
        try await withThrowingTaskGroup(of: Void.self) { [base, idle] group in
            group.addTask { try await base.suspendSocket(socket, untilReadyFor: events) }
            group.addTask {
                try await Task.sleep(for: idle)
                throw SocketError.disconnected
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private static func isListener(_ socket: Socket) -> Bool {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(socket.file.rawValue, SOL_SOCKET, SO_ACCEPTCONN, &value, &length) == 0 && value != 0
    }
}

private final class HTTPWaiting: Sendable {
    let count = Atomic<Int>(0)
}

extension HTTPServer {
    /// A server at `address` that logs nothing itself.
    static func quiet(at address: some SocketAddress, handler: some HTTPHandler) -> HTTPServer {
        HTTPServer(
            config: Configuration(
                address: address, timeout: 15, sharedRequestBufferSize: AdminAPI.requestBodyBytesMax,
                sharedRequestReplaySize: AdminAPI.requestBodyBytesMax, pool: HTTPPool(), logger: .disabled),
            handler: handler)
    }
}

extension HTTPRequest {
    /// The body, or nil when it has more than `bytesMax` bytes; it is read to its end either way, because what
    /// stays unread would be taken for the next request.
    func body(bytesMax: Int) async throws -> Data? {
        var body = Data()
        var fits = true
        for try await chunk in bodySequence {
            fits = fits && body.count + chunk.count <= bytesMax
            if fits { body.append(chunk) }
        }
        return fits ? body : nil
    }
}
