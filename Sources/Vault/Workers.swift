internal import Dispatch
internal import Foundation
internal import Synchronization

/// Threads for work that keeps a core busy for long, with a queue of bounded length in front of them.
final class Workers: Sendable {
    private let queue: Queue
    private let threads: Int

    init(threads: Int, waitingMax: Int) {
        precondition(threads > 0 && waitingMax >= 0)
        self.threads = threads
        queue = Queue(unfinishedMax: threads + waitingMax)
        for _ in 0..<threads {
            let thread = Thread { [queue] in queue.work() }
            thread.name = "password"
            thread.start()
        }
    }

    deinit { queue.end(threads) }

    /// Runs `body` on one of the threads. Throws `VaultFailure.busy` at once when the queue is full.
    func run<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            let accepted = queue.add {
                let result = Result(catching: body)
                return { continuation.resume(with: result) }
            }
            if !accepted { continuation.resume(throwing: VaultFailure.busy) }
        }
    }
}

/// Work, and how its result is handed over.
private typealias Job = @Sendable () -> () -> Void

private final class Queue: Sendable {
    private struct State {
        var waiting: [Job] = []
        var unfinished = 0
    }

    private let unfinishedMax: Int
    private let state = Mutex(State())
    private let available = DispatchSemaphore(value: 0)

    init(unfinishedMax: Int) { self.unfinishedMax = unfinishedMax }

    func add(_ job: @escaping Job) -> Bool {
        let accepted = state.withLock { state in
            guard state.unfinished < unfinishedMax else { return false }
            state.unfinished += 1
            state.waiting.append(job)
            return true
        }
        if accepted { available.signal() }
        return accepted
    }

    /// The life of a thread: a wake-up without a job ends it.
    func work() {
        while true {
            available.wait()
            guard let job = state.withLock({ $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }) else { return }
            let handOver = job()
            // First the place in the queue, then the result: who has it may ask for the next at once.
            state.withLock { $0.unfinished -= 1 }
            handOver()
        }
    }

    /// One wake-up per thread, behind those of the jobs that wait.
    func end(_ threads: Int) {
        for _ in 0..<threads { available.signal() }
    }
}
