import Companion
import HTTPTypes
import Hummingbird
import STUN
import Store

/// One route of the API: what the router knows of it, and what the API document says of it.
struct Route: Sendable {
    /// Who may use it.
    enum Access: Sendable { case anyone, signedIn, admin }

    /// What follows the head of a request.
    enum Input: Sendable {
        case nothing
        case json(Schema)
        /// A file, as raw bytes, which is never held as a whole.
        case file
    }

    /// What an answer holds.
    enum Output: Sendable {
        case json(status: Int, Schema)
        case nothing(status: Int)
        /// A file to be saved.
        case file
    }

    let method: HTTPRequest.Method
    /// Below `/api/v1`, parameters in braces: `/rooms/{id}/messages`.
    let path: String
    let access: Access
    let summary: String
    /// What may stand behind the question mark.
    var query: [Schema.Field] = []
    var input: Input = .nothing
    let output: Output
    /// Statuses of refusals beside those that every route of its kind has.
    var refusals: [Int] = []
    /// How often one address may, beside the limit for all requests.
    var budget: RateBudget?
    let perform: @Sendable (Call) async throws -> Answer

    /// Where all of the API is.
    static let base = "/api/v1"

    /// The path as the router takes it: `/api/v1/rooms/:id/messages`.
    var routerPath: String {
        Self.base + path.replacing("{", with: ":").replacing("}", with: "")
    }

    /// Names of the parameters in the path.
    var parameters: [String] {
        path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
    }

    /// What a list of pages takes behind the question mark.
    static func paging(max: Int) -> [Schema.Field] {
        [.optional("limit", .integer(1...Int64(max))), .optional("cursor", .text(bytes: 1...96))]
    }

    /// Whether a request may change something.
    var isSafe: Bool { method == .get }
}

/// A request that passed what is checked for every route, as a route sees it.
struct Call: Sendable {
    let request: Request
    let context: WebContext
    /// The body, checked against the route's schema.
    let body: JSON
    /// What stood behind the question mark, checked.
    let query: JSON
    /// Who asks.
    let principal: Principal?
    /// The session's token from the cookie.
    let token: String?

    /// The client's address.
    var address: String { context.connection.client.ip.description }

    /// What the client calls itself.
    var agent: String { String((request.headers[.userAgent] ?? "").prefix(Self.agentMax)) }
    private static let agentMax = 256

    /// Who asks, on routes for those who are signed in.
    func person() throws -> Principal {
        guard let principal else { throw ServiceFailure.notSignedIn }
        return principal
    }

    /// An identifier in the path. One that nobody could have been given is not looked up.
    func parameter(_ name: String) throws -> String {
        guard let value = context.parameters.get(name), (1...64).contains(value.utf8.count),
            value.utf8.allSatisfy({
                $0 == 0x2D || $0 == 0x5F || Character(Unicode.Scalar($0)).isLetter
                    || 0x30...0x39 ~= $0
            })
        else { throw ServiceFailure.notFound }
        return value
    }

    /// How many entries of a list are asked for.
    func limit(max: Int) -> Int { Int(query["limit"]?.integer ?? Int64(max)) }

    /// Where a list is to go on: what an earlier page gave out as `next`.
    func cursor() throws -> PageCursor? {
        guard let text = query["cursor"]?.text else { return nil }
        guard let cursor = PageCursor(text: text) else { throw ServiceFailure.cursor }
        return cursor
    }

    /// A required text of the body; the schema has seen to it that it is there.
    func text(_ name: String) throws -> String {
        guard let text = body[name]?.text else { throw ServiceFailure.invalid("\"\(name)\" is missing") }
        return text
    }
}

/// What a route answers.
struct Answer: Sendable {
    enum Content: Sendable {
        case nothing
        case json(JSON)
        /// A file that the client saves and no browser runs. The bytes may come one piece at a time.
        case file(name: String, type: String, body: ResponseBody)
    }

    var status = 200
    let content: Content
    var cookie: String?

    /// 200 with a document.
    static func json(_ document: JSON, status: Int = 200, cookie: String? = nil) -> Answer {
        Answer(status: status, content: .json(document), cookie: cookie)
    }

    /// 204.
    static let done = Answer(status: 204, content: .nothing)
}
