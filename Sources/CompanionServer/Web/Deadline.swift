/// Something took too long.
struct DeadlineExceeded: Error {}

/// `body`, or `DeadlineExceeded` when it takes longer. What takes longer is cancelled and waited for: for work that
/// ends when it is told to.
func withDeadline<Value: Sendable>(
    seconds: Int, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask(operation: body)
        group.addTask {
            try await Task.sleep(for: .seconds(seconds))
            throw DeadlineExceeded()
        }
        defer { group.cancelAll() }
        guard let value = try await group.next() else { throw DeadlineExceeded() }
        return value
    }
}

/// `body`, or `DeadlineExceeded` when it takes longer. What takes longer is cancelled and left alone: a write that
/// waits for the disk goes on when it is told to end, and nobody has to wait with it.
func abandoning<Value: Sendable>(
    afterSeconds seconds: Int, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    let work = Task(operation: body)
    let (outcomes, outcome) = AsyncStream<Result<Value, any Error>>.makeStream(bufferingPolicy: .bufferingOldest(1))
    Task { outcome.yield(await work.result) }
    let clock = Task {
        try await Task.sleep(for: .seconds(seconds))
        outcome.yield(.failure(DeadlineExceeded()))
    }
    defer {
        clock.cancel()
        work.cancel()
    }
    for await first in outcomes { return try first.get() }
    throw CancellationError()
}
