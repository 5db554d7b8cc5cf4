import Glibc
import Logging
import NIOCore
import NIOPosix

/// A listening socket and what comes out of it.
struct EdgeListener: Sendable {
    let bound: BoundListener
    private let server: NIOAsyncChannel<EdgeChannel.Value, Never>
    private let channel: EdgeChannel
    private let file: HandOverSocketFile?
    private let logger: Logger

    private static let backlog: Int32 = 1024

    /// Opens the TLS listener.
    static func tls(
        _ settings: EdgeSettings.TLSListener, _ channel: EdgeChannel, group: any EventLoopGroup, logger: Logger
    ) async throws -> EdgeListener {
        do {
            let server = try await bootstrap(group).bind(host: settings.host, port: settings.port) {
                channel.setup(channel: $0, logger: logger)
            }
            let port = server.channel.localAddress?.port ?? settings.port
            let host = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
            return EdgeListener(
                bound: BoundListener(kind: .tls, address: "\(host):\(port)", port: port), server: server,
                channel: channel, file: nil, logger: logger)
        } catch let error as IOError {
            throw ListenFailure(
                "cannot listen on \(settings.host):\(settings.port): \(reason(error)); "
                    + "choose another address, or end what uses it")
        } catch {
            throw ListenFailure(
                "cannot listen on \(settings.host):\(settings.port): no such address on this machine; "
                    + "give one of its own")
        }
    }

    /// Opens the socket for connections from the relay.
    static func handOver(
        _ path: String, _ channel: EdgeChannel, group: any EventLoopGroup, logger: Logger
    ) async throws -> EdgeListener {
        var file = try HandOverSocketFile(path: path)
        let server: NIOAsyncChannel<EdgeChannel.Value, Never>
        do {
            server = try await bootstrap(group).bind(unixDomainSocketPath: file.bindPath) {
                channel.setup(channel: $0, logger: logger)
            }
        } catch {
            file.discard()
            throw ListenFailure(
                "hand-over socket \(path): cannot listen: \((error as? IOError).map(reason) ?? "\(error)"); "
                    + "choose another path")
        }
        do {
            try file.publish()
        } catch {
            try? await server.channel.close()
            throw error
        }
        return EdgeListener(
            bound: BoundListener(kind: .handOver, address: path, port: nil), server: server, channel: channel,
            file: file, logger: logger)
    }

    /// Serves connections until the listener is closed and they have ended.
    func serve() async {
        await withDiscardingTaskGroup { group in
            do {
                try await server.executeThenClose { connections in
                    for try await connection in connections {
                        group.addTask { await channel.handle(value: connection, logger: logger) }
                    }
                }
            } catch {
                logger.error("listener ended", metadata: ["listener": "\(bound)", "cause": "\(error)"])
            }
        }
    }

    /// Takes no more connections.
    func close() async {
        file?.remove()
        try? await server.channel.close()
    }

    private static func bootstrap(_ group: any EventLoopGroup) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
    }

    private static func reason(_ error: IOError) -> String { String(cString: strerror(error.errnoCode)) }
}
