import Companion
import HTTPTypes
import Hummingbird

extension ServiceFailure {
    /// The body of the answer: the same shape for every error.
    func document(requestID: String) -> String {
        let error: JSON = ["code": .text(code), "message": .text(message), "request_id": .text(requestID)]
        return JSON.object(["error": error]).document
    }

    /// The answer.
    func response(requestID: String) -> Response {
        var headers: HTTPFields = [.contentType: "application/json"]
        if let retryAfterSeconds { headers[.retryAfter] = String(retryAfterSeconds) }
        return Response(
            status: .init(code: status), headers: headers,
            body: .init(byteBuffer: ByteBuffer(string: document(requestID: requestID))))
    }

    static let foreignOrigin = ServiceFailure(
        code: "foreign_origin", status: 403, message: "The request comes from another site.")
    static let csrf = ServiceFailure(
        code: "csrf", status: 403, message: "The X-CSRF-Token header is missing or not this session's.")
    static let notAllowed = ServiceFailure(
        code: "method_not_allowed", status: 405, message: "This is not done with that method.")
    static let bodyTimeout = ServiceFailure(
        code: "timeout", status: 408, message: "The body did not arrive in time.")
    static let lengthRequired = ServiceFailure(
        code: "length_required", status: 411, message: "Send the body's length as Content-Length.")
    static let tooLarge = ServiceFailure(code: "too_large", status: 413, message: "The body is too large.")
    static let mediaType = ServiceFailure(
        code: "unsupported_media_type", status: 415, message: "Send the body with the Content-Type this route takes.")
    static let upgradeRequired = ServiceFailure(
        code: "upgrade_required", status: 426,
        message: "This is a WebSocket: open it as the first request of a connection, with protocol tern.v1.")
    static let malformed = ServiceFailure(
        code: "malformed_request", status: 400, message: "This is no well-formed HTTP request.")
    static let headersTooLarge = ServiceFailure(
        code: "headers_too_large", status: 431, message: "The request's header is too large.")
    static let unexpected = ServiceFailure(
        code: "internal", status: 500, message: "Something failed here; the log names it by the request's id.")
}
