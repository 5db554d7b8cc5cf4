import Companion
import HTTPTypes
import Hummingbird
import Logging
import STUN
import Store

/// Does what is the same for every route: limits, origin, session, role, CSRF token, body. In this order: who may not
/// ask learns that before his body is looked at.
struct RouteRunner: Sendable {
    let sessions: any SessionKeeper
    let origins: OriginPolicy
    let limiter: RateLimiter
    let now: @Sendable () -> Int64

    /// The largest JSON body: what the API takes is small.
    static let jsonBytesMax = 16 * 1024
    /// A JSON body has to arrive within this many seconds.
    static let bodySeconds = 10

    func run(_ route: Route, _ request: Request, _ context: WebContext) async throws -> Response {
        if let budget = route.budget {
            try spend(budget, of: context.connection.client.ip.subscriber)
        }
        if !route.isSafe { try checkOrigin(request) }

        var principal: Principal?
        var token: String?
        if route.access != .anyone {
            token = SessionCookie.token(in: request.headers)
            guard let token,
                let found = try await sessions.authenticate(
                    token: token, address: context.connection.client.ip.description)
            else { throw ServiceFailure.notSignedIn }
            principal = found
            try spend(.session, of: found.sessionID)
            guard route.access != .admin || found.role == .admin else { throw ServiceFailure.forbidden }
            if !route.isSafe {
                guard let sent = request.headers[.csrfToken], sessions.isCSRFToken(sent, of: token) else {
                    throw ServiceFailure.csrf
                }
            }
        }
        let query = try route.readQuery(request)
        let body = try await readBody(route, request, context)
        let call = Call(
            request: request, context: context, body: body, query: query, principal: principal, token: token)
        return try await route.perform(call).response()
    }

    private func spend(_ budget: RateBudget, of key: some Hashable) throws {
        if let seconds = limiter.take(budget, of: key, now: now()) {
            throw ServiceFailure.tooMany(retryAfterSeconds: seconds)
        }
    }

    /// A browser names the site whose page sends the request. What is no browser has no session to be misused.
    private func checkOrigin(_ request: Request) throws {
        if let origin = request.headers[.origin] {
            guard origins.allows(origin: origin, host: request.head.authority) else {
                throw ServiceFailure.foreignOrigin
            }
        } else if let site = request.headers[.secFetchSite], site != "same-origin", site != "none" {
            throw ServiceFailure.foreignOrigin
        }
    }

    private func readBody(_ route: Route, _ request: Request, _ context: WebContext) async throws -> JSON {
        if case .file = route.input { return .null }
        guard request.hasBody else {
            if case .json(let schema) = route.input { throw Self.invalid(schema.problem(with: .null)) }
            return .null
        }
        // A form can be sent by any site's page without asking; this type cannot [Fetch 4.10, ASVS 3.5.2].
        guard MediaType.isJSON(request.headers[.contentType]) else { throw ServiceFailure.mediaType }
        let bytes = try await request.wholeBody(upTo: Self.jsonBytesMax, within: Self.bodySeconds, context)
        let document: JSON
        do {
            document = try JSONParser.parse(bytes.readableBytesView)
        } catch {
            throw ServiceFailure.invalid("The body is no JSON: \(error.reason), at byte \(error.offset).")
        }
        if case .json(let schema) = route.input, let problem = schema.problem(with: document) {
            throw Self.invalid(problem)
        }
        return document
    }

    private static func invalid(_ problem: String?) -> ServiceFailure {
        ServiceFailure.invalid((problem ?? "the body is missing") + ".")
    }
}

extension Route {
    /// The query as an object, checked against the table.
    fileprivate func readQuery(_ request: Request) throws -> JSON {
        var members: [String: JSON] = [:]
        let sent = request.uri.queryParameters
        for field in query {
            guard let text = sent[Substring(field.name)].map(String.init) else { continue }
            if case .integer = field.schema {
                guard let number = Int64(text) else {
                    throw ServiceFailure.invalid("\"\(field.name)\" has to be a whole number.")
                }
                members[field.name] = .integer(number)
            } else {
                members[field.name] = .text(text)
            }
        }
        let document = JSON.object(members)
        if let problem = Schema.object(query).problem(with: document) {
            throw ServiceFailure.invalid(problem + ".")
        }
        return document
    }
}

enum MediaType {
    /// Whether a Content-Type is JSON, whatever parameters it has.
    static func isJSON(_ value: String?) -> Bool { essence(value) == "application/json" }

    /// Type and subtype in lower case.
    static func essence(_ value: String?) -> String? {
        value?.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }.lowercased()
    }
}

extension HTTPField.Name {
    static let csrfToken = HTTPField.Name("X-CSRF-Token")!
    static let secFetchSite = HTTPField.Name("Sec-Fetch-Site")!
    static let fileName = HTTPField.Name("X-File-Name")!
}
