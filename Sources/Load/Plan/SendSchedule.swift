/// When packets are due at an even rate, and when they leave: what is due within one pace leaves together. Times are
/// nanoseconds of CLOCK_MONOTONIC; an event is a burst, a cycle, or a datagram.
struct SendSchedule {
    /// How far the schedule may lie behind before what was due is given up, in nanoseconds.
    static let latenessLimit: UInt64 = 200_000_000

    private let startedAt: UInt64
    private let gap: Double
    private let pace: UInt64
    private var next: UInt64 = 0

    /// `eventsPerSecond` from `startedAt` on, never two turns within `pace`.
    init(startedAt: UInt64 = 0, eventsPerSecond: Double = 0, pace: UInt64 = 0) {
        self.startedAt = startedAt
        gap = eventsPerSecond > 0 ? 1e9 / eventsPerSecond : .infinity
        self.pace = pace
    }

    /// Whether nothing will ever be due.
    var isEmpty: Bool { !gap.isFinite }

    private var due: UInt64 { startedAt + UInt64(Double(next) * gap) }

    /// Leaves out what is too late to be caught up, so that the rate stays what it is; returns how many events.
    mutating func skipLate(_ now: UInt64) -> UInt64 {
        guard due + SendSchedule.latenessLimit < now else { return 0 }
        let behind = UInt64(Double(now - due) / gap)
        next += behind
        return behind
    }

    /// The number of the next event that is due, counted from 0; nil when none is.
    @inline(__always)
    mutating func take(_ now: UInt64) -> UInt64? {
        guard due <= now else { return nil }
        next += 1
        return next - 1
    }

    /// When the turn after one at `now` is to be; at once when that one had to stop before all was sent.
    func nextTurn(after now: UInt64, isCutShort: Bool) -> UInt64 { isCutShort ? due : max(due, now + pace) }
}
