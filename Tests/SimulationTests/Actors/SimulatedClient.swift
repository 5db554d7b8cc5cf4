import Credentials
import RelayCore
import STUN
import TURNClient

/// A client of the relay: the client's state machine, an address, and whims.
struct SimulatedClient {
    let index: Int
    let username: String
    let transport: ClientTransport
    let ip: IPAddress
    let loop: Int
    var machine: RelayClient
    private(set) var route: ClientRoute
    /// Relayed addresses that were ever this client's.
    var relayedEver: Set<TransportAddress> = []
    /// Peers that this client ever asked permission for, by address.
    var permittedEver: Set<IPAddress> = []
    var token: UInt64?
    private var rebinds: UInt16 = 0

    init(_ index: Int, _ scenario: Scenario, unixSeconds: Int64, using random: inout Randomness) {
        self.index = index
        loop = random.pick(0...(scenario.loops - 1))
        transport = random.pick([.udp, .udp, .udp, .tcp, .tls])
        // Few sources, so that the limit per source is met; an IPv6 /64 is one source, so give each its own.
        ip =
            random.chance(70)
            ? IPAddress(ipv4: 0x1400_0000 + UInt32(random.pick(1...3)))
            : IPAddress(ipv6High: 0x2A00_0000_0000_0000 + UInt64(random.pick(1...3)), low: 1)
        var password: String
        if random.chance(25) {
            let expiry = unixSeconds + Int64(random.pick([5, 60, 700, 100_000]))
            (username, password) = TimeLimitedCredential.issue(
                secret: Scenario.secret, id: "visit\(index)", expiresAtUnixSeconds: expiry)
        } else {
            username = random.pick(Scenario.users)
            password = "secret of \(username)"
        }
        var settings = ClientSettings(username: username, password: password)
        settings.integrity = random.pick([.negotiated, .negotiated, .classic, .truncated(16)])
        settings.sendsFingerprint = random.chance(50)
        settings.keepsAlive = random.chance(50)
        machine = RelayClient(
            settings, framing: transport == .udp ? .datagram : .stream, random: Randomness(seed: random.next()))
        route = SimulatedClient.route(index, ip, 0, transport)
    }

    /// The client's next packets come from another port: its NAT forgot it, or its connection was opened anew.
    mutating func rebind() {
        rebinds += 1
        route = SimulatedClient.route(index, ip, rebinds, transport)
    }

    private static func route(
        _ index: Int, _ ip: IPAddress, _ rebinds: UInt16, _ transport: ClientTransport
    ) -> ClientRoute {
        let address = TransportAddress(ip: ip, port: 1_000 + UInt16(index) * 100 + rebinds % 100)
        return ClientRoute(
            tuple: FiveTuple(client: address, listener: 0, transport: transport),
            connection: transport == .udp ? 0 : UInt32(index) * 1_000 + UInt32(rebinds) + 1)
    }

    /// What a client that works would do next: an allocation, then a channel or a permission for its peer.
    mutating func sensible(peer: TransportAddress, now: UInt64, using random: inout Randomness) {
        guard machine.requestsUnderWay < 16 else { return }
        guard machine.allocation != nil else { return machine.start(.allocate(AllocateOptions()), now: now) }
        permittedEver.insert(peer.ip)
        if random.chance(50) {
            machine.start(.createPermission([peer]), now: now)
        } else {
            machine.start(.channelBind(channel: UInt16(0x4000 + random.pick(0...5)), peer: peer), now: now)
        }
    }

    /// A request on a whim: many make sense, some do not.
    mutating func whim(peers: [TransportAddress], now: UInt64, using random: inout Randomness) {
        guard machine.requestsUnderWay < 16 else { return }
        let request: ClientRequest
        switch random.pick(0...99) {
        case ..<25: request = .allocate(allocateOptions(&random))
        case ..<40:
            request = .refresh(
                lifetimeSeconds: UInt32(random.pick([0, 1, 30, 600, 700, 5_000])),
                family: random.chance(25) ? random.pick([.ipv4, .ipv6]) : nil)
        case ..<70:
            let chosen = (0..<random.pick(1...3)).map { _ in random.pick(peers) }
            permittedEver.formUnion(chosen.map(\.ip))
            request = .createPermission(chosen)
        default:
            let peer = random.pick(peers)
            permittedEver.insert(peer.ip)
            let number = random.chance(95) ? 0x4000 + random.pick(0...5) : random.pick([0x3FFF, 0x5000, 0x7FFF])
            request = .channelBind(channel: UInt16(number), peer: peer)
        }
        machine.start(request, now: now)
    }

    private mutating func allocateOptions(_ random: inout Randomness) -> AllocateOptions {
        var options = AllocateOptions()
        guard random.chance(60) else { return options }
        if random.chance(30) { options.lifetimeSeconds = UInt32(random.pick([0, 20, 700, 10_000])) }
        if random.chance(20) { options.family = random.pick([.ipv4, .ipv6]) }
        if random.chance(20) { options.asksForBothFamilies = true }
        if random.chance(20) { options.evenPort = random.chance(50) }
        if random.chance(20), let token {
            options.reservationToken = token
            self.token = nil
        }
        if random.chance(5) { options.reservationToken = random.next() }
        if random.chance(3) { options.transportProtocol = 6 }
        options.asksForDontFragment = random.chance(10)
        return options
    }
}
