internal import Credentials

/// The relay of one loop: every allocation, permission and channel, and what is decided about them.
///
/// It does no input and no output and reads no clock: bytes, addresses and time come in as arguments. Data comes back
/// as a verdict, a small value; requests write their answer into the caller's buffer and queue effects. One input,
/// then all its effects, then the next input.
///
/// Everything it keeps stands in tables of fixed capacity, reserved at the start and touched as far as used.
public struct Relay: ~Copyable {
    /// The shared table of relayed ports.
    let directory: RelayDirectory
    /// The loop this relay belongs to.
    let loop: UInt8
    var settings: RelaySettings
    /// The two numbers of `settings` that every datagram needs.
    var allocationRate: UInt64
    var userRate: UInt64
    /// How long the most generous class lets allocations outlive their credential, in seconds.
    var longestGraceSeconds: Int64

    let key: TableKey
    var allocations: AllocationTable
    var relays: RelaySlotTable
    var channels: ChannelTable
    var permissions: PermissionTable
    var users: UserTable
    var wheel = TimerWheel()

    var authenticator: Authenticator
    var budget: UnverifiedBudget
    var tokens: TokenSource
    /// What the last challenge took: whether another one would pass is known before it is built.
    var challengeBytes = 100

    var effects = EffectQueue()
    var refusalRing = RefusalRing()
    /// The Allocate that waits for its sockets.
    var pending: PendingAllocate?
    var count = Counters()

    /// Takes the place of the relay's own budgets while somebody else forwards beside it.
    public var sharedBudgets: (any SharedBudgets)?

    /// Whether new allocations are refused because the relay is to be taken out of service.
    public internal(set) var isDraining = false

    /// A relay without allocations.
    ///
    /// - Parameters:
    ///   - settings: how it behaves; its quotas are the size of the tables.
    ///   - loop: which loop it belongs to: the first part of its allocations' identifiers, 254 at most.
    ///   - directory: the relayed ports, shared with the other loops.
    ///   - seed: secrets and random numbers.
    public init(settings: RelaySettings, loop: UInt8, directory: RelayDirectory, seed: RelaySeed) {
        precondition(loop < 255, "at most 255 loops")
        self.directory = directory
        self.loop = loop
        self.settings = settings
        allocationRate = settings.budgets.bytesPerSecondPerAllocation
        userRate = settings.budgets.bytesPerSecondPerUser
        longestGraceSeconds = settings.expiry.longestGraceSeconds

        let capacity = max(settings.quotas.allocations, 1)
        key = TableKey(seed.tableKey.0, seed.tableKey.1)
        allocations = AllocationTable(capacity: capacity, key: key)
        relays = RelaySlotTable(capacity: capacity * 2)
        channels = ChannelTable(capacity: settings.quotas.channelCapacity, key: key)
        permissions = PermissionTable(capacity: settings.quotas.permissionCapacity, key: key)
        users = UserTable(capacity: capacity, key: key)
        budget = UnverifiedBudget(key: key)
        authenticator = Authenticator(
            nonces: NonceIssuer(secret: seed.nonceKey, lifetimeSeconds: settings.nonceLifetimeSeconds))
        tokens = TokenSource(key: seed.tokenKey, loop: loop)
    }

    /// Bytes that a caller lends for an answer, at least.
    public static var replyByteCount: Int { 1280 }

    /// Allocations now.
    public var allocationCount: Int { allocations.count }

    /// Whether a client has an allocation, which makes it more than a stranger.
    public func hasAllocation(_ client: FiveTuple) -> Bool { allocations.find(client) != nil }

    /// What was counted since the start.
    public var counters: Counters {
        var counters = count
        counters.allocations = allocations.count
        counters.permissions = permissions.count
        counters.channels = channels.count
        counters.users = users.count
        return counters
    }

    /// The next thing to be done outside; nil when everything is done. To be drained after every input.
    public mutating func nextEffect() -> Effect? { effects.next() }

    /// Takes no new allocations any more, or again. Those that live go on.
    public mutating func drain(_ on: Bool) { isDraining = on }

    /// The newest refusals, newest first.
    public func refusals(limit: Int) -> [RefusalRecord] { refusalRing.latest(limit) }
}
