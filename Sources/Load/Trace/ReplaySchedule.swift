import HeapModule

/// What each session of a worker sends next when it replays a trace: the earliest first.
struct ReplaySchedule {
    /// A session in its flow, and when its next packet is due in nanoseconds of the trace's time since the start.
    struct Turn: Comparable {
        /// In the trace's time: divided by the speed it is the clock's.
        var due: UInt64
        /// The session's place.
        let place: Int32
        /// Its flow among the schedule's.
        let flow: Int32
        /// The packet of that flow.
        var packet: Int

        static func < (left: Turn, right: Turn) -> Bool { (left.due, left.place) < (right.due, right.place) }
    }

    /// How much faster than recorded.
    let speed: Double
    private var flows: [TrafficTrace.Flow] = []
    private var turns: Heap<Turn> = []

    /// The turn that is due first.
    var next: Turn? { turns.min }

    /// Nobody's turn.
    init() { speed = 1 }

    /// The flows that sessions have: as recorded, or of one direction.
    init(_ flows: [TrafficTrace.Flow], speed: Double) {
        self.flows = flows
        self.speed = speed
    }

    /// Adds a session that begins within its flow, at this share of its period: sessions do not march in step.
    mutating func add(place: Int32, flow: Int, phase: Double) {
        let packets = flows[flow].packets
        guard !packets.isEmpty else { return }
        let start = UInt64(Double(flows[flow].period) * phase)
        let first = packets.firstIndex { $0.nanoseconds >= start }
        let due = first.map { packets[$0].nanoseconds - start } ?? packets[0].nanoseconds + flows[flow].period - start
        turns.insert(Turn(due: due, place: place, flow: Int32(flow), packet: first ?? 0))
    }

    /// The packet of a turn.
    func packet(_ turn: Turn) -> TrafficTrace.Packet { flows[Int(turn.flow)].packets[turn.packet] }

    /// The first turn is over: its session's next packet, in the next round of its flow if need be.
    mutating func advance() {
        guard var turn = turns.min else { return }
        let flow = flows[Int(turn.flow)]
        let now = flow.packets[turn.packet].nanoseconds
        turn.packet += 1
        if turn.packet == flow.packets.count {
            turn.packet = 0
            turn.due += flow.period - now + flow.packets[0].nanoseconds
        } else {
            turn.due += flow.packets[turn.packet].nanoseconds - now
        }
        turns.replaceMin(with: turn)
    }

    /// The first turn's session is gone.
    mutating func drop() { _ = turns.popMin() }
}

extension TrafficTrace {
    /// The flows as a plan's sessions have them, twice over when two are each other's peer: what the first of a pair
    /// sends, then what the second does.
    func flows(for plan: LoadPlan) -> [Flow] {
        if plan.isClientToClient {
            return flows.flatMap { flow in
                let back = flow.only(isDown: true)
                return [
                    flow.only(isDown: false),
                    Flow(
                        packets: back.packets.map {
                            Packet(nanoseconds: $0.nanoseconds, bytes: $0.bytes, isDown: false)
                        },
                        period: back.period),
                ]
            }
        }
        switch plan.direction {
        case .up, .echo: return flows.map { $0.only(isDown: false) }
        case .down: return flows.map { $0.only(isDown: true) }
        case .both: return flows
        }
    }

    /// Packets per second of all sessions of a plan, at the trace's own speed.
    func packetsPerSecond(of plan: LoadPlan) -> Double {
        let rates = flows(for: plan).map(\.packetsPerSecond)
        return (0..<plan.sessions).reduce(0) { $0 + rates[$1 % rates.count] }
    }
}
