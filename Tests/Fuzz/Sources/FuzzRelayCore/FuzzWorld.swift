import Credentials
import RelayCore
import STUN
import TURNClient

/// A small relay, three clients that know their passwords, and whoever else the script makes up.
struct FuzzWorld: ~Copyable {
    private var relay: Relay
    private let directory: RelayDirectory
    private var clients: [RelayClient]
    private var random = Counter(state: 1)
    private var milliseconds: UInt64 = 1_000_000
    private var unixSeconds: Int64 = 1_800_000_000
    /// Bound addresses of open sockets, by relay slot.
    private var sockets: [UInt32: TransportAddress] = [:]
    private var failsNextSocket = false

    private static let relayIP = IPAddress(ipv4: 0x1E00_0001)
    private static let peers: [TransportAddress] = [
        TransportAddress(ip: IPAddress(ipv4: 0x1700_0001), port: 7_000),
        TransportAddress(ip: IPAddress(ipv4: 0x1700_0001), port: 7_001),
        TransportAddress(ip: IPAddress(ipv4: 0x0A00_0001), port: 7_000),
        TransportAddress(ip: IPAddress(ipv6High: 0x2B00_0000_0000_0000, low: 1), port: 7_000),
        TransportAddress(ip: relayIP, port: 20_000), TransportAddress(ip: relayIP, port: 20_001),
        TransportAddress(ip: relayIP, port: 20_003), TransportAddress(ip: IPAddress(ipv4: 0x1700_0002), port: 0),
    ]
    private static let credentials: CredentialDirectory = {
        let users = ["alice", "bob"].compactMap {
            try? UserRecord(name: $0, realm: "example.test", password: "secret")
        }
        guard let directory = try? CredentialDirectory(realm: "example.test", users: users) else {
            preconditionFailure("the credentials are well formed")
        }
        return directory
    }()

    init() {
        directory = RelayDirectory(
            addresses: [
                RelayAddressPair(bound: FuzzWorld.relayIP),
                RelayAddressPair(bound: IPAddress(ipv6High: 0x2600_0000_0000_0000, low: 1)),
            ],
            ports: 20_000...20_003, allocations: 4, seed: (1, 2))
        relay = Relay(
            settings: FuzzWorld.settings, loop: 0, directory: directory,
            seed: RelaySeed(
                tableKey: (3, 4), nonceKey: Array(repeating: 5, count: 16), tokenKey: Array(repeating: 6, count: 16)))
        clients = [("alice", ClientIntegrity.negotiated), ("alice", .classic), ("bob", .truncated(16))].map {
            var settings = ClientSettings(username: $0.0, password: "secret")
            settings.integrity = $0.1
            return RelayClient(settings, framing: .datagram, random: Counter(state: 7))
        }
    }

    private static var settings: RelaySettings {
        var settings = RelaySettings(credentials: credentials)
        settings.quotas.allocations = 4
        settings.quotas.allocationsPerUser = 2
        settings.quotas.permissionsPerAllocation = 2
        settings.quotas.channelsPerAllocation = 2
        settings.quotas.permissionsPerLoop = 4
        settings.quotas.channelsPerLoop = 4
        settings.policy = AddressPolicy(allow: [], deny: [], ownAddresses: [relayIP])
        return settings
    }

    private var now: Now { Now(monotonic: Instant(milliseconds: milliseconds), unixSeconds: unixSeconds) }

    private func route(_ client: Int) -> ClientRoute {
        let address = TransportAddress(ip: IPAddress(ipv4: 0x1400_0001 + UInt32(client)), port: 1_000)
        let transport: ClientTransport = client == 1 ? .tcp : .udp
        return ClientRoute(
            tuple: FiveTuple(client: address, listener: 0, transport: transport),
            connection: transport == .udp ? 0 : UInt32(client))
    }

    // MARK: - Operations

    /// Performs the next operation of the script; false when there is none.
    mutating func perform(_ script: inout Script) -> Bool {
        guard !script.isAtEnd else { return false }
        let client = script.byte() % 4
        switch script.byte() % 14 {
        case 0: receive(script.slice(script.byte()), client)
        case 1, 2, 3: ask(request(&script), client)
        case 4: forward(UInt16(0x3FFF + script.byte() % 6), script.number(), client)
        case 5: deliver(script.pick(FuzzWorld.peers), slot: UInt32(script.byte() % 10), script.number())
        case 6: send(script.slice(script.byte() % 32), to: script.pick(FuzzWorld.peers), client)
        case 7: pass(UInt64(script.number()) * UInt64(script.byte() % 4 + 1) * 10)
        case 8: unixSeconds += Int64(script.number()) - 32_768
        case 9: report(script.pick(FuzzWorld.peers), slot: UInt32(script.byte() % 10), type: UInt8(script.byte()))
        case 10:
            relay.connectionClosed(route(client).tuple, now: now)
            drain()
        case 11: failsNextSocket = true
        case 12: administer(&script)
        default:
            relay.tick(now: now)
            drain()
        }
        check()
        return true
    }

    private func request(_ script: inout Script) -> ClientRequest {
        switch script.byte() % 6 {
        case 0, 1:
            var options = AllocateOptions()
            let flags = script.byte()
            if flags & 1 != 0 { options.lifetimeSeconds = UInt32(script.number()) }
            if flags & 2 != 0 { options.family = flags & 4 != 0 ? .ipv6 : .ipv4 }
            options.asksForBothFamilies = flags & 8 != 0
            if flags & 16 != 0 { options.evenPort = flags & 32 != 0 }
            if flags & 64 != 0 { options.reservationToken = UInt64(script.byte()) }
            return .allocate(options)
        case 2:
            return .refresh(
                lifetimeSeconds: UInt32(script.number()), family: script.pick([nil, nil, .ipv4, .ipv6]))
        case 3, 4:
            return .createPermission((0...script.byte() % 3).map { _ in script.pick(FuzzWorld.peers) })
        default:
            return .channelBind(channel: UInt16(0x3FFF + script.byte() % 6), peer: script.pick(FuzzWorld.peers))
        }
    }

    private mutating func ask(_ request: ClientRequest, _ client: Int) {
        guard client < clients.count, clients[client].requestsUnderWay < 8 else { return }
        clients[client].start(request, now: milliseconds)
        exchange(client)
    }

    /// Carries messages to and fro until both sides are silent.
    private mutating func exchange(_ client: Int) {
        while let message = clients[client].nextOutput() {
            guard let answer = receive(message, client) else { continue }
            _ = clients[client].receive(answer.span.bytes, now: milliseconds)
        }
    }

    @discardableResult
    private mutating func receive(_ message: [UInt8], _ client: Int) -> [UInt8]? {
        let (route, now) = (route(client), now)
        var buffer = [UInt8](repeating: 0, count: Relay.replyByteCount)
        var verdict: MessageVerdict
        do {
            var span = buffer.mutableSpan
            var bytes = span.mutableBytes
            verdict = relay.receive(message: message.span.bytes, from: route, now: now, reply: &bytes)
        }
        drain()
        if case .openRelays = verdict {
            var span = buffer.mutableSpan
            var bytes = span.mutableBytes
            verdict = relay.finishAllocate(now: now, reply: &bytes)
        }
        drain()
        guard case .reply(let count) = verdict else { return nil }
        precondition(count >= STUNHeader.byteCount && count <= buffer.count)
        return Array(buffer[..<count])
    }

    private mutating func send(_ payload: [UInt8], to peer: TransportAddress, _ client: Int) {
        guard client < clients.count else { return }
        receive(clients[client].sendIndication(payload, to: peer), client)
    }

    private mutating func forward(_ channel: UInt16, _ bytes: Int, _ client: Int) {
        let verdict = relay.forward(
            channel: channel, datagrams: 1, payloadBytes: bytes, from: route(client).tuple, now: now)
        switch verdict {
        case .drop: break
        case .peer(let slot, _, _): precondition(sockets[slot] != nil, "sends from a closed socket")
        case .hairpin(_, let slot, let generation, let from):
            precondition(sockets[slot] != nil, "hairpins to a closed socket")
            _ = relay.deliverHairpin(
                from: from, on: slot, generation: generation, datagrams: 1, payloadBytes: bytes, now: now)
        }
    }

    private mutating func deliver(_ peer: TransportAddress, slot: UInt32, _ bytes: Int) {
        let verdict = relay.deliver(from: peer, on: slot, datagrams: 1, payloadBytes: bytes, now: now)
        if case .drop = verdict { return }
        precondition(sockets[slot] != nil, "delivers from a closed socket")
    }

    private mutating func report(_ peer: TransportAddress, slot: UInt32, type: UInt8) {
        let now = now
        var buffer = [UInt8](repeating: 0, count: Relay.replyByteCount)
        var span = buffer.mutableSpan
        var bytes = span.mutableBytes
        _ = relay.peerUnreachable(
            ICMPValue(type: type, code: 0, data: 0), from: peer, on: slot, now: now, into: &bytes)
    }

    private mutating func pass(_ time: UInt64) {
        milliseconds += time
        for client in clients.indices {
            _ = clients[client].tick(now: milliseconds)
            exchange(client)
        }
    }

    private mutating func administer(_ script: inout Script) {
        switch script.byte() % 4 {
        case 0: relay.drain(script.byte() % 2 == 0)
        case 1: relay.update(settings: FuzzWorld.settings, now: now)
        case 2: _ = relay.revoke(script.pick(["alice", "bob", ""]), now: now)
        default:
            if let session = relay.sessions(limit: 1, now: now).first {
                _ = relay.end(allocation: session.id, now: now)
            }
        }
        drain()
    }

    // MARK: - The world

    private mutating func drain() {
        while let effect = relay.nextEffect() {
            switch effect {
            case .openRelay(let request):
                guard !failsNextSocket, let port = directory.claim(request, using: &random) else {
                    failsNextSocket = false
                    relay.relayFailed(request.relay, .noPort)
                    continue
                }
                precondition(sockets[request.relay] == nil, "opens a slot twice")
                sockets[request.relay] = port.bound
                relay.relayOpened(request.relay, bound: port.bound)
            case .closeRelay(let slot, let bound):
                precondition(sockets.removeValue(forKey: slot) == bound, "closes what is not open")
                directory.release(bound)
            case .channelsChanged, .closeConnection, .allocationOpened, .allocationEnded: break
            }
        }
    }

    private func check() {
        precondition(relay.allocationCount <= 4 && sockets.count <= 8)
        let counters = relay.counters
        precondition(counters.permissions <= 4 && counters.channels <= 4)
        precondition(counters.allocations == relay.allocationCount)
    }

    /// Ends everything: every port, permission and channel comes back.
    mutating func settle() {
        relay.shutdown(now: now)
        drain()
        milliseconds += 8_000_000
        relay.tick(now: now)
        drain()
        let counters = relay.counters
        precondition(counters.allocations == 0 && counters.permissions == 0 && counters.channels == 0)
        precondition(counters.users == 0 && sockets.isEmpty)
        precondition(directory.freePorts() == directory.totalPorts(), "ports are lost")
    }
}

/// Numbers that differ, always the same ones.
struct Counter: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return (state ^ state >> 31) &* 0xBF58_476D_1CE4_E5B9
    }
}
