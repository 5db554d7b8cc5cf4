import Foundation

/// Runs calls that block a thread away from the threads of Swift's concurrency, few at a time.
final class BlockingQueue: Sendable {
    /// Calls that wait at most; one more is refused.
    static let waitingMax = 256

    /// Refused because too many calls wait.
    struct Full: Error, CustomStringConvertible {
        let name: String
        var description: String { "\(name): too many calls wait; the other side does not keep up" }
    }

    private let name: String
    private let queue: OperationQueue

    /// A queue that runs `width` calls at once.
    init(name: String, width: Int) {
        self.name = name
        queue = OperationQueue()
        queue.name = name
        queue.maxConcurrentOperationCount = width
    }

    /// Runs `body` on a thread of the queue.
    func run<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        guard queue.operationCount < Self.waitingMax else { throw Full(name: name) }
        return try await withCheckedThrowingContinuation { continuation in
            queue.addOperation { continuation.resume(with: Result { try body() }) }
        }
    }
}
