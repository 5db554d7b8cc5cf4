import Companion
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOSSL
import NIOWebSocket
import STUN

/// One connection: where its bytes come from, HTTP, and the WebSocket it may become.
///
/// The framework has HTTP alone. NIO looks for an upgrade in the first request of a connection only.
struct EdgeChannel: HTTPChannelHandler {
    /// What ends TLS.
    enum Source: Sendable {
        case tls(TLSIdentity)
        case relay
    }
    typealias SocketChannel = NIOAsyncChannel<String, SocketOutput>
    enum Conversation: Sendable {
        case http(NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>)
        case socket(SocketChannel, Principal)
    }
    struct Value: ServerChildChannelValue {
        let channel: any Channel
        let info: ConnectionInfo
        let conversation: EventLoopFuture<Conversation>
    }

    let source: Source
    let limits: EdgeLimits
    let table: ConnectionTable
    let gate: SocketGate
    /// Answers one request.
    let respond: @Sendable (Request, ConnectionInfo, any Channel) async -> Response
    /// Runs one socket to its end.
    let converse: @Sendable (SocketChannel, Principal, Logger) async -> Void
    var responder: Responder = { _, _, _ in }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            guard table.add(channel) else { throw ChannelError.ioOnClosedChannel }
            let info = ConnectionInfo()
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(StallGuard(seconds: limits.stallSeconds))
            switch source {
            case .tls(let identity):
                info.client = TransportAddress(channel.remoteAddress)
                guard table.count(channel, for: info.client.ip) else { throw ChannelError.ioOnClosedChannel }
                try pipeline.addHandler(NIOSSLServerHandler(context: identity.context))
            case .relay:
                try pipeline.addHandler(
                    ProxyHeaderHandler { [table] header in
                        guard let client = header.source else { return }
                        info.client = client
                        guard table.count(channel, for: client.ip) else { throw ChannelError.ioOnClosedChannel }
                    })
            }
            let conversation = try configureHTTP(channel, info, logger)
            // Handshake, PROXY header and first head share one deadline: whoever says nothing holds a place that long.
            let deadline = channel.eventLoop.scheduleTask(in: .seconds(limits.firstRequestSeconds)) {
                channel.close(promise: nil)
            }
            conversation.whenComplete { _ in deadline.cancel() }
            return Value(channel: channel, info: info, conversation: conversation)
        }
    }

    private func configureHTTP(
        _ channel: any Channel, _ info: ConnectionInfo, _ logger: Logger
    ) throws -> EventLoopFuture<Conversation> {
        let errors = ProtocolErrorHandler()
        let bound = NIOLoopBound(errors, eventLoop: channel.eventLoop)
        var configuration = NIOUpgradableHTTPServerPipelineConfiguration<Conversation>(
            upgradeConfiguration: .init(
                upgraders: [upgrader(info, bound)],
                notUpgradingCompletionHandler: { channel in
                    channel.eventLoop.makeCompletedFuture { .http(try configureRequests(channel, logger)) }
                }))
        // The framework takes requests one after the other, and ProtocolErrorHandler does the rest.
        configuration.enablePipelining = false
        configuration.enableErrorHandling = false
        configuration.decoderConfiguration.maxHeaderFieldSize = limits.headerFieldBytesMax
        configuration.decoderConfiguration.maxHeaderListSize = limits.headerBytesMax
        configuration.decoderConfiguration.maxHeaderFieldCount = limits.headerFieldsMax
        let pipeline = channel.pipeline.syncOperations
        let conversation = try pipeline.configureUpgradableHTTPServerPipeline(configuration: configuration)
        try pipeline.addHandler(errors)
        let upgrade = try pipeline.handler(type: NIOTypedHTTPServerUpgradeHandler<Conversation>.self)
        try pipeline.addHandler(
            UpgradeDoor(info) { [gate] in await gate.admit($0, info) }, position: .before(upgrade))
        return conversation
    }

    private func configureRequests(
        _ channel: any Channel, _ logger: Logger
    ) throws -> NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart> {
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: true))
        try pipeline.addHandler(LingeringClose())
        try pipeline.addHandler(
            HTTPConnectionStateHandler(idleTimeout: .seconds(limits.idleSeconds), logger: logger))
        return try NIOAsyncChannel(
            wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
    }

    private func upgrader(
        _ info: ConnectionInfo, _ errors: NIOLoopBound<ProtocolErrorHandler>
    ) -> NIOTypedWebSocketServerUpgrader<Conversation> {
        NIOTypedWebSocketServerUpgrader(
            maxFrameSize: SocketFrames.messageBytesMax,
            // SocketHandler says why it closes; the default handler would do so a second time.
            enableAutomaticErrorHandling: false,
            // UpgradeDoor has let through only what was admitted.
            shouldUpgrade: { channel, _ in
                channel.eventLoop.makeSucceededFuture(
                    info.principal.map { _ in HTTPHeaders([("sec-websocket-protocol", SocketGate.subprotocol)]) })
            },
            upgradePipelineHandler: { channel, _ in
                channel.pipeline.syncOperations.removeHandler(errors.value).flatMapThrowing {
                    guard let principal = info.principal else { throw ChannelError.inappropriateOperationForState }
                    try channel.pipeline.syncOperations.addHandler(SocketHandler())
                    return .socket(
                        try SocketChannel(
                            wrappingChannelSynchronously: channel,
                            configuration: .init(isOutboundHalfClosureEnabled: false)), principal)
                }
            })
    }

    func handle(value: Value, logger: Logger) async {
        switch try? await value.conversation.get() {
        case .http(let channel)?:
            var handler = self
            handler.responder = { request, writer, channel in
                let response = await respond(request, value.info, channel)
                try await writer.write(response: response.head, body: response.body)
            }
            await handler.handleHTTP(asyncChannel: channel, logger: logger)
        case .socket(let channel, let principal)?:
            await converse(channel, principal, logger)
        case nil:
            try? await value.channel.close()
        }
    }
}
