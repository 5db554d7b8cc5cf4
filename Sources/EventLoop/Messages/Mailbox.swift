import CLinux
import Glibc
import Synchronization

/// How other threads reach a loop: work is queued, the loop is woken, and does the work between two turns.
/// Never used by the packet path.
public final class Mailbox: Sendable {
    /// Work for a loop, run on its thread.
    public typealias Work = @Sendable (inout EventLoop) -> Void

    /// Pieces of work that may wait.
    public static let limit = 4_096

    private let waiting = Mutex<[Work]>([])
    let wakeup: Int32

    /// An empty mailbox.
    public init() {
        wakeup = clinux_eventfd()
        precondition(wakeup >= 0, "no descriptor left for a mailbox")
    }

    deinit {
        close(wakeup)
    }

    /// Queues work and wakes the loop. False when too much waits already.
    @discardableResult
    public func post(_ work: @escaping Work) -> Bool {
        let accepted = waiting.withLock { waiting in
            guard waiting.count < Self.limit else { return false }
            waiting.append(work)
            return true
        }
        if accepted { clinux_eventfd_signal(wakeup) }
        return accepted
    }

    /// Runs `work` on the loop and returns what it made of it; nil when the mailbox is full or the loop has ended.
    public func ask<Answer: Sendable>(_ work: @escaping @Sendable (inout EventLoop) -> Answer) async -> Answer? {
        await withCheckedContinuation { continuation in
            let reply = Reply(continuation)
            if !post({ loop in reply.answer(work(&loop)) }) { reply.answer(nil) }
        }
    }

    /// Resumes once; with nil when the work is discarded unrun.
    private final class Reply<Answer: Sendable>: Sendable {
        private let continuation: Mutex<CheckedContinuation<Answer?, Never>?>

        init(_ continuation: CheckedContinuation<Answer?, Never>) {
            self.continuation = Mutex(continuation)
        }

        deinit {
            continuation.withLock { $0?.resume(returning: nil) }
        }

        func answer(_ answer: Answer?) {
            let waiting = continuation.withLock { waiting in
                defer { waiting = nil }
                return waiting
            }
            waiting?.resume(returning: answer)
        }
    }

    /// Everything that waits.
    func take() -> [Work] {
        clinux_eventfd_clear(wakeup)
        return waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
    }
}
