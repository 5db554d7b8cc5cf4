import Dispatch
import EventLoop
import Glibc
import Logging
import RelayCore
import Synchronization

/// Turns what the loops tell into log records and usage records, on a thread of its own: a loop only hands it over.
final class LoopNews: LoopObserver {
    private enum Event: Sendable {
        case opened(AllocationSummary, at: Int64)
        case ended(AllocationSummary, at: Int64)
        case trouble(LoopTrouble, times: Int)

        var usage: UsageRecord? {
            switch self {
            case .opened(let allocation, let time), .ended(let allocation, let time):
                UsageRecord(allocation, at: time)
            case .trouble: nil
            }
        }
    }

    /// Events that may wait for the thread: the end of as many allocations as there can be by default.
    private static let eventsWaitingMax = 65_536
    /// How often one kind of trouble is told, in nanoseconds.
    private static let troubleInterval: UInt64 = 1_000_000_000

    private let queue: LogQueue<Event>
    /// What allocations there were.
    let usage = UsageRing()
    private let told = Mutex<[LoopTrouble: (at: UInt64, times: Int)]>([:])

    /// How long news may wait for the log's thread, in seconds, and how much of it: a loop that opens thousands of
    /// allocations a second wakes nobody for each.
    private static let waitSecondsMax = 0.1
    private static let wakeAt = 4_096

    /// News for this logger of this log.
    init(log: RelayLog, logger: Logger) {
        queue = LogQueue(
            capacity: Self.eventsWaitingMax, name: "tern-news", idleSeconds: Self.waitSecondsMax, wakeAt: Self.wakeAt
        ) { [usage] events in
            usage.append(events.lazy.compactMap(\.usage))
            for event in events { Self.write(event, logger, log) }
        }
    }

    func opened(_ allocation: AllocationSummary) {
        queue.post(.opened(allocation, at: Self.unixMilliseconds))
    }

    func ended(_ allocation: AllocationSummary) {
        queue.post(.ended(allocation, at: Self.unixMilliseconds))
    }

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

    private static var unixMilliseconds: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }

    private static func write(_ event: Event, _ logger: Logger, _ log: RelayLog) {
        switch event {
        case .opened(let allocation, _):
            if log.level <= .info { logger.info("allocation opened", metadata: allocation.metadata) }
        case .ended(let allocation, _):
            if log.level <= .info { logger.info("allocation ended", metadata: allocation.endMetadata) }
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
        case .sourceExhausted:
            "a source has as many connections as one may have, and another was reset; raise connections.per-source "
                + "where many clients share an address"
        case .companion(let code):
            "HTTP could not be passed on to the companion, and the client was told so: "
                + SocketError(operation: "connect to relay.tls.http-socket", code: code).description
        case .overloaded:
            "more comes in than one loop can do, and what is beyond it is dropped (client_receive_queue_full); raise "
                + "loops, let the kernel forward (kernel-path), or share the load with another relay"
        case .relaySocket(let code):
            SocketError(operation: "open a relay socket", code: code).description
        }
    }
}
