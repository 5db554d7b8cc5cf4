import CLinux
import COpenSSL
import Credentials
import Glibc
import STUN
import TURNClient

/// What a thread of the generator runs.
protocol LoadLoop: AnyObject {
    /// Runs until the order to end.
    func run()
}

/// One event loop of the generator: its sessions, its peer, its schedule and its numbers. A thread runs it.
///
/// A turn is: 1 orders, 2 sessions to begin, 3 packets that are due, 4 what came, 5 timers, 6 the report. The path of a
/// packet allocates nothing and touches no session's object: descriptors and flow records stand in tables. While
/// packets over UDP are only counted, what comes is looked for now and then: the kernel tells when each came.
final class LoadWorker: LoadLoop {
    /// Sessions being set up at once.
    static let underWayLimit = 64
    /// Packets sent in one turn, so that what comes is read in time.
    static let packetsPerTurn = 512
    /// How long what comes may wait while it is only counted, in nanoseconds.
    static let gatherInterval: UInt64 = 500_000
    /// The same where the kernel counts what comes: only answers to requests are left to be read.
    static let answerInterval: UInt64 = 5_000_000
    /// Batches read from the peer's socket in one look.
    static let batchesPerLook = 16
    /// How often timers are looked at and counters are told, in nanoseconds.
    static let tickInterval: UInt64 = 100_000_000
    /// Ports that were found taken, before that counts as a failure.
    static let retryLimit = 1_000
    /// The channel of every session.
    static let channel: UInt16 = 0x4000
    /// The peer's among the places of sessions.
    static let peerPlace = -1

    let plan: LoadPlan
    let number: Int
    let control: LoadControl
    let servers: [TransportAddress]
    let epoll: Int32
    let limit: Int

    // What a packet needs.
    let descriptors: UnsafeMutablePointer<Int32>
    let up: UnsafeMutablePointer<FlowRecord>
    let down: UnsafeMutablePointer<FlowRecord>
    var latency = LatencyHistogram()
    let template: PacketTemplate
    /// Counts in the kernel what comes over UDP, beside the two tables above; nil where all is read from sockets.
    let sink: KernelSink?
    let upFrames: FrameLane?
    let downFrames: FrameLane?
    /// Packets that the interface of the frames had no room for.
    var interfaceDrops: UInt64 = 0
    var readsSocketsBecause: String?
    let inbox: UnsafeMutablePointer<clinux_receive_batch>
    let inboxBytes: UnsafeMutablePointer<UInt8>
    var peer: PeerSocket
    var sends: PeerSends
    var counters = LoadCounters()
    /// Sessions that are ready, in the order of their turns.
    var turns: [Int32] = []

    // What sessions need.
    var sessions: [LoadSession?]
    var freePlaces: [Int]
    var underWay = 0
    var setup = LatencyHistogram()
    var failure: String?
    var tlsContext: OpaquePointer?
    var began = 0
    var retries = 0

    // The schedule.
    var order = LoadControl.Order()
    var generation = 0
    var schedule = SendSchedule()
    var startedAt: UInt64 = 0
    var nextTick: UInt64 = 0
    /// When sockets are looked at next; before that only packets are sent.
    var nextLook: UInt64 = 0
    /// Whether what comes is only counted, and its time is known however late it is read.
    private var gathers = false
    private var lookInterval = LoadWorker.gatherInterval
    /// When the first of the sessions' timers ends, in milliseconds.
    var nextDeadline: UInt64 = 0
    private var answered = 0
    var nextBegin: UInt64 = 0
    /// What sessions that replay a trace send next.
    var replay = ReplaySchedule()

    init?(
        _ plan: LoadPlan, number: Int, limit: Int, servers: [TransportAddress], peerAddress: IPAddress,
        control: LoadControl
    ) {
        let peer = PeerSocket(
            at: TransportAddress(ip: peerAddress, port: 0), tellsSources: plan.direction == .echo)
        guard let peer else { return nil }
        let peerAt = peer.address
        self.plan = plan
        self.number = number
        self.limit = limit
        self.servers = servers
        self.control = control
        self.peer = peer
        epoll = clinux_epoll_create()
        template = PacketTemplate(plan, peer: plan.remotePeer ?? peerAt)
        sends = PeerSends(bytes: plan.payloadBytes * plan.burst)
        descriptors = .allocate(capacity: limit)
        descriptors.initialize(repeating: -1, count: limit)
        up = .allocate(capacity: limit)
        up.initialize(repeating: FlowRecord(), count: limit)
        down = .allocate(capacity: limit)
        down.initialize(repeating: FlowRecord(), count: limit)
        (sink, readsSocketsBecause) = LoadWorker.sink(plan, limit)
        (upFrames, downFrames) = LoadWorker.lanes(plan, limit, template)
        inbox = .allocate(capacity: 1)
        inboxBytes = .allocate(capacity: Int(CLINUX_RECEIVE_SLOTS) * (Int(CLINUX_BUFFER_BYTES) + 128))
        clinux_receive_prepare(inbox, inboxBytes, Int(CLINUX_BUFFER_BYTES) + 128, 0)
        sessions = [LoadSession?](repeating: nil, count: limit)
        freePlaces = Array((0..<limit).reversed())
        // What an echoing peer gets has to reach it.
        if let sink, plan.direction != .echo { attach(sink, to: self.peer.descriptor) }
        _ = clinux_epoll_add(epoll, self.peer.descriptor, UInt32(CLINUX_READABLE), LoadWorker.peerToken)
        _ = clinux_epoll_add(epoll, control.wakeUps[number], UInt32(CLINUX_READABLE), LoadWorker.wakeToken)
    }

    deinit {
        for session in sessions { if let session { end(session) } }
        if let tlsContext { SSL_CTX_free(tlsContext) }
        close(epoll)
        descriptors.deallocate()
        up.deallocate()
        down.deallocate()
        inbox.deallocate()
        inboxBytes.deallocate()
        template.deallocate()
    }

    static let peerToken = UInt64.max
    static let wakeToken = UInt64.max - 1

    /// Runs until the order to end.
    func run() {
        clinux_name_thread("load-\(number)")
        clinux_wake_in_time()
        var events = [epoll_event](repeating: epoll_event(), count: 256)
        while true {
            let now = clinux_monotonic_nanoseconds()
            if control.currentGeneration != generation { takeOrder(now) }
            if order.phase == .end { break }
            if control.currentQuestion != answered { report() }
            beginSessions(now)
            let due = order.phase == .traffic ? sendDue(now) : UInt64.max
            let wake = min(due, nextTick, order.phase == .setup ? nextBegin : .max)
            let clock = clinux_monotonic_nanoseconds()
            if nextLook > clock {
                clinux_sleep_until(min(wake, nextLook))
            } else {
                let count = clinux_epoll_wait_fine(epoll, &events, 256, wake > clock ? wake - clock : 0)
                for index in 0..<max(0, Int(count)) { take(events[index]) }
                // As many as fit: there may be more.
                if gathers, count < 256, count > 0 || sink != nil { nextLook = clock + lookInterval }
            }
            if clinux_monotonic_nanoseconds() >= nextTick { tick() }
        }
        tell(isFinished: true)
    }

    private func takeOrder(_ now: UInt64) {
        generation = control.currentGeneration
        order = control.currentOrder
        startedAt = now
        schedule = SendSchedule(
            startedAt: now, eventsPerSecond: order.rate / Double(plan.packetsPerEvent), pace: plan.paceNanoseconds)
        if order.phase == .traffic, let trace = plan.trace { beginReplay(trace) }
        if order.phase == .teardown { giveBack() }
        nextTick = now
        nextLook = 0
        gathers =
            order.phase == .traffic && plan.profile.carriesData && plan.direction != .echo
            && plan.uris.allSatisfy { $0.transport == .udp }
        // The kernel leaves Data indications to be read.
        lookInterval = sink == nil || plan.usesIndications ? LoadWorker.gatherInterval : LoadWorker.answerInterval
    }

    private func take(_ event: epoll_event) {
        var event = event
        let token = clinux_event_token(&event)
        if token == LoadWorker.peerToken {
            receiveAtPeer()
        } else if token == LoadWorker.wakeToken {
            clinux_eventfd_clear(control.wakeUps[number])
        } else if let session = sessions[Int(token)] {
            take(session, clinux_event_mask(&event))
        }
    }

    /// Timers of the sessions, and how far it is.
    private func tick() {
        let now = clinux_monotonic_nanoseconds()
        // Who waits for the last packets looks at the counters.
        nextTick = now + (order.phase == .drain ? LoadWorker.tickInterval / 10 : LoadWorker.tickInterval)
        if now / 1_000_000 >= nextDeadline { tickSessions(now / 1_000_000) }
        tell(isFinished: order.phase == .teardown && underWay == 0)
    }

    private func tickSessions(_ milliseconds: UInt64) {
        nextDeadline = .max
        for session in sessions {
            guard let session, session.state != .ended, let deadline = session.client.nextDeadline else { continue }
            guard deadline <= milliseconds else {
                nextDeadline = min(nextDeadline, deadline)
                continue
            }
            for event in session.client.tick(now: milliseconds) { take(event, session) }
            flush(session)
        }
    }

    private func tell(isFinished: Bool) {
        counters.cpuNanoseconds = clinux_thread_nanoseconds()
        control.publish(
            summedCounters, failure: failure, generation: generation, isFinished: isFinished, worker: number)
    }

    /// Everything, for who asked: copies that cost more than many packets.
    private func report() {
        answered = control.currentQuestion
        counters.ownDrops = max(socketDrops + interfaceDrops, counters.ownDrops)
        counters.cpuNanoseconds = clinux_thread_nanoseconds()
        var report = LoadControl.Report(
            counters: summedCounters, latency: latency.copy(), setup: setup.copy(), failure: failure,
            generation: generation, answer: answered, isFinished: order.phase == .teardown && underWay == 0)
        sink?.addLatencies(to: &report.latency)
        report.ways = ways
        let own = (0..<limit).flatMap { [up[$0].jitter, down[$0].jitter] }.filter { $0 > 0 }
        let jitters = own + (sink?.jitters ?? [])
        report.jitter = jitters.isEmpty ? 0 : jitters.reduce(0, +) / Double(jitters.count)
        control.publish(report, worker: number)
    }
}
