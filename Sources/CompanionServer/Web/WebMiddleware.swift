import Companion
import HTTPTypes
import Hummingbird
import Logging
import STUN
import Store
import Vault

/// The outermost layer: limits for all requests, one shape for every error, header fields for every answer, a line in
/// the log.
struct WebMiddleware: RouterMiddleware {
    typealias Context = WebContext

    let limiter: RateLimiter
    let methods: MethodTable
    let now: @Sendable () -> Int64

    func handle(
        _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var response: Response
        do {
            if let seconds = limiter.take(.address, of: context.connection.client.ip.subscriber, now: now()) {
                throw ServiceFailure.tooMany(retryAfterSeconds: seconds)
            }
            response = try await next(request, context)
        } catch {
            let failure = failure(for: error, request, context)
            response = failure.response(requestID: context.requestID)
            SecurityHeaders.apply(SecurityHeaders.api, to: &response.headers)
            switch failure.status {
            case 405: response.headers[.allow] = methods.methods(for: request.uri.path).joined(separator: ", ")
            case 426:
                // A next try needs a connection of its own: NIO looks for an upgrade in the first request alone.
                response.headers[.upgrade] = "websocket"
                response.headers[.connection] = "close"
            default: break
            }
        }
        response.headers[.requestID] = context.requestID
        // What was not read would be taken for the next request's start, or would have to be read to its end.
        if request.hasBody, !context.body.isConsumed { response.headers[.connection] = "close" }
        log(request, response, context, ContinuousClock.now - start)
        return response
    }

    private func failure(for error: any Error, _ request: Request, _ context: WebContext) -> ServiceFailure {
        switch error {
        case let failure as ServiceFailure: return failure
        case let error as HTTPError where error.status == .notFound:
            return methods.methods(for: request.uri.path).isEmpty ? .notFound : .notAllowed
        case VaultFailure.busy: return .busy
        case StoreFailure.full:
            report(error, context)
            return .storageFull
        case StoreFailure.overloaded, StoreFailure.locked:
            report(error, context)
            return .busy
        default:
            report(error, context)
            return .unexpected
        }
    }

    private func report(_ error: any Error, _ context: WebContext) {
        context.logger.error(
            "request failed",
            metadata: ["request": .string(context.requestID), "cause": .string(String(describing: error))])
    }

    /// Which route, not which path: identifiers and tickets stay out of the log.
    private func log(_ request: Request, _ response: Response, _ context: WebContext, _ duration: Duration) {
        let status = response.status.code
        let level: Logger.Level = status >= 500 ? .warning : status >= 400 ? .info : .debug
        context.logger.log(
            level: level, "request",
            metadata: [
                "request": .string(context.requestID), "client": .string(context.connection.client.ip.description),
                "method": .string(methods.known(request.method)), "route": .string(context.endpointPath ?? "none"),
                "status": .stringConvertible(status),
                "milliseconds": .stringConvertible(duration / .milliseconds(1)),
            ])
    }
}

/// Which methods a path has, for answers to those that it does not have.
struct MethodTable: Sendable {
    private let entries: [(pieces: [Substring], method: String)]

    /// `routes`: router paths with `:name` for parameters.
    init(_ routes: [(path: String, method: HTTPRequest.Method)]) {
        entries = routes.map { ($0.path.split(separator: "/"), $0.method.rawValue) }
    }

    /// As the router does it: a word in a path comes before a parameter in the same place.
    func methods(for path: String) -> [String] {
        let pieces = path.split(separator: "/")
        let matching = entries.filter { entry in
            entry.pieces.count == pieces.count
                && zip(entry.pieces, pieces).allSatisfy { $0.hasPrefix(":") || $0 == $1 }
        }
        func words(_ pieces: [Substring]) -> Int { pieces.count { !$0.hasPrefix(":") } }
        let most = matching.map { words($0.pieces) }.max() ?? 0
        return Set(matching.filter { words($0.pieces) == most }.map(\.method)).sorted()
    }

    /// The method as the log shows it: a stranger's word only when it is a known one.
    func known(_ method: HTTPRequest.Method) -> String {
        ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].contains(method.rawValue)
            ? method.rawValue : "other"
    }
}

extension HTTPField.Name {
    static let requestID = HTTPField.Name("X-Request-Id")!
}
