import NIOCore
import NIOWebSocket

/// WebSocket frames on one side, messages on the other; heartbeats and the closing handshake in between.
final class SocketHandler: ChannelDuplexHandler {
    typealias InboundIn = WebSocketFrame
    typealias InboundOut = String
    typealias OutboundIn = SocketOutput
    typealias OutboundOut = WebSocketFrame

    /// Between two pings. Networks forget a connection that is silent for longer than half a minute.
    static let pingSeconds: Int64 = 20
    /// A client that is silent for so long, pongs included, is gone.
    static let silenceSeconds: Int64 = 60
    /// How long the client has to answer a closing frame.
    static let closeSeconds: Int64 = 1

    private let pingInterval: TimeAmount
    private let silentPingsMax: Int64
    private var frames = SocketFrames()
    private var silentPings: Int64 = 0
    private var isClosing = false
    private var heartbeat: RepeatedTask?
    private var deadline: Scheduled<Void>?

    init(pingMilliseconds: Int64 = pingSeconds * 1000, silenceMilliseconds: Int64 = silenceSeconds * 1000) {
        pingInterval = .milliseconds(pingMilliseconds)
        silentPingsMax = silenceMilliseconds / pingMilliseconds
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        heartbeat = context.eventLoop.scheduleRepeatedTask(initialDelay: pingInterval, delay: pingInterval) { _ in
            let (handler, context) = bound.value
            handler.beat(context)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        heartbeat?.cancel()
        deadline?.cancel()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        silentPings = 0
        let action = frames.receive(unwrapInboundIn(data))
        // After our closing frame only the client's is waited for.
        if isClosing, action != .closed { return }
        switch action {
        case .nothing: break
        case .message(let text): context.fireChannelRead(wrapInboundOut(text))
        case .pong(let bytes):
            // Whoever does not read what he is sent gets no more of it.
            guard context.channel.isWritable else { break }
            context.writeAndFlush(frame(.pong, bytes), promise: nil)
        case .closed:
            if !isClosing { sendClose(1000, "", context) }
            context.close(promise: nil)
        case .refuse(let code):
            sendClose(UInt16(webSocketErrorCode: code), "", context)
            context.close(mode: .input, promise: nil)
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isClosing else {
            promise?.succeed()
            return
        }
        switch unwrapOutboundIn(data) {
        case .text(let text):
            context.write(frame(.text, ByteBuffer(string: text)), promise: promise)
        case .close(let code, let reason):
            sendClose(code, reason, context)
            promise?.succeed()
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? NIOWebSocketError else {
            context.fireErrorCaught(error)
            return
        }
        sendClose(error == .invalidFrameLength ? 1009 : 1002, "", context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent { sendClose(1001, "restart", context) }
        context.fireUserInboundEventTriggered(event)
    }

    private func beat(_ context: ChannelHandlerContext) {
        frames.heartbeat()
        guard silentPings < silentPingsMax else {
            context.close(promise: nil)
            return
        }
        silentPings += 1
        if !isClosing, context.channel.isWritable {
            context.writeAndFlush(frame(.ping, ByteBuffer()), promise: nil)
        }
    }

    private func sendClose(_ code: UInt16, _ reason: String, _ context: ChannelHandlerContext) {
        guard !isClosing else { return }
        isClosing = true
        var payload = ByteBuffer()
        payload.writeInteger(code)
        payload.writeString(String(reason.prefix(40)))
        context.writeAndFlush(frame(.connectionClose, payload), promise: nil)
        let channel = context.channel
        deadline = context.eventLoop.scheduleTask(in: .seconds(Self.closeSeconds)) { channel.close(promise: nil) }
    }

    private func frame(_ opcode: WebSocketOpcode, _ bytes: ByteBuffer) -> NIOAny {
        wrapOutboundOut(WebSocketFrame(fin: true, opcode: opcode, data: bytes))
    }
}
