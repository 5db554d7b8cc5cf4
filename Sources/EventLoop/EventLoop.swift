import CLinux
import COpenSSL
import Glibc
public import RelayCore
import STUN

/// Descriptors and time around one `Relay` core: one thread, one epoll, nothing shared with the other loops.
///
/// A turn has six steps, each bounded so that no client starves another:
/// 1. wake-ups: work from other threads, datagrams from other loops
/// 2. client sockets (UDP)
/// 3. relay sockets
/// 4. stream connections
/// 5. timers
/// 6. flush
///
/// One input goes into the core, everything that comes out of it is carried out, then comes the next input.
public struct EventLoop: ~Copyable {
    /// Events taken per turn.
    static let eventsPerTurn = 256
    /// System calls that one client socket gets per turn; each takes up to 64 datagrams or merged runs.
    static let clientReceivesPerTurn = 4
    /// Datagrams or merged runs that one relay socket gets per turn.
    static let relayReceivesPerTurn = 8
    /// Connections that one listener accepts per turn.
    static let acceptsPerTurn = 64
    /// Datagrams taken from another loop per turn.
    static let handOversPerTurn = 256
    /// How often housekeeping runs, in milliseconds.
    static let housekeepingInterval: UInt64 = 100

    /// The protocol.
    public var core: Relay
    /// What the machine did.
    public var counters = LoopCounters()
    /// Told of what happened, off the packet path.
    public var observer: (any LoopObserver)?

    let settings: LoopSettings
    let epoll: Int32
    let events: UnsafeMutablePointer<epoll_event>
    /// When this turn began.
    public internal(set) var now: Now

    // Clients and peers over UDP.
    var listeners: [ListeningSocket]
    /// Descriptors of the UDP listeners by listener index, -1 for others.
    let listenerDescriptors: UnsafeMutablePointer<Int32>
    /// What reading the UDP listeners left, by listener index.
    let clientBacklogs: UnsafeMutablePointer<ClientBacklog>
    var clientQueues: [(listener: Int, queue: ClientQueue)] = []
    let fromClients: ReceiveBatch
    let fromPeers: ReceiveBatch
    var fromPeersUsed = 0
    var toPeers: SendBatch
    var toClients: SendBatch
    var relays: RelaySockets
    let reply: UnsafeMutableRawBufferPointer

    // Streams.
    var tls: TLSContext?
    /// Where HTTP on TLS listeners is passed on to; nil: nowhere.
    var companion: CompanionAddress?
    var passages: SlotTable<Passage>
    var passagesWaiting = 0
    /// Events of passages in this turn, and the bytes that each may move.
    var passageEvents = 0
    var passageShare = StreamInput.readBytes
    var connections: SlotTable<Connection>
    var blocks: BlockPool
    let streamInput: UnsafeMutableRawBufferPointer
    let pipe: UnsafeMutablePointer<copenssl_pipe>
    let dirty: UnsafeMutablePointer<UInt32>
    var dirtyCount = 0
    var reserveDescriptor: Int32
    var sweepCursor = 0

    // Other threads and loops.
    /// How other threads reach this loop.
    public let mailbox: Mailbox
    let handOver: HandOver
    /// Loops that datagrams were handed to this turn, a bit each.
    var handedTo: UInt64 = 0

    // Channels that the kernel forwards.
    var forwarder: (any ChannelForwarder)?
    var forwarded = ForwardedChannels()

    let indicationSeed = UInt32.random(in: .min ... .max)
    var indications = UInt64.random(in: .min ... .max)
    var isEnding = false
    var nextHousekeeping: UInt64 = 0

    /// A loop over sockets that are already bound.
    public init(
        settings: LoopSettings, core: consuming Relay, listeners: [ListeningSocket], tls: TLSContext?,
        mailbox: Mailbox, handOver: HandOver
    ) {
        let epoll = clinux_epoll_create()
        precondition(epoll >= 0, "no descriptor left for epoll")
        let clock = clinux_monotonic_nanoseconds()
        let listenerDescriptors = UnsafeMutablePointer<Int32>.allocate(capacity: LoopSettings.listenersMax)
        listenerDescriptors.initialize(repeating: -1, count: LoopSettings.listenersMax)
        let clientBacklogs = UnsafeMutablePointer<ClientBacklog>.allocate(capacity: LoopSettings.listenersMax)
        clientBacklogs.initialize(repeating: ClientBacklog(), count: LoopSettings.listenersMax)
        let pipe = UnsafeMutablePointer<copenssl_pipe>.allocate(capacity: 1)
        pipe.initialize(
            to: copenssl_pipe(
                input: nil, input_count: 0, output: .allocate(capacity: StreamInput.cipherBytes), output_count: 0,
                output_capacity: StreamInput.cipherBytes))
        let connectionsMax = settings.streams.connectionsMax
        let blocksMax = settings.streams.outputBlocksMax
        let relaySlots = settings.relaySlots

        self.settings = settings
        self.core = core
        self.listeners = listeners
        self.tls = tls
        companion = settings.companionSocket.flatMap(CompanionAddress.init)
        passages = SlotTable<Passage>(capacity: min(settings.streams.passagesMax, connectionsMax))
        self.mailbox = mailbox
        self.handOver = handOver
        self.epoll = epoll
        events = .allocate(capacity: Self.eventsPerTurn)
        now = Now(monotonic: Instant(milliseconds: clock / 1_000_000), unixSeconds: clinux_unix_seconds())
        self.listenerDescriptors = listenerDescriptors
        self.clientBacklogs = clientBacklogs
        fromClients = ReceiveBatch()
        fromPeers = ReceiveBatch()
        toPeers = SendBatch()
        toClients = SendBatch()
        relays = RelaySockets(capacity: relaySlots)
        reply = .allocate(byteCount: Relay.replyByteCount, alignment: 16)
        connections = SlotTable<Connection>(capacity: connectionsMax)
        blocks = BlockPool(limit: blocksMax)
        streamInput = .allocate(byteCount: StreamInput.byteCount, alignment: 64)
        self.pipe = pipe
        dirty = .allocate(capacity: connectionsMax)
        reserveDescriptor = Glibc.open("/dev/null", O_RDONLY | O_CLOEXEC)
    }

    deinit {
        for listener in listeners { Glibc.close(listener.descriptor) }
        Glibc.close(epoll)
        Glibc.close(reserveDescriptor)
        events.deallocate()
        listenerDescriptors.deallocate()
        clientBacklogs.deallocate()
        reply.deallocate()
        streamInput.deallocate()
        pipe.pointee.output.deallocate()
        pipe.deallocate()
        dirty.deallocate()
    }

    /// Runs until `stop`; the thread is the loop's for that time.
    public mutating func run() {
        _ = clinux_epoll_add(epoll, mailbox.wakeup, UInt32(CLINUX_READABLE), EventToken(.mailbox, slot: 0).rawValue)
        for listener in listeners { watch(listener) }
        let began = clinux_monotonic_nanoseconds()
        var clock = began
        while !isEnding {
            let count = clinux_epoll_wait(epoll, events, Int32(Self.eventsPerTurn), timeout(clock))
            let woke = clinux_monotonic_nanoseconds()
            now.monotonic = Instant(milliseconds: woke / 1_000_000)
            now.unixSeconds = clinux_unix_seconds()
            turn(Int(max(count, 0)))
            clock = clinux_monotonic_nanoseconds()
            counters.turns &+= 1
            counters.busyNanoseconds &+= clock - woke
            counters.totalNanoseconds = clock - began
        }
        end()
    }

    /// Stream connections now.
    public var connectionCount: Int { connections.count }

    /// Ends `run` after the current turn.
    public mutating func stop() { isEnding = true }

    /// Starts serving a listener that a reload brought.
    public mutating func add(_ listener: ListeningSocket) {
        listeners.append(listener)
        watch(listener)
    }

    /// New connections use this certificate from now on, and HTTP goes to this companion; others keep theirs.
    public mutating func replace(tls: TLSContext?, companionSocket: String?) {
        self.tls = tls
        companion = companionSocket.flatMap(CompanionAddress.init)
    }

    /// One turn over the events that are ready.
    private mutating func turn(_ count: Int) {
        var hasMail = false
        if passageEvents > 0 {
            passageShare = Self.share(of: passageEvents)
            passageEvents = 0
        }
        for i in 0..<count {  // 1-4, in the order in which the kernel reports them
            let token = EventToken(rawValue: clinux_event_token(events + i))
            let mask = clinux_event_mask(events + i)
            switch token.kind {
            case EventToken.Kind.relay.rawValue: readPeers(token, mask)
            case EventToken.Kind.datagramListener.rawValue: readClients(token.slot)
            case EventToken.Kind.connection.rawValue: serve(token, mask)
            case EventToken.Kind.passage.rawValue: servePassage(token, mask)
            case EventToken.Kind.streamListener.rawValue: accept(token.slot)
            default: hasMail = true
            }
        }
        if hasMail { readMail() }
        if now.monotonic.milliseconds >= nextHousekeeping { keepHouse() }
        flush()
    }

    /// Everything queued leaves.
    mutating func flush() {
        flushToClients()
        flushStreams()
        if handedTo != 0 { wakeLoops() }
    }

    private func timeout(_ clock: UInt64) -> Int32 {
        let now = clock / 1_000_000
        if dirtyCount > 0 { return 0 }
        return nextHousekeeping > now ? Int32(nextHousekeeping - now) : 0
    }

    private mutating func watch(_ listener: ListeningSocket) {
        let isStream = listener.transport == .tcp || listener.transport == .tls
        precondition(Int(listener.index) < LoopSettings.listenersMax)
        if !isStream {
            listenerDescriptors[Int(listener.index)] = listener.descriptor
            clientQueues.append((Int(listener.index), ClientQueue(listener.descriptor)))
        }
        let token = EventToken(isStream ? .streamListener : .datagramListener, slot: UInt32(listener.index))
        _ = clinux_epoll_add(epoll, listener.descriptor, UInt32(CLINUX_READABLE), token.rawValue)
    }

    /// Timers [step 5]: expiry in the core, connections that have gone silent, the kernel's drop counts.
    private mutating func keepHouse() {
        core.tick(now: now)
        carryOutEffects()
        sweepConnections()
        if forwarder != nil { countForwardedPart() }
        retryPassages()
        settings.reservedSockets.expire(now: now.monotonic.milliseconds)
        counters.connectionsOpen = UInt64(connections.count)
        counters.passagesOpen = UInt64(passages.count)
        var drops: UInt64 = 0
        for listener in listeners where listenerDescriptors[Int(listener.index)] >= 0 {
            drops &+= UInt64(clinux_receive_drops(listener.descriptor))
        }
        counters.clientReceiveDrops = drops
        lookAtClientQueues()
        nextHousekeeping = now.monotonic.milliseconds + Self.housekeepingInterval
    }

    /// Keeps what clients send from waiting longer than it is of use, when more comes in than this loop can do.
    private mutating func lookAtClientQueues() {
        for index in clientQueues.indices {
            let listener = clientQueues[index].listener
            if clientQueues[index].queue.look(stood: clientBacklogs[listener].stood()) {
                counters.overloads &+= 1
                observer?.trouble(.overloaded)
            }
        }
    }

    private mutating func readMail() {
        for work in mailbox.take() {
            work(&self)
            carryOutEffects()
        }
        receiveHandOvers()
    }

    private mutating func end() {
        core.shutdown(now: now)
        while core.allocationCount > 0 {
            carryOutEffects()
            core.tick(now: now)
        }
        carryOutEffects()
        flush()
        for slot in 0..<UInt32(connections.highWater) where connections[slot].pointee.state != .free {
            close(connection: slot)
        }
    }
}
