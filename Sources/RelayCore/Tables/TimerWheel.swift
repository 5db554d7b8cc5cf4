internal import BasicContainers

/// Place of an allocation in the timer wheel.
struct WheelLink: BitwiseCopyable {
    /// The next and the previous allocation in the same spoke.
    var next = noSlot
    var previous = noSlot
    /// The spoke; `noSlot` when in none.
    var spoke = noSlot
    /// When something of the allocation ends.
    var deadline = Instant.never
}

/// One coarse wheel for everything that ends: a spoke per second, each a list of the allocations of which something
/// ends in that second. Exact ends are decided by comparing with the present where it matters; the wheel only gives
/// back what has ended.
struct TimerWheel: ~Copyable {
    /// Spokes, and so seconds until a deadline comes round again: more than the longest usual lifetime.
    static var spokeCount: Int { 4096 }

    private var spokes: RigidArray<UInt32>
    /// The second up to which spokes have been emptied.
    private(set) var second: UInt64 = 0

    init() {
        spokes = RigidArray(capacity: Self.spokeCount)
        for _ in 0..<Self.spokeCount { spokes.append(noSlot) }
    }

    /// Puts an allocation where its deadline is, from wherever it is.
    mutating func schedule(_ slot: UInt32, at deadline: Instant, in details: inout AllocationDetailsTable) {
        cancel(slot, in: &details)
        // The first whole second by which it is over, but never one that has been dealt with.
        let due = deadline.milliseconds / 1000 + (deadline.milliseconds % 1000 == 0 ? 0 : 1)
        let later = max(due, second + 1)
        let spoke = UInt32(truncatingIfNeeded: later % UInt64(Self.spokeCount))
        let first = spokes[Int(spoke)]
        details[slot].wheel = WheelLink(next: first, previous: noSlot, spoke: spoke, deadline: deadline)
        if first != noSlot { details[first].wheel.previous = slot }
        spokes[Int(spoke)] = slot
    }

    /// Takes an allocation out.
    mutating func cancel(_ slot: UInt32, in details: inout AllocationDetailsTable) {
        let link = details[slot].wheel
        guard link.spoke != noSlot else { return }
        if link.previous == noSlot {
            spokes[Int(link.spoke)] = link.next
        } else {
            details[link.previous].wheel.next = link.next
        }
        if link.next != noSlot { details[link.next].wheel.previous = link.previous }
        details[slot].wheel = WheelLink()
    }

    /// Takes out one allocation whose time has come; nil when nothing is left to do until the next second.
    mutating func next(now: Instant, in details: inout AllocationDetailsTable) -> UInt32? {
        let current = now.milliseconds / 1000
        // After a long sleep one round visits every spoke.
        if current > second + UInt64(Self.spokeCount) { second = current - UInt64(Self.spokeCount) }
        while second < current {
            let spoke = Int((second + 1) % UInt64(Self.spokeCount))
            if let slot = Self.due(from: spokes[spoke], now, details) {
                cancel(slot, in: &details)
                return slot
            }
            second += 1
        }
        return nil
    }

    /// The first in the list whose time has come. What is in its spoke for a later round stays there.
    private static func due(from first: UInt32, _ now: Instant, _ details: borrowing AllocationDetailsTable) -> UInt32?
    {
        var slot = first
        while slot != noSlot, details[slot].wheel.deadline > now { slot = details[slot].wheel.next }
        return slot == noSlot ? nil : slot
    }
}
