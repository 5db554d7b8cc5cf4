import CLinux
import Glibc
import Integrity
import MediaPath
import STUN
import TURNClient

/// One event loop of a load of real media: its sessions, their handshakes, and their packets. A thread runs it.
///
/// A turn is: 1 orders, 2 sessions to begin, 3 packets that are due, 4 what came, 5 timers, 6 the report.
final class MediaWorker: LoadLoop {
    /// Sessions being set up at once.
    static let underWayLimit = 32
    /// How long a handshake may take, in nanoseconds.
    static let handshakePatience: UInt64 = 15_000_000_000
    /// How often timers are looked at, in nanoseconds.
    static let tickInterval: UInt64 = 20_000_000
    /// How often reports are made, in ticks.
    static let ticksPerReport = 5
    /// Ports that were found taken, before that counts as a failure.
    static let retryLimit = 100
    /// The channel of every session.
    static let channel: UInt16 = 0x4000
    private static let wakeToken = UInt64.max

    let plan: LoadPlan
    let setting: MediaSetting
    let number: Int
    let limit: Int
    let servers: [TransportAddress]
    let control: LoadControl
    let board: MediaBoard
    let context: DTLSContext
    let filler: [UInt8]
    let epoll = clinux_epoll_create()

    var sessions: [MediaSession] = []
    /// Sessions that are ready, in the order of their turns.
    var turns: [Int] = []
    var underWay = 0
    var counters = LoadCounters()
    var latency = LatencyHistogram()
    var setup = LatencyHistogram()
    var handshakes = LatencyHistogram()
    var failure: String?
    var retries = 0
    var random = SecureRandom()

    // The schedule.
    var order = LoadControl.Order()
    var schedule = SendSchedule()
    var startedAt: UInt64 = 0
    private var generation = 0
    private var answered = 0
    private var nextTick: UInt64 = 0
    private var ticks = 0
    private var nextBegin: UInt64 = 0

    /// Nil when OpenSSL knows no DTLS 1.2 with the profile.
    init?(
        _ plan: LoadPlan, _ setting: MediaSetting, number: Int, limit: Int, servers: [TransportAddress],
        control: LoadControl, board: MediaBoard
    ) {
        guard let context = DTLSContext(setting.media.profile) else { return nil }
        self.plan = plan
        self.setting = setting
        self.number = number
        self.limit = limit
        self.servers = servers
        self.control = control
        self.board = board
        self.context = context
        let free = max(0, plan.payloadBytes - PacketStamp.byteCount)
        filler =
            setting.media.proof == nil ? [UInt8](repeating: 0, count: free) : setting.needles.secretBytes(free)
        _ = clinux_epoll_add(epoll, control.wakeUps[number], UInt32(CLINUX_READABLE), MediaWorker.wakeToken)
    }

    deinit { close(epoll) }

    /// Runs until the order to end.
    func run() {
        clinux_name_thread("media-\(number)")
        var events = [epoll_event](repeating: epoll_event(), count: 256)
        while true {
            let now = clinux_monotonic_nanoseconds()
            if control.currentGeneration != generation { takeOrder(now) }
            if order.phase == .end { break }
            if control.currentQuestion != answered { report(isFinished: order.phase == .teardown && underWay == 0) }
            if order.phase == .setup { beginSessions(now) }
            let due = order.phase == .traffic ? sendDue(now) : UInt64.max
            let wake = min(due, nextTick, order.phase == .setup ? nextBegin : .max)
            let clock = clinux_monotonic_nanoseconds()
            let count = clinux_epoll_wait_fine(epoll, &events, 256, wake > clock ? wake - clock : 0)
            for index in 0..<max(0, Int(count)) { take(&events[index]) }
            if clinux_monotonic_nanoseconds() >= nextTick { tick() }
        }
        report(isFinished: true)
    }

    private func takeOrder(_ now: UInt64) {
        generation = control.currentGeneration
        order = control.currentOrder
        startedAt = now
        schedule = SendSchedule(startedAt: now, eventsPerSecond: order.rate / Double(plan.burst))
        switch order.phase {
        case .control: sendOpenly()
        case .teardown: giveBack()
        case .setup, .traffic, .drain, .end: break
        }
        nextTick = now
        ticks = 0
    }

    private func beginSessions(_ now: UInt64) {
        let pace = plan.rampPerSecond.map { 1e9 * Double(plan.loops) / $0 }
        nextBegin = .max
        while sessions.count < limit, underWay < MediaWorker.underWayLimit {
            if let pace {
                let due = startedAt + UInt64(Double(sessions.count) * pace)
                guard due <= now else {
                    nextBegin = due
                    return
                }
            }
            begin(clinux_monotonic_nanoseconds())
        }
    }

    private func take(_ event: inout epoll_event) {
        let token = clinux_event_token(&event)
        guard token != MediaWorker.wakeToken else {
            clinux_eventfd_clear(control.wakeUps[number])
            return
        }
        guard let end = MediaOutcome.End(rawValue: Int(token & 1)) else { return }
        receive(sessions[Int(token >> 1)], at: end)
    }

    /// Timers of the sessions, and the report.
    private func tick() {
        let now = clinux_monotonic_nanoseconds()
        nextTick = now + MediaWorker.tickInterval
        for session in sessions where session.state != .ended { tick(session, now) }
        if ticks % MediaWorker.ticksPerReport == 0 { report(isFinished: order.phase == .teardown && underWay == 0) }
        ticks += 1
    }

    private func report(isFinished: Bool) {
        answered = control.currentQuestion
        counters.cpuNanoseconds = clinux_thread_nanoseconds()
        // Streams are told about once nothing is sent: copying them costs more than a packet.
        if order.phase != .traffic { board.publish(sessions.map(\.outcome), handshakes, worker: number) }
        var report = LoadControl.Report(
            counters: counters, latency: latency, setup: setup, failure: failure, generation: generation,
            answer: answered, isFinished: isFinished)
        let jitters = sessions.flatMap { $0.outcome.streams.map { $0.jitter.milliseconds * 1e6 } }.filter { $0 > 0 }
        report.jitter = jitters.isEmpty ? 0 : jitters.reduce(0, +) / Double(jitters.count)
        control.publish(report, worker: number)
    }
}
