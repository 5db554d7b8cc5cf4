import Companion

/// What a socket is connected to.
struct SocketLine: Sendable {
    /// Takes a message of the client. Returns when the next one may come: a client is read no faster than it is
    /// served.
    let receive: @Sendable (String) async -> Void
    /// Hands out what goes to the client, one after the other, behind a close nothing more. Once only.
    let drain: @Sendable (@Sendable (SocketOutput) async throws -> Void) async throws -> Void
    /// Sees to it that the socket ends when its session has; to be called at its start and every minute.
    let check: @Sendable () async -> Void
    /// The socket is gone. Ends `drain`.
    let detach: @Sendable () async -> Void
}

extension SocketLine {
    /// A line to the hub. Its outbox is bounded: a client that does not read what it is sent is closed there.
    init(_ hub: SignalingHub, _ handle: SocketHandle, _ sessions: SessionService) {
        receive = { await hub.receive($0, from: handle) }
        detach = { await hub.detach(handle) }
        drain = { body in
            for await frame in handle.outbound {
                switch frame {
                case .text(let text): try await body(.text(text))
                case .close(let code, let reason): try await body(.close(code, reason))
                }
            }
        }
        // Between the ticket and the hub a session may have ended unseen. A database that cannot be read ends nothing.
        let session = handle.principal.sessionID
        check = {
            if (try? await sessions.touch(sessionID: session)) == false { await hub.end(sessions: [session]) }
        }
    }
}
