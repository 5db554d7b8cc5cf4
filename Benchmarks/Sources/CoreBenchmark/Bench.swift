import Credentials
import Integrity
import RelayCore
import STUN

/// A relay core with many sessions of one user, and what drives it.
struct Bench: ~Copyable {
    private let sessions: Int
    private var relay: Relay
    private let directory: RelayDirectory
    private let key: LongTermKey
    private var mac: MessageAuthenticator
    private var random = SplitMix(state: 5)
    private var now = Now(monotonic: Instant(milliseconds: 1_000_000), unixSeconds: 1_700_000_000)
    private var routes: [ClientRoute] = []
    private var slots: [UInt32] = []
    private var order: [Int] = []

    init(sessions: Int) throws {
        let user = try UserRecord(name: "alice", realm: "example.test", password: "secret")
        let key = try LongTermKey(username: "alice", realm: "example.test", password: "secret")
        var settings = RelaySettings(credentials: try CredentialDirectory(realm: "example.test", users: [user]))
        settings.quotas.allocationsPerUser = 65_000
        settings.quotas.allocationsPerSource = 65_000
        settings.budgets.unverifiedBurstBytes = 1 << 40
        settings.budgets.verifiedBurstBytes = 1 << 40
        settings.budgets.bytesPerSecondPerAllocation = 1 << 40
        settings.budgets.bytesPerSecondPerUser = 1 << 40
        self.sessions = sessions
        self.key = key
        mac = MessageAuthenticator()
        let addresses = (0..<4).map { RelayAddressPair(bound: IPAddress(ipv4: 0x0909_0909 + UInt32($0))) }
        directory = RelayDirectory(addresses: addresses, seed: (1, 2))
        relay = Relay(
            settings: settings, loop: 0, directory: directory,
            seed: RelaySeed(tableKey: (3, 4), nonceKey: Array(0..<32), tokenKey: Array(0..<32)))
        routes.reserveCapacity(sessions)
        slots.reserveCapacity(sessions)
        order = Array(0..<sessions)
        order.shuffle(using: &random)
    }

    /// A 401, an Allocate and a ChannelBind for every session.
    mutating func setUp() {
        for session in 0..<sessions {
            let route = ClientRoute(tuple: FiveTuple(client: Self.client(session), listener: 0, transport: .udp))
            routes.append(route)
            let challenge = exchange(route, session, method: .allocate, nonce: nil)
            guard let index = try? MessageIndex.parse(challenge.span.bytes), let range = index.nonce else {
                fatalError("no nonce in the answer to session \(session)")
            }
            let nonce = Array(challenge[range.range])
            for method in [Method.allocate, .channelBind] {
                let answer = exchange(route, session, method: method, nonce: nonce)
                precondition(answer[0] == 1 && answer[1] & 0x10 == 0, "\(method) of session \(session) was refused")
            }
        }
    }

    /// ChannelData of all sessions in turn. A sum over the verdicts.
    mutating func forward(_ datagrams: Int) -> UInt64 {
        var sum: UInt64 = 0
        var turn = 0
        for datagram in 0..<datagrams {
            advance(datagram)
            let tuple = routes[order[turn]].tuple
            let verdict = relay.forward(channel: 0x4000, datagrams: 1, payloadBytes: 160, from: tuple, now: now)
            if case .peer(let relay, let peer, _) = verdict { sum &+= UInt64(relay) &+ UInt64(peer.port) }
            turn += 1
            if turn == sessions { turn = 0 }
        }
        return sum
    }

    /// Datagrams from the peers of all sessions in turn. A sum over the verdicts.
    mutating func deliver(_ datagrams: Int) -> UInt64 {
        var sum: UInt64 = 0
        var turn = 0
        for datagram in 0..<datagrams {
            advance(datagram)
            let session = order[turn]
            let verdict = relay.deliver(
                from: Self.peer(session), on: slots[session], datagrams: 1, payloadBytes: 160, now: now)
            if case .channel(let number, let route) = verdict {
                sum &+= UInt64(number) &+ UInt64(route.tuple.client.port)
            }
            turn += 1
            if turn == sessions { turn = 0 }
        }
        return sum
    }

    /// A turn of a busy loop takes about a millisecond; the clock starts again before permissions end.
    private mutating func advance(_ datagram: Int) {
        guard datagram & 1_023 == 0 else { return }
        now.monotonic.milliseconds += 1
        if now.monotonic.milliseconds > 1_290_000 { now.monotonic.milliseconds = 1_000_000 }
    }

    private mutating func exchange(_ route: ClientRoute, _ session: Int, method: Method, nonce: [UInt8]?) -> [UInt8] {
        var request = [UInt8](repeating: 0, count: 1_280)
        var requestSpan = request.mutableSpan
        var bytes = requestSpan.mutableBytes
        var writer = MessageWriter(
            MessageType(method, .request), TransactionID(high: 1, low: random.next()), into: &bytes)
        if method == .channelBind {
            writer.append(channelNumber: 0x4000, into: &bytes)
            writer.append(.xorPeerAddress, xor: Self.peer(session), into: &bytes)
        } else {
            writer.append(requestedTransport: 17, into: &bytes)
        }
        if let nonce {
            writer.append(.username, text: "alice", into: &bytes)
            writer.append(.realm, text: "example.test", into: &bytes)
            writer.append(.nonce, nonce.span, into: &bytes)
            MessageSeal.appendIntegrity(.sha1, key: key.md5.span, to: &writer, using: &mac, into: &bytes)
        }
        var answer = [UInt8](repeating: 0, count: Relay.replyByteCount)
        var answerSpan = answer.mutableSpan
        var reply = answerSpan.mutableBytes
        let message = request.span.bytes.extracting(0..<writer.count)
        var verdict = relay.receive(message: message, from: route, now: now, reply: &reply)
        carryOutEffects()
        if verdict == .openRelays {
            verdict = relay.finishAllocate(now: now, reply: &reply)
            carryOutEffects()
        }
        guard case .reply(let count) = verdict else { fatalError("\(method) of session \(session): \(verdict)") }
        return Array(answer.prefix(count))
    }

    private mutating func carryOutEffects() {
        while let effect = relay.nextEffect() {
            guard case .openRelay(let request) = effect else { continue }
            guard let port = directory.claim(request, using: &random) else { fatalError("no port is left") }
            relay.relayOpened(request.relay, bound: port.bound)
            slots.append(request.relay)
        }
    }

    private static func client(_ session: Int) -> TransportAddress {
        TransportAddress(
            ip: IPAddress(ipv4: 0x0808_0000 + UInt32(session / 60_000)), port: UInt16(1_024 + session % 60_000))
    }

    private static func peer(_ session: Int) -> TransportAddress {
        TransportAddress(ip: IPAddress(ipv4: 0x0505_0505), port: UInt16(1_024 + session % 60_000))
    }
}

/// Numbers that look random and are the same every time.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
