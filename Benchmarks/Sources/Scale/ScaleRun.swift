import CoreDriver
import Glibc
import RelayCore
import STUN

/// One relay core from empty to full and back, with what each part costs.
struct ScaleRun: ~Copyable {
    /// Datagrams of one measurement, of which the quickest of three counts: what disturbs only makes slower.
    private static let datagrams = 3_000_000
    /// Requests of one measurement.
    private static let requests = 20_000
    /// Seconds over which clients arrive: within the life of the first one's permission.
    private static let arrivalSeconds = 240
    /// Every so many sessions delete their allocation; the others let it expire.
    private static let deletedShare = 10

    private let total: Int
    private let start: Instant
    private let emptyBytes: Int
    private var driver: CoreDriver
    private var count = 0

    init(total: Int) throws {
        self.total = total
        let before = residentBytes()
        driver = try CoreDriver(capacity: total)
        start = driver.now.monotonic
        emptyBytes = residentBytes()
        let mebibytes = Double(emptyBytes - before) / 1_048_576
        Self.tell("an empty core for \(total) allocations", mebibytes, "MiB resident")
    }

    /// Sets up sessions until there are `target`, then sends datagrams of all of them.
    mutating func grow(to target: Int) {
        let before = driver.nanosecondsInCore
        driver.longestNanoseconds = 0
        let first = count
        while count < target {
            pass(to: start.advanced(byMilliseconds: UInt64(count * Self.arrivalSeconds * 1_000 / total)))
            let session = Session(count)
            let nonce = driver.challenge(session)
            driver.perform(.allocate, of: session, nonce: nonce)
            precondition(driver.lastRelay == UInt32(count), "relay slots are not in the order of sessions")
            driver.perform(.channelBind, of: session, nonce: nonce)
            count += 1
        }
        let spent = Double(driver.nanosecondsInCore - before) / Double(count - first) / 1_000
        print("\(count) allocations")
        Self.tell("  resident per allocation", Double(residentBytes() - emptyBytes) / Double(count), "B")
        Self.tell("  401, Allocate and ChannelBind", spent, "us")
        Self.tell("  longest request", Double(driver.longestNanoseconds) / 1e6, "ms")

        let (sessions, datagrams) = (count, Self.datagrams)
        var (toPeer, toClient) = (UInt64.max, UInt64.max)
        for _ in 0..<3 {
            toPeer = min(toPeer, Self.time { _ = driver.sendToPeers(datagrams, sessions: sessions) })
            toClient = min(toClient, Self.time { _ = driver.sendToClients(datagrams, sessions: sessions) })
        }
        Self.tell("  datagram to a peer", Double(toPeer) / Double(datagrams), "ns")
        Self.tell("  datagram to a client", Double(toClient) / Double(datagrams), "ns")
    }

    /// Refreshes of sessions at random.
    mutating func refresh() {
        var random = SplitMix(seed: 23)
        var spent: UInt64 = 0
        for _ in 0..<Self.requests {
            let session = Session(random.below(count))
            let nonce = driver.challenge(session, .refresh)
            let before = driver.nanosecondsInCore
            driver.perform(.refresh, of: session, nonce: nonce)
            spent += driver.nanosecondsInCore - before
        }
        Self.tell("Refresh of one at random", Double(spent) / Double(Self.requests) / 1_000, "us")
    }

    /// Some clients say goodbye.
    mutating func delete() {
        var spent: UInt64 = 0
        var deleted = 0
        for number in stride(from: 3, to: count, by: Self.deletedShare) {
            let session = Session(number)
            let nonce = driver.challenge(session, .refresh)
            let before = driver.nanosecondsInCore
            driver.perform(.refresh, of: session, nonce: nonce, lifetime: 0)
            spent += driver.nanosecondsInCore - before
            deleted += 1
        }
        precondition(driver.relay.allocationCount == count - deleted)
        Self.tell("Refresh with lifetime 0", Double(spent) / Double(deleted) / 1_000, "us")
    }

    /// Lets everything else end by itself.
    mutating func letTimePass() {
        let permissionsEnd = UInt64(Lifetimes.permissionSeconds)
        let lifetime = UInt64(Lifetimes().allocationDefaultSeconds)
        let arrival = UInt64(Self.arrivalSeconds)
        let idle = timeTicks(until: permissionsEnd)
        Self.tell("a second in which nothing ends", Double(idle.nanoseconds) / Double(idle.seconds) / 1_000, "us")

        let alive = driver.relay.allocationCount
        let permissions = timeTicks(until: permissionsEnd + arrival + 1)
        precondition(permissions.ended == 0 && driver.relay.counters.permissions == 0)
        Self.tell("a permission ends", Double(permissions.nanoseconds) / Double(alive), "ns")
        Self.tell("  longest call of tick", Double(permissions.longest) / 1e6, "ms")

        let ends = timeTicks(until: 2 * lifetime + arrival)
        precondition(ends.ended == alive && driver.relay.allocationCount == 0, "\(ends.ended) of \(alive) have ended")
        Self.tell("an allocation expires", Double(ends.nanoseconds) / Double(alive), "ns")
        Self.tell("  longest call of tick", Double(ends.longest) / 1e6, "ms")
    }

    private struct Ticks {
        var seconds = 0
        var ended = 0
        var nanoseconds: UInt64 = 0
        var longest: UInt64 = 0
    }

    /// Every second until `seconds` after the start; a loop calls `tick` again while more is due.
    private mutating func timeTicks(until seconds: UInt64) -> Ticks {
        var ticks = Ticks()
        let end = start.advanced(bySeconds: seconds)
        while driver.now.monotonic.advanced(bySeconds: 1) < end {
            let next = driver.now.monotonic.advanced(bySeconds: 1)
            ticks.seconds += 1
            repeat {
                let begin = monotonicNanoseconds()
                ticks.ended += driver.tick(at: next)
                let spent = monotonicNanoseconds() - begin
                ticks.nanoseconds += spent
                ticks.longest = max(ticks.longest, spent)
            } while driver.relay.nextDeadline.map { $0 <= next } ?? false
        }
        return ticks
    }

    /// Lets time go on, second by second, as a loop does.
    private mutating func pass(to instant: Instant) {
        while driver.now.monotonic.advanced(bySeconds: 1) <= instant {
            _ = driver.tick(at: driver.now.monotonic.advanced(bySeconds: 1))
        }
    }

    private static func time(_ work: () -> Void) -> UInt64 {
        let begin = monotonicNanoseconds()
        work()
        return monotonicNanoseconds() - begin
    }

    private static func tell(_ name: String, _ value: Double, _ unit: String) {
        let rounded = value < 10 ? (value * 100).rounded() / 100 : (value * 10).rounded() / 10
        print(name + String(repeating: " ", count: max(1, 42 - name.count)) + "\(rounded) \(unit)")
        fflush(nil)
    }
}
