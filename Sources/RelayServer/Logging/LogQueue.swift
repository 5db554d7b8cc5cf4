import Dispatch
import Foundation
import Synchronization

/// A bounded queue from many threads to one that takes its time: the event loops put events in, a thread of its own
/// turns them into log lines.
///
/// `post(_:)` does not wait for that thread: when the queue is full, the event is counted and dropped. Events are
/// consumed in the order of posting, in batches.
public final class LogQueue<Event: Sendable>: Sendable {
    private struct State {
        var waiting: [Event] = []
        var stopping = false
        var consuming = 0
    }

    private let state = Mutex(State())
    private let droppedCount = Atomic<UInt64>(0)
    private let arrival = DispatchSemaphore(value: 0)
    private let finished = DispatchSemaphore(value: 0)
    private let capacity: Int
    private let wakeAt: Int

    /// Starts the consuming thread.
    /// - Parameters:
    ///   - capacity: events that may wait.
    ///   - name: the thread's name.
    ///   - idleSeconds: `consume` is called with an empty batch when nothing came for so long.
    ///   - wakeAt: events that wait before the thread is woken; with more than 1, it finds them after `idleSeconds`
    ///     at the latest, and those who post save a system call.
    ///   - consume: called on the queue's own thread; may block.
    public init(
        capacity: Int, name: String, idleSeconds: Double = 1, wakeAt: Int = 1,
        consume: @escaping @Sendable ([Event]) -> Void
    ) {
        precondition(capacity > 0)
        self.capacity = capacity
        self.wakeAt = wakeAt
        let thread = Thread { [self] in run(idleSeconds: idleSeconds, consume: consume) }
        thread.name = name
        thread.start()
    }

    /// Hands an event over; at most other posts and the exchange of two arrays stand in its way, never the consumer's
    /// work. False: the queue is full or has been stopped; the event was dropped, and counted.
    @discardableResult
    public func post(_ event: Event) -> Bool {
        let outcome = state.withLock { state -> (accepted: Bool, wake: Bool) in
            guard !state.stopping, state.waiting.count < capacity else { return (false, false) }
            state.waiting.append(event)
            return (true, state.waiting.count == wakeAt)
        }
        if outcome.wake { arrival.signal() }
        if !outcome.accepted { droppedCount.add(1, ordering: .relaxed) }
        return outcome.accepted
    }

    /// Events dropped since the start, because the queue was full.
    public var dropped: UInt64 { droppedCount.load(ordering: .relaxed) }

    /// Waits until what was posted so far has been consumed, at most `seconds`. False: the consumer is stuck.
    @discardableResult
    public func flush(seconds: Double = 0.5) -> Bool {
        let deadline = DispatchTime.now().uptimeNanoseconds + UInt64(seconds * 1e9)
        arrival.signal()
        while state.withLock({ !$0.waiting.isEmpty || $0.consuming > 0 }) {
            guard DispatchTime.now().uptimeNanoseconds < deadline else { return false }
            Thread.sleep(forTimeInterval: 0.001)
        }
        return true
    }

    /// Consumes what waits, at most for `seconds`, and ends the thread. Later events are dropped.
    public func stop(seconds: Double = 0.5) {
        let first = state.withLock { state in
            defer { state.stopping = true }
            return !state.stopping
        }
        guard first else { return }
        arrival.signal()
        _ = finished.wait(timeout: .now() + seconds)
    }

    private func run(idleSeconds: Double, consume: ([Event]) -> Void) {
        var batch: [Event] = []
        while true {
            _ = arrival.wait(timeout: .now() + idleSeconds)
            let stopping = state.withLock { state in
                swap(&batch, &state.waiting)
                state.consuming = batch.count
                return state.stopping
            }
            consume(batch)
            batch.removeAll(keepingCapacity: batch.capacity <= 1024)
            state.withLock { $0.consuming = 0 }
            if stopping { break }
        }
        finished.signal()
    }
}
