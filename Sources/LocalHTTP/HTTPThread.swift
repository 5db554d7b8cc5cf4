import NIOCore
import NIOPosix

/// The thread of all services that are given it. It ends with the last of them and of their connections.
public final class HTTPThread: Sendable {
    let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    /// Starts the thread.
    public init() {}

    deinit { loops.shutdownGracefully { _ in } }
}
