/// Answers requests. What it is asked comes from several connections at a time.
public protocol HTTPResponder: Sendable {
    /// The answer to a request.
    func answer(_ request: HTTPRequest) async -> HTTPResponse

    /// The answer to what never became a request, in the form of the others; the connection ends after it.
    func answer(_ refusal: HTTPRefusal) -> HTTPResponse
}

/// Why the responder was not asked, or not waited for.
public enum HTTPRefusal: Sendable, Equatable {
    /// It is no HTTP/1.
    case malformed
    /// The line and header fields have more bytes, or there are more of them, than the service takes.
    case headerTooLarge(bytesMax: Int, fieldsMax: Int)
    /// The body has more bytes than the service takes.
    case bodyTooLarge(bytesMax: Int)
    /// The request was not complete in time.
    case tooSlow(milliseconds: Int64)
    /// The responder did not answer in time.
    case noAnswer(milliseconds: Int64)

    /// Its status.
    public var status: HTTPStatus {
        switch self {
        case .malformed: .badRequest
        case .headerTooLarge: .headerTooLarge
        case .bodyTooLarge: .contentTooLarge
        case .tooSlow: .requestTimeout
        case .noAnswer: .serviceUnavailable
        }
    }

    /// A word for programs.
    public var code: String {
        switch self {
        case .malformed: "bad-request"
        case .headerTooLarge, .bodyTooLarge: "too-large"
        case .tooSlow: "too-slow"
        case .noAnswer: "no-answer"
        }
    }

    /// A sentence for people, without its full stop.
    public var message: String {
        switch self {
        case .malformed: "this is no request of HTTP/1.1"
        case .headerTooLarge(let bytes, let fields):
            "a request's line and header have at most \(bytes) bytes and \(fields) fields"
        case .bodyTooLarge(let bytes): "a body has at most \(bytes) bytes"
        case .tooSlow(let milliseconds): "a request is complete within \(milliseconds) ms"
        case .noAnswer(let milliseconds): "there is no answer after \(milliseconds) ms"
        }
    }
}
