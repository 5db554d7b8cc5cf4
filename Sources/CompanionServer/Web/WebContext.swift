import Hummingbird
import Logging
import NIOCore

/// What a request's context is made from.
struct WebRequestSource: RequestContextSource {
    let logger: Logger
    let connection: ConnectionInfo
    let channel: any Channel
}

/// What is known of a request beside what it says itself.
struct WebContext: RequestContext {
    typealias Source = WebRequestSource

    var coreContext: CoreRequestContextStorage
    /// The connection it came through; who is at its other end.
    let connection: ConnectionInfo
    /// Names the request.
    let requestID: String
    /// Whether the body was read; one that was not ends the connection with the answer.
    let body = BodyState()
    let channel: any Channel

    init(source: WebRequestSource) {
        coreContext = CoreRequestContextStorage(source: source)
        connection = source.connection
        requestID = RequestIdentifier.make()
        channel = source.channel
    }
}
