import Credentials
import RelayCore
import STUN
import Testing

func ip(_ text: String) -> IPAddress { IPAddress(text)! }
func address(_ text: String) -> TransportAddress { TransportAddress(text)! }

/// A relay with a world around it that does what the effects say, on a clock that the test moves.
final class RelayFixture {
    static let external4 = ip("9.9.9.9")
    static let external6 = ip("2a00:9::9")
    static let startMilliseconds: UInt64 = 1_000_000
    static let startUnixSeconds: Int64 = 1_700_000_000

    var relay: Relay
    let directory: RelayDirectory
    var now = Now(
        monotonic: Instant(milliseconds: startMilliseconds), unixSeconds: startUnixSeconds)
    var random = SplitMix(state: 7)
    /// Effects that were executed, since they were last looked at.
    var effects: [Effect] = []
    /// Open sockets by relay slot.
    var sockets: [UInt32: TransportAddress] = [:]
    /// What the next sockets fail with.
    var failure: ((RelayRequest) -> RelayFailure?) = { _ in nil }
    private var nextID: UInt64 = 1

    static func settings(_ change: (inout RelaySettings) -> Void = { _ in }) -> RelaySettings {
        let users = ["alice": "secret", "bob": "hunter2"].map {
            try! UserRecord(name: $0.key, realm: "example.test", password: $0.value)
        }
        let secrets = ["standard", "strict", "grace"].map { SharedSecret(text: "shared " + $0, label: $0) }
        var settings = RelaySettings(
            credentials: try! CredentialDirectory(realm: "example.test", users: users, secrets: secrets))
        settings.policy = AddressPolicy(
            allow: [CIDR](), deny: [], ownAddresses: [external4, external6, ip("10.0.0.9")])
        settings.quotas.allocations = 4096
        settings.listeners = [address("9.9.9.9:3478")]
        change(&settings)
        return settings
    }

    static func directory(
        ports: ClosedRange<UInt16> = 49152...65535,
        addresses: [RelayAddressPair] = [RelayAddressPair(bound: external4), RelayAddressPair(bound: external6)]
    ) -> RelayDirectory {
        RelayDirectory(addresses: addresses, ports: ports, allocations: 4096, seed: (11, 12))
    }

    init(
        loop: UInt8 = 0, directory: RelayDirectory = RelayFixture.directory(),
        _ change: (inout RelaySettings) -> Void = { _ in }
    ) {
        self.directory = directory
        relay = Relay(
            settings: Self.settings(change), loop: loop, directory: directory,
            seed: RelaySeed(
                tableKey: (0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210), nonceKey: Array(0..<32),
                tokenKey: Array(32..<64)))
    }

    // MARK: Time

    func advance(seconds: UInt64) { advance(milliseconds: seconds * 1000) }

    func advance(milliseconds: UInt64) {
        let old = now.monotonic.milliseconds - Self.startMilliseconds
        now.monotonic = now.monotonic.advanced(byMilliseconds: milliseconds)
        let new = now.monotonic.milliseconds - Self.startMilliseconds
        now.unixSeconds += Int64(new / 1000 - old / 1000)
    }

    func tick() {
        repeat {
            relay.tick(now: now)
            execute()
        } while relay.nextDeadline.map { $0 <= now.monotonic } ?? false
    }

    // MARK: Input

    func transactionID() -> TransactionID {
        nextID += 1
        return TransactionID(high: 0xA11C_E000, low: nextID)
    }

    /// Hands a message to the relay and executes what follows.
    func receive(_ bytes: [UInt8], from route: ClientRoute) -> (verdict: MessageVerdict, reply: [UInt8]) {
        // What the buffer held before must not show.
        var buffer = [UInt8](repeating: 0x5A, count: Relay.replyByteCount)
        var span = buffer.mutableSpan
        var raw = span.mutableBytes
        var verdict = relay.receive(message: bytes.span.bytes, from: route, now: now, reply: &raw)
        execute()
        if verdict == .openRelays {
            verdict = relay.finishAllocate(now: now, reply: &raw)
            execute()
        }
        if case .reply(let count) = verdict { return (verdict, Array(buffer[..<count])) }
        return (verdict, [])
    }

    func reply(_ bytes: [UInt8], from route: ClientRoute) throws -> Reply {
        let (verdict, reply) = receive(bytes, from: route)
        try #require(!reply.isEmpty, "\(verdict)")
        return try Reply(reply)
    }

    func forward(
        _ channel: UInt16, _ bytes: Int = 100, datagrams: Int = 1, from client: TestClient
    ) -> PeerVerdict {
        relay.forward(
            channel: channel, datagrams: datagrams, payloadBytes: bytes, from: client.route.tuple, now: now)
    }

    func deliver(_ bytes: Int = 100, datagrams: Int = 1, from peer: TransportAddress, to client: TestClient)
        -> ClientVerdict
    {
        guard let slot = slot(of: client.relayed) else { return .drop(.noRelay) }
        return relay.deliver(from: peer, on: slot, datagrams: datagrams, payloadBytes: bytes, now: now)
    }

    func revoke(_ name: String) -> Int { relay.revoke(name, now: now) }

    func end(_ id: AllocationID) -> Bool { relay.end(allocation: id, now: now) }

    func sessions(_ limit: Int = 100) -> [SessionSnapshot] { relay.sessions(limit: limit, now: now) }

    /// Whether all effects have been executed.
    func hasNoEffects() -> Bool { relay.nextEffect() == nil }

    /// The relay slot whose socket peers reach at this address.
    func slot(of relayed: TransportAddress?) -> UInt32? {
        sockets.first { directory.external(of: $0.value) == relayed }?.key
    }

    // MARK: Output

    private func execute() {
        while let effect = relay.nextEffect() {
            effects.append(effect)
            switch effect {
            case .openRelay(let request): open(request)
            case .closeRelay(let slot, let bound):
                #expect(sockets.removeValue(forKey: slot) == bound)
                directory.release(bound)
            case .channelsChanged, .closeConnection, .allocationOpened, .allocationEnded: break
            }
        }
    }

    private func open(_ request: RelayRequest) {
        if let failure = failure(request) { return relay.relayFailed(request.relay, failure) }
        guard let claimed = directory.claim(request, using: &random) else {
            return relay.relayFailed(request.relay, .noPort)
        }
        #expect(sockets.updateValue(claimed.bound, forKey: request.relay) == nil)
        relay.relayOpened(request.relay, bound: claimed.bound)
    }

    /// Why allocations ended since the effects were last looked at.
    func endReasons() -> [EndReason] {
        defer { effects = [] }
        return effects.compactMap {
            if case .allocationEnded(let summary) = $0 { summary.endReason } else { nil }
        }
    }
}

/// A TURN client as far as tests need one.
final class TestClient {
    let fixture: RelayFixture
    let route: ClientRoute
    var login: Login
    var nonce: [UInt8] = []
    /// Its first relayed address.
    var relayed: TransportAddress?

    init(
        _ fixture: RelayFixture, _ client: String = "8.8.4.4:5000", _ login: Login = .alice,
        transport: ClientTransport = .udp, connection: UInt32 = 0
    ) {
        self.fixture = fixture
        self.login = login
        route = ClientRoute(
            tuple: FiveTuple(client: address(client), listener: 0, transport: transport), connection: connection)
    }

    /// The bytes of a request, with credentials.
    func request(
        _ method: STUN.Method, id: TransactionID? = nil, _ build: (inout RequestBuilder) -> Void = { _ in }
    ) -> [UInt8] {
        var builder = RequestBuilder(method, id: id ?? fixture.transactionID())
        build(&builder)
        builder.credentials(login, nonce: nonce)
        return builder.bytes
    }

    /// Sends a request; the first time, a challenge is fetched before, and after a 438 it is sent once more.
    func ask(
        _ method: STUN.Method, id: TransactionID? = nil, _ build: (inout RequestBuilder) -> Void = { _ in }
    ) throws -> Reply {
        if nonce.isEmpty { try fetchNonce() }
        let reply = try fixture.reply(request(method, id: id, build), from: route)
        guard reply.code == .staleNonce, let fresh = reply.nonce else { return reply }
        nonce = fresh
        return try fixture.reply(request(method, id: id, build), from: route)
    }

    func fetchNonce() throws {
        var builder = RequestBuilder(.allocate, id: fixture.transactionID())
        builder.transport()
        nonce = try #require(try fixture.reply(builder.bytes, from: route).nonce)
    }

    @discardableResult
    func allocate(
        id: TransactionID? = nil, _ build: (inout RequestBuilder) -> Void = { _ in }
    ) throws -> Reply {
        let reply = try ask(.allocate, id: id) {
            $0.transport()
            build(&$0)
        }
        if reply.isSuccess { relayed = reply.relayed.first }
        return reply
    }

    /// An allocation, which has to succeed.
    @discardableResult
    func allocated(_ build: (inout RequestBuilder) -> Void = { _ in }) throws -> TestClient {
        let reply = try allocate(build)
        try #require(reply.isSuccess, "\(reply.code.map(String.init(describing:)) ?? "no code")")
        return self
    }

    func refresh(_ seconds: UInt32? = nil) throws -> Reply {
        try ask(.refresh) { if let seconds { $0.lifetime(seconds) } }
    }

    @discardableResult
    func permit(_ peers: TransportAddress...) throws -> Reply {
        try ask(.createPermission) { builder in peers.forEach { builder.peer($0) } }
    }

    @discardableResult
    func bind(_ channel: UInt16, _ peer: TransportAddress) throws -> Reply {
        try ask(.channelBind) {
            $0.channel(channel)
            $0.peer(peer)
        }
    }

    /// A Send indication.
    func send(
        _ bytes: [UInt8], to peer: TransportAddress, _ build: (inout RequestBuilder) -> Void = { _ in }
    ) -> MessageVerdict {
        var builder = RequestBuilder(.send, .indication, id: fixture.transactionID())
        builder.peer(peer)
        builder.data(bytes)
        build(&builder)
        return fixture.receive(builder.bytes, from: route).verdict
    }
}
