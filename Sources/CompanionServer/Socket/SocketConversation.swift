import Companion
import Logging
import NIOCore

/// One WebSocket from its upgrade to its end.
struct SocketConversation: Sendable {
    /// Connects a person's new socket; throws when it may not be.
    let attach: @Sendable (Principal) async throws -> SocketLine

    /// Between two looks at the session.
    static let checkSeconds = 60
    /// "Try again later" of the IANA registry of close codes.
    static let tryLater: UInt16 = 1013

    func run(_ channel: EdgeChannel.SocketChannel, _ principal: Principal, _ logger: Logger) async {
        do {
            try await channel.executeThenClose { inbound, outbound in
                let line: SocketLine
                do {
                    line = try await attach(principal)
                } catch {
                    logger.info("socket refused", metadata: ["cause": .string("\(error)")])
                    try await outbound.write(.close(Self.tryLater, "busy"))
                    return
                }
                await withTaskGroup(of: Void.self) { group in
                    // Writing waits while the client does not read; what is for it waits in the line, to a bound.
                    group.addTask { try? await line.drain { try await outbound.write($0) } }
                    group.addTask {
                        repeat { await line.check() } while await Self.pause()
                    }
                    do {
                        for try await message in inbound { await line.receive(message) }
                    } catch {
                        logger.debug("socket failed", metadata: ["cause": .string("\(error)")])
                    }
                    await line.detach()
                    group.cancelAll()
                }
            }
        } catch {
            logger.debug("socket closed", metadata: ["cause": .string("\(error)")])
        }
    }

    /// False when the socket is gone.
    private static func pause() async -> Bool {
        (try? await Task.sleep(for: .seconds(checkSeconds))) != nil
    }
}
