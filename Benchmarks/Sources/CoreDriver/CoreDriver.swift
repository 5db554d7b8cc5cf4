import Credentials
public import RelayCore
public import STUN

/// A relay core without sockets, and what drives it: real STUN messages in, verdicts and effects out.
public struct CoreDriver: ~Copyable {
    /// The core.
    public var relay: Relay
    /// Time as the core sees it.
    public var now = Now(monotonic: Instant(milliseconds: 1_000_000), unixSeconds: 1_700_000_000)
    /// Writes requests.
    public var builder = RequestBuilder()
    /// The relay slot that was opened last.
    public private(set) var lastRelay: UInt32 = 0
    /// Time spent inside the core by requests, in nanoseconds.
    public private(set) var nanosecondsInCore: UInt64 = 0
    /// The longest time that one request took inside the core, in nanoseconds.
    public var longestNanoseconds: UInt64 = 0

    private let directory: RelayDirectory
    private var random = SplitMix(seed: 5)

    /// A core for at most `capacity` allocations, with limits on rates and users out of the way.
    public init(capacity: Int) throws {
        let credentials = try CredentialDirectory(realm: RequestBuilder.realm, secrets: [RequestBuilder.secret])
        var settings = RelaySettings(credentials: credentials)
        settings.quotas.allocations = capacity
        settings.budgets.unverifiedBurstBytes = 1 << 42
        settings.budgets.verifiedBurstBytes = 1 << 42
        settings.budgets.bytesPerSecondPerAllocation = 1 << 40
        settings.budgets.bytesPerSecondPerUser = 1 << 40
        // 16,384 ports an address, of which at most four fifths are in use.
        let addresses = (0..<max(1, capacity / 13_000 + 1)).map {
            RelayAddressPair(bound: IPAddress(ipv4: 0x0909_0000 + UInt32($0)))
        }
        directory = RelayDirectory(addresses: addresses, allocations: capacity, seed: (1, 2))
        relay = Relay(
            settings: settings, loop: 0, directory: directory,
            seed: RelaySeed(tableKey: (3, 4), nonceKey: Array(0..<32), tokenKey: Array(0..<32)))
    }

    /// A nonce for a session, from the 401 that answers `method` without credentials.
    public mutating func challenge(_ session: Session, _ method: Method = .allocate) -> [UInt8] {
        var answer = [UInt8](repeating: 0, count: Relay.replyByteCount)
        let count = handle(builder.request(method, of: session, nonce: nil), of: session, into: &answer)
        guard let index = try? MessageIndex.parse(answer.span.bytes.extracting(0..<count)), let nonce = index.nonce
        else { fatalError("no nonce in the answer to session \(session.number)") }
        return Array(answer[nonce.range])
    }

    /// Carries out a request of a session, which has to succeed.
    public mutating func perform(
        _ method: Method, of session: Session, nonce: [UInt8], channel: Int = 0, lifetime: UInt32? = nil
    ) {
        var answer = [UInt8](repeating: 0, count: Relay.replyByteCount)
        let request = builder.request(method, of: session, nonce: nonce, channel: channel, lifetime: lifetime)
        let count = handle(request, of: session, into: &answer)
        guard count >= 20, answer[0] == 1, answer[1] & 0x10 == 0 else {
            fatalError("\(method) of \(session.number) was refused: \(relay.refusals(limit: 1))")
        }
    }

    private mutating func handle(_ request: [UInt8], of session: Session, into answer: inout [UInt8]) -> Int {
        let begin = monotonicNanoseconds()
        var span = answer.mutableSpan
        var reply = span.mutableBytes
        let count = receive(request.span.bytes, from: session.route, reply: &reply)
        let spent = monotonicNanoseconds() - begin
        nanosecondsInCore += spent
        longestNanoseconds = max(longestNanoseconds, spent)
        return count
    }

    /// Gives the core one message with all that follows from it; the bytes of the answer.
    public mutating func receive(_ message: RawSpan, from route: ClientRoute, reply: inout MutableRawSpan) -> Int {
        var verdict = relay.receive(message: message, from: route, now: now, reply: &reply)
        carryOutEffects()
        if verdict == .openRelays {
            verdict = relay.finishAllocate(now: now, reply: &reply)
            carryOutEffects()
        }
        guard case .reply(let count) = verdict else { fatalError("no answer, but \(verdict)") }
        return count
    }

    /// Lets time go on to `instant`; how many allocations ended.
    public mutating func tick(at instant: Instant) -> Int {
        now.unixSeconds += Int64(instant.milliseconds(since: now.monotonic) / 1_000)
        now.monotonic = instant
        relay.tick(now: now)
        return carryOutEffects()
    }

    @discardableResult
    private mutating func carryOutEffects() -> Int {
        var ended = 0
        while let effect = relay.nextEffect() {
            switch effect {
            case .openRelay(let request):
                guard let port = directory.claim(request, using: &random) else { fatalError("no port is left") }
                relay.relayOpened(request.relay, bound: port.bound)
                lastRelay = request.relay
            case .closeRelay(_, let bound): directory.release(bound)
            case .allocationEnded: ended += 1
            default: break
            }
        }
        return ended
    }
}
