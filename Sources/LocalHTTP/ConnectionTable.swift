import NIOCore
import Synchronization

/// The connections of a service, to a limit.
final class ConnectionTable: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isClosed = false
    }
    private let state = Mutex(State())
    private let connectionsMax: Int

    init(connectionsMax: Int) { self.connectionsMax = connectionsMax }

    /// Takes a connection in until it is closed; false when there is no place for it.
    func add(_ channel: any Channel) -> Bool {
        let key = ObjectIdentifier(channel)
        let isTaken = state.withLock { state in
            guard !state.isClosed, state.channels.count < connectionsMax else { return false }
            state.channels[key] = channel
            return true
        }
        if isTaken { channel.closeFuture.whenComplete { _ in self.state.withLock { $0.channels[key] = nil } } }
        return isTaken
    }

    /// Takes no more connections; those that are open.
    func close() -> [any Channel] {
        state.withLock { state in
            state.isClosed = true
            return Array(state.channels.values)
        }
    }
}
