import Companion
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Closes a connection whose client leaves unread what it was sent.
final class StallGuard: ChannelInboundHandler {
    typealias InboundIn = NIOAny
    typealias InboundOut = NIOAny

    private let limit: TimeAmount
    private var deadline: Scheduled<Void>?

    init(seconds: Int64) { limit = .seconds(seconds) }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        deadline?.cancel()
        deadline = nil
        if !context.channel.isWritable {
            let channel = context.channel
            deadline = context.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
        }
        context.fireChannelWritabilityChanged()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
    }
}

/// Answers what is no HTTP with one 400 in the shape of every error, then closes.
///
/// The framework would answer only once a first request was understood, and without a body.
final class ProtocolErrorHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private var unanswered = 0
    private var hasFailed = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasFailed else { return }
        if case .head = unwrapInboundIn(data) { unanswered += 1 }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { unanswered -= 1 }
        context.write(data, promise: promise)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError else {
            context.fireErrorCaught(error)
            return
        }
        guard !hasFailed else { return }
        hasFailed = true
        guard unanswered == 0 else {
            // An answer may be half written: there is no place for another one.
            context.close(promise: nil)
            return
        }
        let failure: ServiceFailure = error as? HTTPParserError == .headerOverflow ? .headersTooLarge : .malformed
        let body = failure.document(requestID: RequestIdentifier.make())
        var head = HTTPResponseHead(
            version: .http1_1, status: .init(statusCode: failure.status), headers: HTTPHeaders(SecurityHeaders.api))
        head.headers.add(name: "content-type", value: "application/json")
        head.headers.add(name: "content-length", value: String(body.utf8.count))
        head.headers.add(name: "connection", value: "close")
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))), promise: nil)
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(promise: nil) }
    }
}

/// After an answer with `Connection: close`: ends the sending side, throws away what still arrives, then closes.
///
/// A socket that is closed with unread bytes resets the connection, and the client may lose the answer
/// [RFC 9112 9.6]: one whose upload was refused would not learn why.
final class LingeringClose: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private static let seconds: Int64 = 2
    private static let bytesMax = 4 << 20

    private var endsAfterAnswer = false
    private var discarded: Int?
    private var deadline: Scheduled<Void>?

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            endsAfterAnswer = head.headerFields[.connection] == "close"
            context.write(data, promise: promise)
        case .end where endsAfterAnswer && discarded == nil:
            discarded = 0
            context.writeAndFlush(data, promise: promise)
            let channel = context.channel
            channel.close(mode: .output).whenFailure { _ in channel.close(promise: nil) }
            deadline = context.eventLoop.scheduleTask(in: .seconds(Self.seconds)) { channel.close(promise: nil) }
            context.read()
        default:
            context.write(data, promise: promise)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let count = discarded else {
            context.fireChannelRead(data)
            return
        }
        if case .body(let bytes) = unwrapInboundIn(data) { discarded = count + bytes.readableBytes }
        if count > Self.bytesMax { context.close(promise: nil) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        // The handlers behind this one ask for more only when they consume what they have.
        if discarded != nil { context.read() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if discarded != nil, event as? ChannelEvent == .inputClosed { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
    }
}
