import Dispatch
import EventLoop
import Logging
import RelayCore
import Synchronization

/// Turns what the loops tell into log records, on a thread of its own: a loop only hands the news over.
final class LoopNews: LoopObserver {
    private enum Event: Sendable {
        case opened(AllocationSummary)
        case ended(AllocationSummary)
        case trouble(LoopTrouble, times: Int)
    }

    /// Events that may wait for the log's thread.
    private static let eventsWaitingMax = 16_384
    /// How often one kind of trouble is told, in nanoseconds.
    private static let troubleInterval: UInt64 = 1_000_000_000

    private let queue: LogQueue<Event>
    private let told = Mutex<[LoopTrouble: (at: UInt64, times: Int)]>([:])

    /// News for this logger.
    init(logger: Logger) {
        queue = LogQueue(capacity: Self.eventsWaitingMax, name: "tern-news") { events in
            for event in events { Self.write(event, logger) }
        }
    }

    func opened(_ allocation: AllocationSummary) { queue.post(.opened(allocation)) }

    func ended(_ allocation: AllocationSummary) { queue.post(.ended(allocation)) }

    func trouble(_ kind: LoopTrouble) {
        let now = DispatchTime.now().uptimeNanoseconds
        let times = told.withLock { told -> Int? in
            var entry = told[kind] ?? (at: 0, times: 0)
            entry.times += 1
            defer { told[kind] = entry }
            guard now - entry.at >= Self.troubleInterval else { return nil }
            let times = entry.times
            entry = (at: now, times: 0)
            return times
        }
        if let times { queue.post(.trouble(kind, times: times)) }
    }

    /// Writes what waits.
    func stop() { queue.stop() }

    private static func write(_ event: Event, _ logger: Logger) {
        switch event {
        case .opened(let allocation):
            logger.info("allocation opened", metadata: allocation.metadata)
        case .ended(let allocation):
            logger.info("allocation ended", metadata: allocation.endMetadata)
        case .trouble(let kind, let times):
            logger.error("\(kind.text)", metadata: ["times": "\(times)"])
        }
    }
}

extension LoopTrouble {
    var text: String {
        switch self {
        case .descriptorsExhausted:
            "no descriptor left for a connection, which was refused; raise LimitNOFILE (ulimit -n)"
        case .connectionsExhausted:
            "no room for a connection, which was refused; raise connections.total"
        case .relaySocket(let code):
            SocketError(operation: "open a relay socket", code: code).description
        }
    }
}
