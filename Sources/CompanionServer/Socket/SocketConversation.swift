import Companion
import Logging
import NIOCore

/// What a socket is connected to.
struct SocketLine: Sendable {
    /// Takes a message of the client. Returns when the next one may come: a client is read no faster than it is
    /// served.
    let receive: @Sendable (String) async -> Void
    /// The socket is gone.
    let detach: @Sendable () async -> Void
}

/// One WebSocket from its upgrade to its end.
struct SocketConversation: Sendable {
    /// Connects a person's new socket; throws when it may not be.
    let attach: @Sendable (Principal, SocketOutbox) async throws -> SocketLine

    func run(_ channel: EdgeChannel.SocketChannel, _ principal: Principal, _ logger: Logger) async {
        let outbox = SocketOutbox()
        do {
            try await channel.executeThenClose { inbound, outbound in
                let line = try await attach(principal, outbox)
                await withTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try? await outbox.drain { try await outbound.write(contentsOf: $0) }
                        // The client has a second to answer the closing frame, then the channel closes.
                        outbound.finish()
                    }
                    do {
                        for try await message in inbound { await line.receive(message) }
                    } catch {
                        logger.debug("socket failed", metadata: ["cause": .string("\(error)")])
                    }
                    outbox.finish()
                }
                await line.detach()
            }
        } catch {
            logger.debug("socket refused", metadata: ["cause": .string("\(error)")])
            try? await channel.channel.close()
        }
    }
}
