import NIOCore
import STUN
import Synchronization

/// The connections that are open: how many there are, how many of each client, and how to end them all.
final class ConnectionTable: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var perSubscriber: [IPAddress: Int] = [:]
        var isStopping = false
    }

    private let limits: EdgeLimits
    private let state = Mutex(State())

    init(limits: EdgeLimits) { self.limits = limits }

    /// How many are open.
    var count: Int { state.withLock { $0.channels.count } }

    /// Takes a connection in until it closes; false when there are too many already.
    func add(_ channel: any Channel) -> Bool {
        let id = ObjectIdentifier(channel)
        let isTaken = state.withLock { state in
            guard !state.isStopping, state.channels.count < limits.connectionsMax else { return false }
            state.channels[id] = channel
            return true
        }
        guard isTaken else { return false }
        channel.closeFuture.whenComplete { _ in self.state.withLock { _ = $0.channels.removeValue(forKey: id) } }
        return true
    }

    /// Counts the connection for its client; false when that one has too many already.
    func count(_ channel: any Channel, for ip: IPAddress) -> Bool {
        let subscriber = ip.subscriber
        let isTaken = state.withLock { state in
            guard state.perSubscriber[subscriber, default: 0] < limits.connectionsPerAddressMax else { return false }
            state.perSubscriber[subscriber, default: 0] += 1
            return true
        }
        guard isTaken else { return false }
        channel.closeFuture.whenComplete { _ in
            self.state.withLock { state in
                let rest = state.perSubscriber[subscriber, default: 1] - 1
                state.perSubscriber[subscriber] = rest == 0 ? nil : rest
            }
        }
        return true
    }

    /// Idle connections close, the others after the answer that is under way; new ones are refused.
    func quiesce() {
        for channel in state.withLock({ state in
            state.isStopping = true
            return Array(state.channels.values)
        }) {
            channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
    }

    /// Closes what is still open.
    func closeAll() {
        for channel in state.withLock({ Array($0.channels.values) }) { channel.close(promise: nil) }
    }
}
