import Synchronization

/// What the workers found out about their sessions: told at the ends of the phases, not per packet.
final class MediaBoard: Sendable {
    private struct Part {
        var outcomes: [MediaOutcome] = []
        var handshakes = LatencyHistogram()
    }

    private let parts: Mutex<[Part]>

    init(workers: Int) { parts = Mutex([Part](repeating: Part(), count: workers)) }

    /// Tells what a worker has.
    func publish(_ outcomes: [MediaOutcome], _ handshakes: LatencyHistogram, worker: Int) {
        parts.withLock { $0[worker] = Part(outcomes: outcomes, handshakes: handshakes) }
    }

    /// All sessions, by their numbers.
    var outcomes: [MediaOutcome] {
        parts.withLock { $0.flatMap(\.outcomes) }.sorted { $0.number < $1.number }
    }

    /// How long handshakes took.
    var handshakes: LatencyHistogram {
        parts.withLock { $0.map(\.handshakes) }.reduce(into: LatencyHistogram()) { $0.add($1) }
    }
}
