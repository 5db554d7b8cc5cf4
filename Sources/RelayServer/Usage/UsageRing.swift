import Synchronization

/// The latest usage records, numbered from 1. What nobody has asked for in time is overwritten, and that is told.
final class UsageRing: Sendable {
    /// Records that are kept.
    static let capacity = 65_536

    /// Another one in every process, so that a reader sees that the numbers have begun anew.
    let epoch: String
    private let capacity: Int
    private let state = Mutex(State())

    private struct State {
        /// The record numbered n lies at (n - 1) % capacity.
        var records: [UsageRecord] = []
        /// The number of the newest record.
        var newest = 0
    }

    /// An empty ring.
    init(capacity: Int = UsageRing.capacity) {
        precondition(capacity > 0)
        self.capacity = capacity
        var random = SystemRandomNumberGenerator()
        epoch = (0..<2).map { _ in String(random.next(), radix: 36) }.joined()
    }

    /// Numbers and keeps records.
    func append(_ records: some Sequence<UsageRecord>) {
        state.withLock { state in
            for record in records {
                if state.records.count < capacity {
                    state.records.append(record)
                } else {
                    state.records[state.newest % capacity] = record
                }
                state.newest += 1
            }
        }
    }

    /// Up to `limit` records behind the one numbered `sequence`, oldest first.
    func page(after sequence: Int, limit: Int) -> UsagePage {
        state.withLock { state in
            let oldest = state.newest - state.records.count + 1
            let first = max(sequence.addingReportingOverflow(1).partialValue, oldest)
            guard sequence < state.newest else {
                return UsagePage(epoch: epoch, first: state.newest + 1, lost: 0, records: [], next: state.newest)
            }
            let last = min(state.newest, first + limit - 1)
            return UsagePage(
                epoch: epoch, first: first, lost: first - sequence - 1,
                records: (first...last).map { state.records[($0 - 1) % capacity] }, next: last)
        }
    }
}
