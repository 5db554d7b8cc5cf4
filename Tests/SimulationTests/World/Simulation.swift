import RelayCore
import STUN
import TURNClient

/// One run: a relay, its clients, their peers, strangers, and the network between them, all from one seed.
struct Simulation {
    let scenario: Scenario
    let directory: RelayDirectory
    let loops: [SimulatedLoop]
    var random: Randomness
    var network: NetworkEmulator<Packet>
    var model: ReferenceModel
    var clients: [SimulatedClient] = []
    var strangers: [Stranger] = []
    var payloads = PayloadRegister()
    /// What has arrived of streams, by their number in the network.
    var streams: [Int: StreamReassembler] = [:]
    var now: UInt64 = 1_000_000
    /// How far the wall clock is ahead of the monotonic one, in seconds.
    private var wallOffset: Int64 = 1_800_000_000
    /// Peers that clients may talk to, be it allowed or not.
    let peers: [TransportAddress]
    /// Relayed addresses that were ever open.
    var relayedEver: [TransportAddress] = []
    var statistics = Statistics()

    /// What happened in a run: to see that a run is worth its time.
    struct Statistics {
        var actions = 0
        var allocations = 0
        var delivered = 0
        var refused = 0
        var dropped = 0
        var hairpins = 0
        var revocations = 0
        var reloads = 0

        static func += (left: inout Statistics, right: Statistics) {
            left.actions += right.actions
            left.allocations += right.allocations
            left.delivered += right.delivered
            left.refused += right.refused
            left.dropped += right.dropped
            left.hairpins += right.hairpins
            left.revocations += right.revocations
            left.reloads += right.reloads
        }
    }

    init(seed: UInt64) {
        random = Randomness(seed: seed)
        scenario = Scenario(&random)
        directory = RelayDirectory(
            addresses: scenario.addresses, ports: scenario.ports, allocations: scenario.quotas.allocations,
            seed: (random.next(), random.next()))
        let key = random.next()
        loops = (0..<scenario.loops).map { [scenario, directory] in
            SimulatedLoop(scenario, UInt8($0), directory, seed: key)
        }
        network = NetworkEmulator(scenario.conditions)
        model = ReferenceModel(scenario)

        var peers: [TransportAddress] = []
        for index in 0..<scenario.peersPerFamily {
            let port = UInt16(7_000 + index)
            peers.append(TransportAddress(ip: IPAddress(ipv4: 0x1700_0001 + UInt32(index / 2)), port: port))
            peers.append(
                TransportAddress(ip: IPAddress(ipv6High: 0x2B00_0000_0000_0000, low: UInt64(index / 2)), port: port))
        }
        peers.append(TransportAddress(ip: IPAddress(ipv4: Scenario.deniedNetwork + 1), port: 7_000))
        self.peers = peers

        for index in 0..<scenario.clients {
            clients.append(SimulatedClient(index, scenario, unixSeconds: unixSeconds, using: &random))
        }
        for index in 0..<scenario.strangers { strangers.append(Stranger(index, using: &random)) }
    }

    var unixSeconds: Int64 { Int64(now / 1_000) + wallOffset }
    var present: Now { Now(monotonic: Instant(milliseconds: now), unixSeconds: unixSeconds) }

    // MARK: - A run

    /// Acts, lets the network and time do theirs, and checks everything on the way and at the end.
    mutating func run() throws {
        for _ in 0..<scenario.actions {
            if random.chance(15) { try probeAnEnd() }
            try advance(to: nextActionTime())
            try act()
            statistics.actions += 1
        }
        try advance(to: now + 2_000)
        try settle()
    }

    /// When the next action happens: after a pause, or exactly at, before or after an end of something.
    private mutating func nextActionTime() -> UInt64 {
        let live = model.liveAllocations(now)
        if random.chance(20), !live.isEmpty {
            let allocation = random.pick(live)
            var ends = [allocation.end]
            ends += allocation.permissions.values.sorted()
            ends += allocation.channels.map(\.end)
            let end = random.pick(ends) &+ UInt64(random.pick(0...2)) &- 1
            if end >= now, end < now + 700_000 { return end }
        }
        // A machine that slept: hours pass in one step.
        if random.chance(1) { return now + UInt64(random.pick([400_000, 8_000_000])) }
        return now + UInt64(random.pick(0...scenario.longestPause))
    }

    /// Lets time pass: packets arrive, clients repeat themselves, the relay's timers fire.
    mutating func advance(to target: UInt64) throws {
        var turns = 0
        while true {
            turns += 1
            guard turns < 200_000 else { throw Violation("time stands still at \(now)") }
            var next = target
            if let arrival = network.nextArrival { next = min(next, max(arrival, now)) }
            for index in clients.indices {
                if let deadline = clients[index].machine.nextDeadline { next = min(next, max(deadline, now)) }
            }
            for loop in loops {
                if let deadline = loop.relay.nextDeadline?.milliseconds { next = min(next, max(deadline, now + 1)) }
            }
            // Long sleeps are sleeps: nothing happens on the way.
            if target - now > 300_000 { next = target }
            now = next
            while let packet = network.receive(at: now) { try arrive(packet) }
            for index in clients.indices { try tick(client: index) }
            for index in loops.indices { try tick(loop: index) }
            if now >= target { return }
        }
    }

    /// Data in both directions in the last millisecond of something's life and in the first one after it, past the
    /// network's delay: the model knows which of them may pass.
    private mutating func probeAnEnd() throws {
        let live = model.liveAllocations(now)
        guard !live.isEmpty else { return }
        let allocation = random.pick(live)
        var ends = allocation.channels.map { (end: $0.end, peer: $0.peer) }
        for (ip, end) in allocation.permissions.sorted(by: { $0.key < $1.key }) {
            ends.append((end, TransportAddress(ip: ip, port: 7_000)))
            ends.append((allocation.end, TransportAddress(ip: ip, port: 7_000)))
        }
        guard !ends.isEmpty else { return }
        let (end, peer) = random.pick(ends)
        for moment in [end - 1, end] where moment >= now && moment < now + 700_000 {
            try advance(to: moment)
            if let relayed = allocation.relayed(peer.family) { try arriveAtSocket([], from: peer, to: relayed) }
            let route =
                clients.first { $0.route.tuple == allocation.tuple }?.route ?? ClientRoute(tuple: allocation.tuple)
            for channel in allocation.channels {
                let number = channel.number
                try arriveAtRelay([UInt8(number >> 8), UInt8(truncatingIfNeeded: number), 0, 0], route)
            }
        }
    }

    private mutating func tick(loop index: Int) throws {
        guard let deadline = loops[index].relay.nextDeadline?.milliseconds, deadline <= now,
            !random.chance(scenario.lateTickPercent)
        else { return }
        loops[index].relay.tick(now: present)
        try afterInput(to: index)
        for tuple in model.allocations.keys where model.allocations[tuple]?.loop == index {
            // A tick gives back what ended before this second.
            model.prune(tuple, now / 1_000 * 1_000)
        }
    }

    private mutating func tick(client index: Int) throws {
        guard let deadline = clients[index].machine.nextDeadline, deadline <= now else { return }
        _ = clients[index].machine.tick(now: now)
        flush(client: index)
    }

    /// Sends what a client's machine wants sent.
    mutating func flush(client index: Int) {
        while let message = clients[index].machine.nextOutput() { send(message, from: clients[index].route) }
    }

    mutating func send(_ message: [UInt8], from route: ClientRoute) {
        for index in strangers.indices where random.chance(30) { strangers[index].overhear(message) }
        if route.tuple.transport == .udp {
            network.send(.toRelay(message, route), at: now, using: &random)
        } else {
            for piece in pieces(of: message) {
                network.send(.toRelay(piece, route), inStream: toRelay(route), at: now, using: &random)
            }
        }
    }

    mutating func sendToClient(_ message: [UInt8], _ route: ClientRoute) {
        if route.tuple.transport == .udp {
            network.send(.toClient(message, route), at: now, using: &random)
        } else {
            let padding = [UInt8](repeating: 0, count: paddedTo4(message.count) - message.count)
            for piece in pieces(of: message + padding) {
                network.send(.toClient(piece, route), inStream: toClient(route), at: now, using: &random)
            }
        }
    }

    // MARK: - Actions

    private mutating func act() throws {
        let client = random.pick(0...(clients.count - 1))
        switch random.pick(0...99) {
        case ..<20:
            let live = model.liveAllocations(now).flatMap(\.relayed)
            let peer = random.chance(40) && !live.isEmpty ? random.pick(live) : random.pick(peers)
            clients[client].sensible(peer: peer, now: now, using: &random)
            flush(client: client)
        case ..<35:
            clients[client].whim(peers: peerChoice(), now: now, using: &random)
            flush(client: client)
        case ..<60:
            let connected = clients.indices.filter { model.live(clients[$0].route.tuple, now) != nil }
            sendData(from: random.chance(85) && !connected.isEmpty ? random.pick(connected) : client)
        case ..<80: sendFromPeer()
        case ..<88:
            guard !strangers.isEmpty else { return }
            let (message, route) = strangers[random.pick(0...(strangers.count - 1))].attack(
                posingAs: clients.map(\.route), using: &random)
            send(message, from: route)
        case ..<92: try reportICMP()
        case ..<94: try close(client: client)
        case ..<96: wallOffset += Int64(random.pick([-100_000, -700, -5, 5, 700, 100_000]))
        default: try administer()
        }
    }

    /// Peers, and relayed addresses of others: both kinds are peers to a client.
    private func peerChoice() -> [TransportAddress] {
        var choice = peers
        choice += relayedEver.suffix(4)
        if scenario.servesIPv6 {
            choice.append(TransportAddress(ip: Scenario.relayIPv6, port: scenario.ports.lowerBound))
        }
        choice.append(TransportAddress(ip: Scenario.relayIPv4, port: scenario.ports.lowerBound))
        return choice
    }

    private mutating func sendData(from client: Int) {
        var peer = random.pick(peerChoice())
        if random.chance(80), let allocation = model.live(clients[client].route.tuple, now) {
            // A permitted peer, on the port of one that there is.
            let permitted = peerChoice().filter { model.isPermitted($0.ip, allocation, now) }
            if !permitted.isEmpty { peer = random.pick(permitted) }
        }
        let isIndication = random.chance(30) || !clients[client].machine.hasChannel(to: peer)
        let payload = payloads.make(
            PayloadRegister.Entry(client: client, peer: nil, destination: isIndication ? peer : nil), using: &random)
        if random.chance(10) {
            // A channel that may not be bound.
            let number = UInt16(0x4000 + random.pick(0...6))
            send(clients[client].machine.channelData(random.bytes(5), channel: number), from: clients[client].route)
        } else if !isIndication {
            send(clients[client].machine.packet(payload, to: peer), from: clients[client].route)
        } else {
            let message = clients[client].machine.sendIndication(payload, to: peer, dontFragment: random.chance(20))
            send(message, from: clients[client].route)
        }
    }

    private mutating func sendFromPeer() {
        guard !relayedEver.isEmpty else { return }
        var relayed = random.pick(relayedEver)
        // Some pretend to be a relayed address, or come from port 0.
        var source = random.pick(peerChoice())
        let live = model.liveAllocations(now)
        if random.chance(80), !live.isEmpty {
            let allocation = random.pick(live)
            let permitted = peerChoice().filter { model.isPermitted($0.ip, allocation, now) }
            if !permitted.isEmpty {
                source = random.pick(permitted)
                relayed = allocation.relayed(source.family) ?? relayed
            }
        }
        if random.chance(5) { source = TransportAddress(ip: source.ip, port: 0) }
        let payload = payloads.make(
            PayloadRegister.Entry(client: nil, peer: source, destination: relayed), using: &random)
        network.send(.toSocket(payload, from: source, to: relayed), at: now, using: &random)
    }

    private mutating func close(client index: Int) throws {
        let client = clients[index]
        if client.transport != .udp, random.chance(70) { try connectionClosed(client.route, loop: client.loop) }
        clients[index].rebind()
    }

    private mutating func administer() throws {
        let loop = random.pick(0...(loops.count - 1))
        switch random.pick(0...6) {
        case 0:
            let sessions = loops[loop].relay.sessions(limit: 100, now: present)
            try check(sessions, loop)
            guard let session = sessions.first else { return }
            try end(session, loop)
        case 1:
            model.isDraining = random.chance(15)
            for loop in loops { loop.relay.drain(model.isDraining) }
        case 2: try revoke()
        case 3: try reload()
        default:
            // A reload that changes nothing takes nothing away.
            loops[loop].relay.update(settings: scenario.settings(model.guests), now: present)
            try afterInput(to: loop)
        }
    }
}
