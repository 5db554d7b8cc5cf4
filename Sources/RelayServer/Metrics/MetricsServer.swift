import Foundation
public import LocalHTTP
public import Logging
public import STUN
import Synchronization

/// Serves `/metrics`, `/livez` and `/readyz` over HTTP on a listener of their own.
///
/// What it tells has no user names and no client addresses; still it belongs on a loopback or inner address.
public final class MetricsServer: Sendable {
    private let service: HTTPService
    private let bound: MetricsAddress

    /// A server for `control` at `address` (port 0: any); it does not listen yet.
    public convenience init(
        control: any RelayControl, address: TransportAddress, on thread: HTTPThread, logger: Logger
    ) {
        self.init(control: control, address: address, on: thread, logger: logger, patience: .seconds(5))
    }

    /// `patience`: how long the loops may take to answer before the relay counts as dead.
    init(
        control: any RelayControl, address: TransportAddress, on thread: HTTPThread, logger: Logger, patience: Duration
    ) {
        let bound = MetricsAddress(address)
        self.bound = bound
        service = HTTPService(name: "metrics", on: thread, logger: logger) {
            let address = bound.value.withLock { $0 }
            return HTTPService.Listener(
                at: .tcp(address: "\(address.ip)", port: address.port),
                responder: MetricsHandler(control: control, patience: patience),
                didListen: { port in
                    // Opened again, the listener keeps the port that its clients know.
                    if let port { bound.value.withLock { $0 = TransportAddress(ip: $0.ip, port: port) } }
                })
        }
    }

    /// Opens the listener; returns where it listens. Throws a one-line `ListenFailure` when it cannot.
    @discardableResult
    public func start() async throws -> TransportAddress {
        do {
            try await service.start()
        } catch {
            let address = bound.value.withLock { $0 }
            throw ListenFailure(
                description: "metrics: cannot listen on \(address): \(error); choose another with --metrics")
        }
        return bound.value.withLock { $0 }
    }

    /// Closes the listener.
    public func stop() async {
        await service.stop()
    }
}

/// Where the server listens, or is to.
private final class MetricsAddress: Sendable {
    let value: Mutex<TransportAddress>

    init(_ address: TransportAddress) { value = Mutex(address) }
}

/// Answers the three paths.
struct MetricsHandler: HTTPResponder {
    let control: any RelayControl
    let patience: Duration

    func answer(_ request: HTTPRequest) async -> HTTPResponse {
        guard request.method == "GET" || request.method == "HEAD" else {
            return Self.plain(.methodNotAllowed, "only GET and HEAD").allowing("GET, HEAD")
        }
        guard ["/metrics", "/livez", "/readyz"].contains(request.path) else {
            return Self.plain(.notFound, "there are /metrics, /livez and /readyz")
        }
        guard let status = await Deadline.value(within: patience, { [control] in await control.status() }) else {
            return Self.plain(.serviceUnavailable, "the event loops do not answer")
        }
        switch request.path {
        case "/metrics":
            return HTTPResponse(.ok, type: RelayMetrics.contentType, body: RelayMetrics.text(status).utf8)
        case "/readyz":
            let report = HealthReport(status)
            return HTTPResponse(
                report.ready ? .ok : .serviceUnavailable, type: "application/json", body: report.json)
        default:
            return Self.plain(.ok, "ok")
        }
    }

    func answer(_ refusal: HTTPRefusal) -> HTTPResponse { Self.plain(refusal.status, refusal.message) }

    private static func plain(_ status: HTTPStatus, _ line: String) -> HTTPResponse {
        HTTPResponse(status, type: "text/plain; charset=utf-8", body: "\(line)\n".utf8)
    }
}

/// Waits for what may never come. A task group would wait for its slowest child, so this one leaves it behind.
enum Deadline {
    static func value<Value: Sendable>(
        within patience: Duration, _ work: @escaping @Sendable () async -> Value
    ) async -> Value? {
        let (stream, continuation) = AsyncStream.makeStream(of: Value?.self)
        let worker = Task { continuation.yield(await work()) }
        let timer = Task {
            try? await Task.sleep(for: patience)
            continuation.yield(nil)
        }
        defer {
            worker.cancel()
            timer.cancel()
            continuation.finish()
        }
        for await value in stream { return value }
        return nil
    }
}
