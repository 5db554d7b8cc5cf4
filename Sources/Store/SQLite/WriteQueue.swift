internal import GRDB
internal import Synchronization

/// Writes that come while the disk is busy with the ones before share the next fsync: each in a savepoint of its own,
/// all in one transaction. Without it a disk that needs 5 ms for an fsync would take 200 writes per second.
final class WriteQueue: Sendable {
    private struct State {
        var waiting: [any WriteJob] = []
        var unfinished = 0
        var isDraining = false
    }

    private let pool: DatabasePool
    private let unfinishedMax: Int
    private let batchMax: Int
    private let state = Mutex(State())

    init(pool: DatabasePool, unfinishedMax: Int, batchMax: Int) {
        self.pool = pool
        self.unfinishedMax = unfinishedMax
        self.batchMax = batchMax
    }

    /// False when too many wait already.
    func add(_ job: any WriteJob) -> Bool {
        let (accepted, starts) = state.withLock { state in
            guard state.unfinished < unfinishedMax else { return (false, false) }
            state.unfinished += 1
            state.waiting.append(job)
            defer { state.isDraining = true }
            return (true, !state.isDraining)
        }
        if starts { pool.asyncWriteWithoutTransaction { [self] in drain($0) } }
        return accepted
    }

    private func drain(_ database: Database) {
        while let jobs = next() {
            let results = Self.run(jobs, on: database)
            state.withLock { $0.unfinished -= jobs.count }
            for (job, error) in zip(jobs, results) { job.finish(error) }
        }
    }

    private func next() -> [any WriteJob]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isDraining = false
                return nil
            }
            let jobs = Array(state.waiting.prefix(batchMax))
            state.waiting.removeFirst(jobs.count)
            return jobs
        }
    }

    /// One transaction for all. Those that throw are undone alone; when the transaction is lost (no space, a disk that
    /// fails, a lock that is not let go of), it is for all.
    private static func run(_ jobs: [any WriteJob], on database: Database) -> [(any Error)?] {
        var errors = [(any Error)?](repeating: nil, count: jobs.count)
        do {
            try database.inTransaction(.immediate) {
                for index in jobs.indices {
                    do {
                        try database.inSavepoint {
                            try jobs[index].run(database)
                            return .commit
                        }
                    } catch {
                        errors[index] = error
                        // SQLite ends the whole transaction on some errors.
                        guard database.isInsideTransaction else { throw error }
                    }
                }
                return .commit
            }
            return errors
        } catch {
            return errors.map { $0 ?? error }
        }
    }
}

/// One caller's write.
protocol WriteJob: Sendable {
    /// Changes the database.
    func run(_ database: Database) throws
    /// Hands over the end of it: nil when it is on the disk.
    func finish(_ error: (any Error)?)
}

/// A write that has a result.
final class Write<R: Sendable>: WriteJob {
    private let body: @Sendable (Database) throws -> R
    private let continuation: CheckedContinuation<R, any Error>
    private let result = Mutex<R?>(nil)

    init(_ continuation: CheckedContinuation<R, any Error>, _ body: @escaping @Sendable (Database) throws -> R) {
        self.continuation = continuation
        self.body = body
    }

    func run(_ database: Database) throws {
        let value = try body(database)
        result.withLock { $0 = value }
    }

    func finish(_ error: (any Error)?) {
        if let error {
            continuation.resume(throwing: error)
        } else if let value = result.withLock({ $0 }) {
            continuation.resume(returning: value)
        } else {
            preconditionFailure("a write that did not run has an error")
        }
    }
}
