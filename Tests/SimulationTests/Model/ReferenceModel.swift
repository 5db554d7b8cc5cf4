import RelayCore
import STUN

/// What TURN says must be true, kept in plain arrays and dictionaries: no indexes, no timers, no reuse.
///
/// Nothing is removed because time passes: everything has an end, and counts while `now` is before it.
struct ReferenceModel {
    struct Grant {
        var end: UInt64
    }

    struct Channel {
        let number: UInt16
        let peer: TransportAddress
        var end: UInt64
    }

    struct Allocation {
        let user: String
        let tuple: FiveTuple
        let loop: Int
        let transactionID: TransactionID
        /// The relayed addresses as the world sees them, the first family first.
        var relayed: [TransportAddress]
        let grantedSeconds: UInt32
        var end: UInt64
        var permissions: [IPAddress: UInt64] = [:]
        var channels: [Channel] = []
        var toPeers = Traffic()
        var toClient = Traffic()
        /// Reasons for which it may end before its time.
        var mayEnd: EndReason?

        func relayed(_ family: AddressFamily) -> TransportAddress? { relayed.first { $0.family == family } }
    }

    let scenario: Scenario
    /// Every allocation that the core has not reported the end of.
    var allocations: [FiveTuple: Allocation] = [:]
    /// Reserved ports by token.
    var reservations: [UInt64: (address: TransportAddress, user: String, end: UInt64)] = [:]
    var opened: UInt64 = 0
    var endedCount: UInt64 = 0
    var toPeers = Traffic()
    var toClients = Traffic()
    var isDraining = false
    var guests = Guests()

    init(_ scenario: Scenario) { self.scenario = scenario }

    // MARK: - What is

    func live(_ tuple: FiveTuple, _ now: UInt64) -> Allocation? {
        guard let allocation = allocations[tuple], allocation.end > now else { return nil }
        return allocation
    }

    /// All that live, in an order that is the same in every process.
    func liveAllocations(_ now: UInt64) -> [Allocation] {
        allocations.values.filter { $0.end > now }
            .sorted { ($0.tuple.client, $0.tuple.transport.rawValue) < ($1.tuple.client, $1.tuple.transport.rawValue) }
    }

    /// The allocation that a relayed address belongs to, live or not.
    func owner(of relayed: TransportAddress) -> Allocation? {
        allocations.values.first { $0.relayed.contains(relayed) }
    }

    /// Where ChannelData has to go; nil when it must be dropped.
    func destination(_ tuple: FiveTuple, channel: UInt16, _ now: UInt64) -> TransportAddress? {
        guard let allocation = live(tuple, now),
            let bound = allocation.channels.first(where: { $0.number == channel && $0.end > now }),
            isPermitted(bound.peer.ip, allocation, now)
        else { return nil }
        return bound.peer
    }

    func isPermitted(_ ip: IPAddress, _ allocation: Allocation, _ now: UInt64) -> Bool {
        (allocation.permissions[ip] ?? 0) > now
    }

    /// The channel that a peer's data has to go through; nil when it goes as an indication.
    func channel(_ allocation: Allocation, _ peer: TransportAddress, _ now: UInt64) -> UInt16? {
        allocation.channels.first { $0.peer == peer && $0.end > now }?.number
    }

    func isRelayAddress(_ ip: IPAddress) -> Bool { scenario.addresses.contains { $0.external == ip } }

    func serves(_ family: AddressFamily) -> Bool { family == .ipv4 || scenario.servesIPv6 }

    /// Live permissions, and those that have ended but may still be held, of one loop.
    func permissionsHeld(loop: Int) -> Int {
        allocations.values.reduce(0) { $0 + ($1.loop == loop ? $1.permissions.count : 0) }
    }

    func channelsHeld(loop: Int) -> Int {
        allocations.values.reduce(0) { $0 + ($1.loop == loop ? $1.channels.count : 0) }
    }

    // MARK: - What changes

    /// Seconds that a request for `seconds` is granted.
    func lifetime(_ seconds: UInt32?) -> UInt32 {
        let limits = scenario.lifetimes
        guard let seconds else { return limits.allocationDefaultSeconds }
        return max(min(seconds, limits.allocationMaximumSeconds), limits.allocationDefaultSeconds)
    }

    /// When an allocation ends that is granted `seconds` now, the credential's own end considered.
    func end(_ seconds: UInt32, user: String, _ now: Now) -> UInt64 {
        let byLifetime = now.monotonic.milliseconds + UInt64(seconds) * 1_000
        guard let colon = user.firstIndex(of: ":"), let expiry = Int64(user[..<colon]) else { return byLifetime }
        let grace: Int64
        switch scenario.visitExpiry {
        case .end: grace = 0
        case .grace(let seconds): grace = Int64(seconds)
        case .call: return byLifetime
        }
        let left = max(expiry + grace - now.unixSeconds, 0)
        return min(byLifetime, now.monotonic.milliseconds + UInt64(left) * 1_000)
    }

    mutating func permit(_ tuple: FiveTuple, _ ip: IPAddress, _ now: UInt64) {
        allocations[tuple]?.permissions[ip] = now + 300_000
    }

    mutating func bind(_ tuple: FiveTuple, _ number: UInt16, _ peer: TransportAddress, _ now: UInt64) {
        allocations[tuple]?.channels.removeAll { $0.end <= now || $0.number == number }
        allocations[tuple]?.channels.append(Channel(number: number, peer: peer, end: now + 600_000))
        permit(tuple, peer.ip, now)
    }

    /// Forgets what ended long enough ago that the core cannot hold it any more.
    mutating func prune(_ tuple: FiveTuple, _ now: UInt64) {
        guard let allocation = allocations[tuple] else { return }
        allocations[tuple]?.permissions = allocation.permissions.filter { $0.value > now }
        allocations[tuple]?.channels = allocation.channels.filter { $0.end > now }
    }

    mutating func removeFamily(_ tuple: FiveTuple, _ family: AddressFamily) {
        guard let allocation = allocations[tuple] else { return }
        allocations[tuple]?.relayed = allocation.relayed.filter { $0.family != family }
        allocations[tuple]?.permissions = allocation.permissions.filter { $0.key.family != family }
        allocations[tuple]?.channels = allocation.channels.filter { $0.peer.family != family }
    }

    mutating func countToPeers(_ tuple: FiveTuple, _ bytes: Int) {
        allocations[tuple]?.toPeers.count(1, bytes)
        toPeers.count(1, bytes)
    }

    mutating func countToClient(_ tuple: FiveTuple, _ bytes: Int) {
        allocations[tuple]?.toClient.count(1, bytes)
        toClients.count(1, bytes)
    }
}
