import Companion
import NIOCore
import NIOHTTP1

/// Stands in front of NIO's upgrade: lets the request of a WebSocket through when the gate admits it, and makes every
/// other request a plain one.
///
/// NIO forgets the head of a request whose upgrade is refused, so nothing reaches it that it would refuse.
final class UpgradeDoor: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    private let admit: @Sendable (HTTPRequestHead) async -> Result<Principal, ServiceFailure>
    private let info: ConnectionInfo
    /// What came while the gate decides; nil when it does not.
    private var waiting: [NIOAny]?
    private var isOpen = false

    init(
        _ info: ConnectionInfo, admit: @escaping @Sendable (HTTPRequestHead) async -> Result<Principal, ServiceFailure>
    ) {
        self.info = info
        self.admit = admit
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard waiting == nil else {
            waiting?.append(data)
            return
        }
        guard !isOpen, case .head(var head) = unwrapInboundIn(data) else {
            context.fireChannelRead(data)
            return
        }
        isOpen = true
        guard Self.isWellFormed(head) else {
            head.headers.remove(name: "upgrade")
            context.fireChannelRead(wrapInboundOut(.head(head)))
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
            return
        }
        waiting = []
        // Nothing more is read meanwhile: it would all be kept here.
        let channel = context.channel
        channel.setOption(.autoRead, value: false).whenFailure { _ in channel.close(promise: nil) }
        let bound = NIOLoopBound((self, context, head), eventLoop: context.eventLoop)
        let asked = head
        context.eventLoop.makeFutureWithTask { [admit] in await admit(asked) }.whenSuccess { result in
            let (door, context, head) = bound.value
            door.decide(result, head, context)
        }
    }

    private func decide(
        _ result: Result<Principal, ServiceFailure>, _ head: HTTPRequestHead, _ context: ChannelHandlerContext
    ) {
        // The client may be gone.
        guard let waiting, context.channel.isActive else { return }
        var head = head
        switch result {
        case .success(let principal): info.principal = principal
        case .failure(let failure):
            info.refusal = failure
            head.headers.remove(name: "upgrade")
        }
        self.waiting = nil
        context.fireChannelRead(wrapInboundOut(.head(head)))
        for part in waiting { context.fireChannelRead(part) }
        context.fireChannelReadComplete()
        context.channel.setOption(.autoRead, value: true).whenFailure { _ in }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    /// Whether the request is what RFC 6455 4.2.1 asks for, as far as the protocol is concerned.
    private static func isWellFormed(_ head: HTTPRequestHead) -> Bool {
        let headers = head.headers
        let key = headers["sec-websocket-key"]
        return head.method == .GET
            && headers[canonicalForm: "upgrade"].map { $0.lowercased() } == ["websocket"]
            && headers[canonicalForm: "connection"].contains { $0.lowercased() == "upgrade" }
            && headers["sec-websocket-version"] == ["13"]
            // 16 bytes in base64.
            && key.count == 1 && key[0].utf8.count == 24 && key[0].hasSuffix("==")
            && !headers.contains(name: "content-length") && !headers.contains(name: "transfer-encoding")
    }
}
