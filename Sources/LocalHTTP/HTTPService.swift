import Glibc
public import Logging
import NIOCore
import NIOHTTP1
import NIOPosix

/// Where a service listens.
public enum HTTPEndpoint: Sendable, Equatable {
    /// A Unix socket, which bind(2) makes at this path. Its file belongs to who asked for it.
    case unix(path: String)
    /// A TCP port of a numeric address; port 0 is any.
    case tcp(address: String, port: UInt16)

    /// Bytes that a Unix socket's path may have.
    public static let pathBytesMax = 103
}

/// Why a service does not listen: the system's words.
public struct HTTPListenFailure: Error, CustomStringConvertible, Sendable, Equatable {
    /// A few words, such as `Address already in use`.
    public let description: String
}

/// An HTTP/1.1 server for those who look after a process: few clients, small requests, one thread.
///
/// Each of its limits is in ``HTTPLimits``. A listener that ends on its own is opened again.
public actor HTTPService {
    /// What is about to listen, and what to do around that.
    public struct Listener: Sendable {
        var endpoint: HTTPEndpoint
        var responder: any HTTPResponder
        var didListen: @Sendable (_ port: UInt16?) throws -> Void
        var didFail: @Sendable () -> Void

        /// - Parameter didListen: called as soon as it listens, with its TCP port; may still refuse by throwing.
        /// - Parameter didFail: called when it does not come to listen.
        public init(
            at endpoint: HTTPEndpoint, responder: any HTTPResponder,
            didListen: @escaping @Sendable (_ port: UInt16?) throws -> Void = { _ in },
            didFail: @escaping @Sendable () -> Void = {}
        ) {
            (self.endpoint, self.responder) = (endpoint, responder)
            (self.didListen, self.didFail) = (didListen, didFail)
        }
    }

    private let name: String
    private let thread: HTTPThread
    private let limits: HTTPLimits
    private let logger: Logger
    private let makeListener: @Sendable () throws -> Listener
    private let connections: ConnectionTable
    private var listening: (any Channel)?
    private var supervisor: Task<Void, Never>?
    private var isStopped = false

    /// A service that does not listen yet.
    ///
    /// - Parameter name: what the log calls it.
    /// - Parameter makeListener: called at the start, and each time that it listens again.
    public init(
        name: String, on thread: HTTPThread, limits: HTTPLimits = HTTPLimits(), logger: Logger,
        makeListener: @escaping @Sendable () throws -> Listener
    ) {
        (self.name, self.thread, self.limits, self.logger) = (name, thread, limits, logger)
        self.makeListener = makeListener
        connections = ConnectionTable(connectionsMax: limits.connectionsMax)
    }

    /// Returns once the service listens. Throws `HTTPListenFailure`, or what making the listener throws.
    public func start() async throws {
        let channel = try await listen()
        supervisor = Task { await supervise(channel) }
    }

    /// Closes the listener and its connections; requests under way get a moment.
    public func stop() async {
        isStopped = true
        supervisor?.cancel()
        try? await listening?.close()
        listening = nil
        let channels = connections.close()
        for channel in channels { channel.pipeline.fireUserInboundEventTriggered(HTTPConnection.Event.stop) }
        let loop = thread.loops.any()
        let deadline = loop.scheduleTask(in: .milliseconds(limits.stopMilliseconds)) {
            for channel in channels { channel.close(promise: nil) }
        }
        try? await EventLoopFuture.andAllComplete(channels.map { $0.closeFuture }, on: loop).get()
        deadline.cancel()
    }

    private func supervise(_ first: any Channel) async {
        var channel = first
        while true {
            try? await channel.closeFuture.get()
            guard !isStopped else { return }
            logger.warning("\(name) listener ended and is opened again")
            while true {
                try? await Task.sleep(for: .milliseconds(limits.reopenMilliseconds))
                guard !isStopped else { return }
                do {
                    channel = try await listen()
                    break
                } catch {
                    logger.warning("\(name) listener cannot be opened again yet", metadata: ["reason": "\(error)"])
                }
            }
        }
    }

    private func listen() async throws -> any Channel {
        let listener = try makeListener()
        var open: (any Channel)?
        do {
            let channel = try await bootstrap(listener.responder).bind(to: Self.address(listener.endpoint)).get()
            open = channel
            try listener.didListen(channel.localAddress?.port.flatMap { UInt16(exactly: $0) })
            guard !isStopped else { throw CancellationError() }
            listening = channel
            return channel
        } catch {
            try? await open?.close()
            listener.didFail()
            if let error = error as? IOError { throw HTTPListenFailure(description: Self.words(error)) }
            throw error
        }
    }

    private func bootstrap(_ responder: any HTTPResponder) -> ServerBootstrap {
        ServerBootstrap(group: thread.loops)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { [name, logger] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ListenerWatch(name: name, logger: logger))
                }
            }
            // One who has sent a request and says that it was the last still gets its answer.
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { [limits, connections, thread] channel in
                channel.eventLoop.makeCompletedFuture {
                    guard connections.add(channel) else { throw ChannelError.ioOnClosedChannel }
                    var parsing = NIOHTTPDecoderLimitConfiguration()
                    parsing.maxHeaderFieldSize = limits.headerBytesMax
                    parsing.maxHeaderListSize = limits.headerBytesMax
                    parsing.maxHeaderFieldCount = limits.headerFieldsMax
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(ArrivalWatch())
                    try pipeline.configureHTTPServerPipeline(
                        withPipeliningAssistance: false, withErrorHandling: false,
                        withEncoderConfiguration: .init(), withDecoderLimitConfiguration: parsing)
                    try pipeline.addHandler(HTTPConnection(responder, limits, thread))
                }
            }
    }

    private static func address(_ endpoint: HTTPEndpoint) throws -> SocketAddress {
        switch endpoint {
        case .unix(let path): try SocketAddress(unixDomainSocketPath: path)
        case .tcp(let address, let port): try SocketAddress(ipAddress: address, port: Int(port))
        }
    }

    fileprivate static func words(_ error: IOError) -> String { String(cString: strerror(error.errnoCode)) }
}

/// Tells the log why connections are not accepted. The library waits a second before it tries again.
private final class ListenerWatch: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private let name: String
    private let logger: Logger

    init(name: String, logger: Logger) { (self.name, self.logger) = (name, logger) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let reason = (error as? IOError).map(HTTPService.words) ?? "\(error)"
        logger.warning("\(name) listener cannot accept", metadata: ["reason": "\(reason)"])
        context.fireErrorCaught(error)
    }
}
