internal import Synchronization

/// Tells those who hold something for a session that it is over: sockets close, and the relay ends what a person
/// without a session still has there. Whoever ends a session waits for all of them.
public final class SessionEvents: Sendable {
    private struct Listeners {
        var ended: [@Sendable ([String]) async -> Void] = []
        var signedOut: [@Sendable (String) async -> Void] = []
    }

    private let listeners = Mutex(Listeners())

    /// Nobody listens yet.
    public init() {}

    /// Calls `body` with the ids of sessions that were ended.
    public func onEnded(_ body: @escaping @Sendable (_ sessions: [String]) async -> Void) {
        listeners.withLock { $0.ended.append(body) }
    }

    /// Calls `body` with the id of a person whose last session was ended, or whose account was disabled.
    public func onSignedOut(_ body: @escaping @Sendable (_ person: String) async -> Void) {
        listeners.withLock { $0.signedOut.append(body) }
    }

    /// Tells everybody at once.
    func publish(_ ended: EndedSessions) async {
        let (whenEnded, whenSignedOut) = listeners.withLock { ($0.ended, $0.signedOut) }
        await withTaskGroup { group in
            if !ended.sessions.isEmpty {
                for body in whenEnded { group.addTask { await body(ended.sessions) } }
            }
            for person in ended.signedOut {
                for body in whenSignedOut { group.addTask { await body(person) } }
            }
        }
    }
}

/// What a transaction ended.
struct EndedSessions: Sendable, Equatable {
    /// Ids of sessions.
    var sessions: [String] = []
    /// Ids of people who have none left.
    var signedOut: [String] = []
}
