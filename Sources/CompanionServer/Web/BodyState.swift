import Companion
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTPTypes
import Synchronization

/// What became of a request's body.
final class BodyState: Sendable {
    private let consumed = Atomic(false)

    /// Whether all of it was read.
    var isConsumed: Bool {
        get { consumed.load(ordering: .relaxed) }
        set { consumed.store(newValue, ordering: .relaxed) }
    }
}

extension Request {
    /// Whether a body follows the head.
    var hasBody: Bool {
        if headers.contains(.transferEncoding) { return true }
        return headers[.contentLength].map { $0 != "0" } ?? false
    }

    /// The length that the head declares.
    var declaredLength: Int? { headers[.contentLength].flatMap(Int.init) }

    /// The whole body, of at most `limit` bytes, within `seconds`.
    func wholeBody(upTo limit: Int, within seconds: Int, _ context: WebContext) async throws -> ByteBuffer {
        if let declaredLength, declaredLength > limit { throw ServiceFailure.tooLarge }
        try await sendContinue(context)
        do {
            let bytes = try await withDeadline(seconds: seconds) { try await body.collect(upTo: limit) }
            context.body.isConsumed = true
            return bytes
        } catch is NIOTooManyBytesError {
            throw ServiceFailure.tooLarge
        } catch is DeadlineExceeded {
            throw ServiceFailure.bodyTimeout
        }
    }

    /// Tells a client that waits for it to send its body [RFC 9110 10.1.1].
    func sendContinue(_ context: WebContext) async throws {
        guard headers[.expect]?.lowercased() == "100-continue" else { return }
        try await context.channel.writeAndFlush(HTTPResponsePart.head(HTTPResponse(status: .continue)))
    }
}
