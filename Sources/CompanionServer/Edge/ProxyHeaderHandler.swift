import NIOCore

/// Takes the PROXY header off a handed-over connection, then gets out of the way.
final class ProxyHeaderHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let received: @Sendable (ProxyHeader) throws -> Void
    private var pending: ByteBuffer?
    private var isDone = false

    /// `received` gets the header and throws when the connection may not go on.
    init(received: @escaping @Sendable (ProxyHeader) throws -> Void) {
        self.received = received
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDone else {
            context.fireChannelRead(data)
            return
        }
        var bytes = unwrapInboundIn(data)
        if var pending {
            pending.writeBuffer(&bytes)
            bytes = pending
        }
        do {
            guard let (header, count) = try ProxyHeader.parse(bytes.readableBytesView) else {
                pending = bytes
                return
            }
            try received(header)
            pending = nil
            isDone = true
            bytes.moveReaderIndex(forwardBy: count)
            if bytes.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(bytes)) }
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
        } catch {
            isDone = true
            context.close(promise: nil)
        }
    }
}
