import NIOCore
import NIOHTTP1

/// One connection: puts its requests together and has them answered one after the other. Each of its phases has a
/// deadline, and the next request is looked at when the answer before it was taken.
final class HTTPConnection: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    enum Event: Sendable {
        /// Bytes have come, whether or not they make up a part of a request yet.
        case bytes
        /// The service stops.
        case stop
    }
    private enum Phase {
        /// No request is complete; nothing of it may have come yet.
        case receiving
        /// The responder has the request.
        case answering
        /// The client is sent the answer.
        case delivering
        /// The last answer was sent. A socket that is closed with unread bytes resets the connection, and the client
        /// may lose the answer [RFC 9112 9.6]: what still comes is thrown away for a while.
        case leaving
    }
    private enum Input {
        case part(HTTPServerRequestPart)
        case refusal(HTTPRefusal)
        case end
    }

    private let responder: any HTTPResponder
    private let limits: HTTPLimits
    /// An answer may come when the service has stopped, and still needs its thread.
    private let thread: HTTPThread
    private var phase = Phase.receiving
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    private var hasBegun = false
    /// What came with a request behind it; no more than one read brings.
    private var waiting = CircularBuffer<Input>()
    private var readIsHeld = false
    private var hasFailed = false
    private var isLast = false
    private var isStopping = false
    private var deadline: Scheduled<Void>?

    init(_ responder: any HTTPResponder, _ limits: HTTPLimits, _ thread: HTTPThread) {
        (self.responder, self.limits, self.thread) = (responder, limits, thread)
    }

    // MARK: What comes

    func channelActive(context: ChannelHandlerContext) {
        receive(context)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { take(.part(unwrapInboundIn(data)), context) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The parser complains once more of each read after its first error.
        guard !hasFailed else { return }
        guard let error = error as? HTTPParserError else { return context.close(promise: nil) }
        hasFailed = true
        let tooLarge = HTTPRefusal.headerTooLarge(bytesMax: limits.headerBytesMax, fieldsMax: limits.headerFieldsMax)
        take(.refusal(error == .headerOverflow ? tooLarge : .malformed), context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case Event.bytes: if phase == .receiving { begin(context) }
        case Event.stop: stop(context)
        case ChannelEvent.inputClosed: take(.end, context)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func read(context: ChannelHandlerContext) {
        switch phase {
        case .receiving, .leaving: context.read()
        case .answering, .delivering: readIsHeld = true
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        phase = .leaving
        deadline?.cancel()
    }

    private func take(_ input: Input, _ context: ChannelHandlerContext) {
        switch phase {
        case .receiving: handle(input, context)
        case .answering, .delivering: waiting.append(input)
        case .leaving: if case .end = input { context.close(promise: nil) }
        }
    }

    // MARK: A request

    private func receive(_ context: ChannelHandlerContext) {
        phase = .receiving
        hasBegun = false
        within(limits.idleMilliseconds, context) { context.close(promise: nil) }
        while phase == .receiving, let input = waiting.popFirst() { handle(input, context) }
        if phase == .receiving { release(context) }
    }

    private func begin(_ context: ChannelHandlerContext) {
        guard !hasBegun else { return }
        hasBegun = true
        within(limits.requestMilliseconds, context) {
            self.refuse(.tooSlow(milliseconds: self.limits.requestMilliseconds), context)
        }
    }

    private func handle(_ input: Input, _ context: ChannelHandlerContext) {
        switch input {
        case .part(.head(let next)):
            begin(context)
            head = next
            let length = next.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
            guard length <= limits.bodyBytesMax else { return refuseBody(context) }
            if next.headers[canonicalForm: "expect"].contains(where: { $0.lowercased() == "100-continue" }) {
                let head = HTTPResponseHead(version: .http1_1, status: .continue)
                context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
            }
        case .part(.body(let bytes)):
            guard body.count + bytes.readableBytes <= limits.bodyBytesMax else { return refuseBody(context) }
            body += bytes.readableBytesView
        case .part(.end): answer(context)
        case .refusal(let refusal): refuse(refusal, context)
        case .end: context.close(promise: nil)
        }
    }

    // MARK: Its answer

    private func answer(_ context: ChannelHandlerContext) {
        guard let head else { return }
        phase = .answering
        // Behind an upgrade the parser sees no further request.
        isLast = isLast || !head.isKeepAlive || head.headers.contains(name: "upgrade") || head.method == .CONNECT
        within(limits.answerMilliseconds, context) {
            self.refuse(.noAnswer(milliseconds: self.limits.answerMilliseconds), context)
        }
        let request = HTTPRequest(method: head.method.rawValue, target: head.uri, body: body)
        context.eventLoop.makeFutureWithTask { [responder] in await responder.answer(request) }
            .assumeIsolated().whenSuccess { response in
                guard self.phase == .answering else { return }
                self.deliver(response, context)
            }
    }

    private func refuseBody(_ context: ChannelHandlerContext) {
        refuse(.bodyTooLarge(bytesMax: limits.bodyBytesMax), context)
    }

    private func refuse(_ refusal: HTTPRefusal, _ context: ChannelHandlerContext) {
        isLast = true
        deliver(responder.answer(refusal), context)
    }

    private func deliver(_ response: HTTPResponse, _ context: ChannelHandlerContext) {
        phase = .delivering
        within(limits.deliveryMilliseconds, context) { context.close(promise: nil) }
        var headers = HTTPHeaders(response.headers.map { ($0.name, $0.value) })
        headers.add(name: "Content-Length", value: String(response.body.count))
        if isLast {
            headers.add(name: "Connection", value: "close")
        } else if head?.version == .http1_0 {
            headers.add(name: "Connection", value: "keep-alive")
        }
        let status = HTTPResponseStatus(statusCode: response.status.rawValue)
        context.write(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))), promise: nil)
        let bytes = ByteBuffer(bytes: head?.method == .HEAD ? [] : response.body)
        let isDelivered = context.eventLoop.makePromise(of: Void.self)
        isDelivered.futureResult.assumeIsolated().whenSuccess { self.goOn(context) }
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: isDelivered)
    }

    private func goOn(_ context: ChannelHandlerContext) {
        guard phase == .delivering else { return }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        head = nil
        body = []
        if isLast { leave(context) } else { receive(context) }
    }

    // MARK: The end

    private func leave(_ context: ChannelHandlerContext) {
        phase = .leaving
        let hasEnded = waiting.contains { if case .end = $0 { true } else { false } }
        waiting = []
        guard !isStopping, !hasEnded else { return context.close(promise: nil) }
        context.close(mode: .output, promise: nil)
        within(limits.lingerMilliseconds, context) { context.close(promise: nil) }
        release(context)
    }

    private func stop(_ context: ChannelHandlerContext) {
        isStopping = true
        isLast = true
        if phase == .receiving || phase == .leaving { context.close(promise: nil) }
    }

    private func release(_ context: ChannelHandlerContext) {
        guard readIsHeld else { return }
        readIsHeld = false
        context.read()
    }

    /// Every phase has one deadline, in place of that of the phase before.
    private func within(
        _ milliseconds: Int64, _ context: ChannelHandlerContext, orElse action: @escaping () -> Void
    ) {
        deadline?.cancel()
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(milliseconds), action)
    }
}

/// Says that bytes came before the parser has them: a request that does not become complete is known by them alone.
final class ArrivalWatch: ChannelInboundHandler {
    typealias InboundIn = NIOAny
    typealias InboundOut = NIOAny

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.fireUserInboundEventTriggered(HTTPConnection.Event.bytes)
        context.fireChannelRead(data)
    }
}
