import CLinux
import Glibc
import Synchronization

/// What the workers are to do now, and what they have done: the one place that threads share.
final class LoadControl: Sendable {
    /// The parts of a run.
    enum Phase: Int, Sendable {
        /// Sessions are set up.
        case setup
        /// Packets are sent.
        case traffic
        /// What is under way arrives.
        case drain
        /// Something is sent in clear, for the scans to find: media only.
        case control
        /// Allocations are given back.
        case teardown
        /// The threads end.
        case end
    }

    /// An order to all workers.
    struct Order: Sendable {
        var phase = Phase.setup
        /// Packets per second of each worker.
        var rate = 0.0
    }

    /// What one worker last told.
    struct Report: Sendable {
        var counters = LoadCounters()
        var latency = LatencyHistogram()
        var setup = LatencyHistogram()
        /// Mean of the sessions' jitter in nanoseconds, of those that received.
        var jitter = 0.0
        var failure: String?
        /// Which ways packets take.
        var ways = LoadWays()
        /// The number of the order that the report follows.
        var generation = 0
        /// The number of the last question that was answered: histograms and jitter are of that time.
        var answer = 0
        /// Whether everything is given back.
        var isFinished = false
    }

    private let generation = Atomic<Int>(0)
    private let question = Atomic<Int>(0)
    private let order = Mutex(Order())
    private let reports: Mutex<[Report]>
    /// Readable when there is a new order or question; one for each worker.
    let wakeUps: [Int32]

    init(workers: Int) {
        reports = Mutex([Report](repeating: Report(), count: workers))
        wakeUps = (0..<workers).map { _ in clinux_eventfd() }
    }

    deinit {
        for descriptor in wakeUps { close(descriptor) }
    }

    /// Gives an order; returns its number.
    @discardableResult
    func give(_ phase: Phase, rate: Double = 0) -> Int {
        order.withLock { $0 = Order(phase: phase, rate: rate) }
        let number = generation.add(1, ordering: .releasing).newValue
        wake()
        return number
    }

    /// Has every worker tell everything it knows; returns the number that its report then bears.
    func ask() -> Int {
        let number = question.add(1, ordering: .releasing).newValue
        wake()
        return number
    }

    private func wake() {
        for descriptor in wakeUps { clinux_eventfd_signal(descriptor) }
    }

    /// The number of the last order: cheap enough to look at in every turn.
    var currentGeneration: Int { generation.load(ordering: .acquiring) }

    /// The number of the last question; as cheap.
    var currentQuestion: Int { question.load(ordering: .acquiring) }

    /// The last order.
    var currentOrder: Order { order.withLock { $0 } }

    /// Tells what a worker did.
    func publish(_ report: Report, worker: Int) {
        reports.withLock { $0[worker] = report }
    }

    /// Tells what is cheap to tell, and leaves the rest as it was told last.
    func publish(
        _ counters: LoadCounters, failure: String?, generation: Int, isFinished: Bool, worker: Int
    ) {
        reports.withLock {
            $0[worker].counters = counters
            $0[worker].failure = failure
            $0[worker].generation = generation
            $0[worker].isFinished = isFinished
        }
    }

    /// What all workers told last.
    var all: [Report] { reports.withLock { $0 } }
}
