import Companion
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// The router with everything that answers over HTTP.
struct WebServer: Sendable {
    /// Where the API is described, for programs.
    static let documentPath = Route.base + "/openapi.json"

    private let responder: RouterResponder<WebContext>
    private let logger: Logger

    init(
        routes: [Route], pages: PageLibrary, runner: RouteRunner, serviceName: String,
        isReady: @escaping @Sendable () async -> Bool,
        logger: Logger
    ) {
        let router = Router(context: WebContext.self)
        let others: [(path: String, method: HTTPRequest.Method)] =
            ["/ws", "/livez", "/readyz", Self.documentPath].map { ($0, .get) }
            + pages.pages.keys.flatMap { [($0, .get), ($0, .head)] }
        router.add(
            middleware: WebMiddleware(
                limiter: runner.limiter,
                methods: MethodTable(routes.map { ($0.routerPath, $0.method) } + others), now: runner.now))
        for route in routes {
            router.on(RouterPath(route.routerPath), method: route.method) { request, context in
                try await runner.run(route, request, context)
            }
        }
        for (path, page) in pages.pages {
            router.on(RouterPath(path), method: .get) { request, _ in pages.response(page, to: request) }
            router.on(RouterPath(path), method: .head) { request, _ in
                pages.response(page, to: request).createHeadResponse()
            }
        }
        router.on("/ws", method: .get) { _, context -> Response in
            throw context.connection.refusal ?? ServiceFailure.upgradeRequired
        }
        let document = APIDocument.make(routes, serviceName: serviceName)
        router.on(RouterPath(Self.documentPath), method: .get) { _, _ in Answer.json(document).response() }
        router.on("/livez", method: .get) { _, _ in Answer.json(["status": "alive"]).response() }
        router.on("/readyz", method: .get) { _, _ in
            let ready = await isReady()
            return Answer.json(["status": ready ? "ready" : "not_ready"], status: ready ? 200 : 503).response()
        }
        responder = router.buildResponder()
        self.logger = logger
    }

    /// The answer to one request.
    func respond(_ request: Request, _ info: ConnectionInfo, _ channel: any Channel) async -> Response {
        let context = WebContext(source: WebRequestSource(logger: logger, connection: info, channel: channel))
        do {
            return try await responder.respond(to: request, context: context)
        } catch {
            // The middleware turns every failure into an answer.
            logger.error("request failed", metadata: ["cause": .string("\(error)")])
            return ServiceFailure.unexpected.response(requestID: context.requestID)
        }
    }
}
