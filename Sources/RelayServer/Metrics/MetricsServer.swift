import FlyingFox
import FlyingSocks
import Foundation
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
    public convenience init(control: any RelayControl, address: TransportAddress, logger: Logger) {
        self.init(control: control, address: address, logger: logger, patience: .seconds(5))
    }

    /// `patience`: how long the loops may take to answer before the relay counts as dead.
    init(control: any RelayControl, address: TransportAddress, logger: Logger, patience: Duration) {
        let bound = MetricsAddress(address)
        self.bound = bound
        service = HTTPService(name: "metrics", logger: logger) {
            let handler = MetricsHandler(control: control, patience: patience)
            let address = bound.value.withLock { $0 }
            let server: HTTPServer =
                if address.family == .ipv4 {
                    .quiet(at: try sockaddr_in.inet(ip4: "\(address.ip)", port: address.port), handler: handler)
                } else {
                    .quiet(at: try sockaddr_in6.inet6(ip6: "\(address.ip)", port: address.port), handler: handler)
                }
            return HTTPService.Listener(
                server: server,
                didListen: { socketAddress in
                    switch socketAddress {
                    // Opened again, the listener keeps the port that its clients know.
                    case .ip4(_, let port), .ip6(_, let port):
                        bound.value.withLock { $0 = TransportAddress(ip: $0.ip, port: port) }
                    default: break
                    }
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
struct MetricsHandler: HTTPHandler {
    let control: any RelayControl
    let patience: Duration

    func handleRequest(_ request: HTTPRequest) async throws -> HTTPResponse {
        _ = try await request.body(bytesMax: 0)
        guard request.method == .GET || request.method == .HEAD else {
            return Self.plain(.methodNotAllowed, "only GET and HEAD\n", [HTTPHeader("Allow"): "GET, HEAD"])
        }
        var response = await answer(request.path)
        if request.method == .HEAD { response.payload = .httpBody(HTTPBodySequence()) }
        return response
    }

    private func answer(_ path: String) async -> HTTPResponse {
        guard ["/metrics", "/livez", "/readyz"].contains(path) else {
            return Self.plain(.notFound, "there are /metrics, /livez and /readyz\n")
        }
        guard let status = await Deadline.value(within: patience, { [control] in await control.status() }) else {
            return Self.plain(.serviceUnavailable, "the event loops do not answer\n")
        }
        switch path {
        case "/metrics":
            return HTTPResponse(
                statusCode: .ok, headers: [.contentType: RelayMetrics.contentType],
                body: Data(RelayMetrics.text(status).utf8))
        case "/readyz":
            let report = HealthReport(status)
            return HTTPResponse(
                statusCode: report.ready ? .ok : .serviceUnavailable, headers: [.contentType: "application/json"],
                body: report.json)
        default:
            return Self.plain(.ok, "ok\n")
        }
    }

    private static func plain(_ status: HTTPStatusCode, _ text: String, _ headers: HTTPHeaders = [:]) -> HTTPResponse {
        var headers = headers
        headers[.contentType] = "text/plain; charset=utf-8"
        return HTTPResponse(statusCode: status, headers: headers, body: Data(text.utf8))
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
