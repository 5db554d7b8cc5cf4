internal import BasicContainers
public import STUN
internal import Synchronization

/// What the loops of a process share, without a lock: which relayed ports are whose, which ports are reserved, and how
/// many allocations every user and source, and how many stream connections every source has.
///
/// One word per port, 0 when free, is both the pool that ports are drawn from and the map that tells a peer that is
/// itself a relayed address of this process (a hairpin) from one that is not. Every operation is wait-free but `claim`,
/// which retries when another loop takes the same port at the same moment.
public final class RelayDirectory: Sendable {
    /// The relay addresses, in the order of the settings; at most 255.
    public let addresses: [RelayAddressPair]
    /// The ports that are given out on each.
    public let ports: ClosedRange<UInt16>

    /// Allocations of every user.
    let users: SharedCounts
    /// Allocations from every source.
    let sources: SharedCounts
    /// Stream connections from every source.
    private let connections: SharedCounts
    let reservations: ReservationTable
    let allocationCount = Atomic<Int>(0)

    // The addresses once more, as plain values: reading them on the data path touches no reference count.
    private let table: RigidArray<RelayAddressPair>
    private let owners: RigidArray<Atomic<UInt64>>
    private let portCount: Int
    private let freeCounts: RigidArray<Atomic<Int>>

    /// A directory in which every port is free.
    ///
    /// - Parameters:
    ///   - addresses: the relay addresses.
    ///   - ports: the ports of relayed addresses [RFC 8656 7.2: 49152-65535]. Port 0 is left out.
    ///   - allocations: how many allocations there can be in all loops together.
    ///   - connections: the same of stream connections; nil stands for as many.
    ///   - seed: keys the hash that users and sources are counted by.
    public init(
        addresses: [RelayAddressPair], ports: ClosedRange<UInt16> = 49152...65535, allocations: Int = 65536,
        connections: Int? = nil, seed: (UInt64, UInt64)
    ) {
        precondition(addresses.count < 256, "at most 255 relay addresses")
        let ports = max(ports.lowerBound, 1)...max(ports.upperBound, 1)
        self.addresses = addresses
        self.ports = ports
        portCount = ports.count
        users = SharedCounts(capacity: allocations * 2, key: TableKey(seed.0, seed.1))
        sources = SharedCounts(capacity: allocations * 2, key: TableKey(seed.1, seed.0))
        self.connections = SharedCounts(
            capacity: (connections ?? allocations) * 2, key: TableKey(seed.0 ^ seed.1, seed.0 &+ seed.1))
        reservations = ReservationTable()

        var table = RigidArray<RelayAddressPair>(capacity: addresses.count)
        var owners = RigidArray<Atomic<UInt64>>(capacity: addresses.count * ports.count)
        var freeCounts = RigidArray<Atomic<Int>>(capacity: addresses.count)
        for address in addresses {
            table.append(address)
            freeCounts.append(Atomic(ports.count))
            for _ in ports { owners.append(Atomic(RelayOwner.free)) }
        }
        self.table = table
        self.owners = owners
        self.freeCounts = freeCounts
    }

    // MARK: The map: who owns a relayed address

    /// The owner of the relayed transport address that clients and peers know as `address`, if it is live.
    public func lookup(_ address: TransportAddress) -> RelayOwner? {
        guard address.port >= ports.lowerBound, address.port <= ports.upperBound else { return nil }
        var index = 0
        while index < table.count {
            if table[index].external == address.ip {
                return RelayOwner(word: owners[position(index, address.port)].load(ordering: .acquiring))
            }
            index &+= 1
        }
        return nil
    }

    /// Whether peers see relayed ports on this address.
    public func isRelayAddress(_ address: IPAddress) -> Bool {
        var index = 0
        while index < table.count {
            if table[index].external == address { return true }
            index &+= 1
        }
        return false
    }

    /// What clients and peers call the local address `bound`.
    public func external(of bound: TransportAddress) -> TransportAddress {
        for address in addresses where address.bound == bound.ip {
            return TransportAddress(ip: address.external, port: bound.port)
        }
        return bound
    }

    /// Whether there is a relay address of this family.
    public func serves(_ family: AddressFamily) -> Bool {
        addresses.contains { $0.bound.family == family }
    }

    // MARK: The pool

    /// Free ports of one family, or of both.
    public func freePorts(_ family: AddressFamily? = nil) -> Int {
        addresses.indices.reduce(0) { sum, index in
            family == nil || family == addresses[index].bound.family
                ? sum + freeCounts[index].load(ordering: .relaxed) : sum
        }
    }

    /// All ports of one family, or of both.
    public func totalPorts(_ family: AddressFamily? = nil) -> Int {
        addresses.count { family == nil || family == $0.bound.family } * portCount
    }

    /// Claims a port for what was requested, chosen unpredictably as far as `random` is; nil when none is free.
    ///
    /// When binding the socket fails because another process has the port, `release` the claim and try once more.
    public func claim(_ request: RelayRequest, using random: inout some RandomNumberGenerator) -> ClaimedPort? {
        if let reserved = request.reserved { return claim(reserved: reserved, for: request.owner) }
        var candidates: [Int] = []
        for index in addresses.indices where addresses[index].bound.family == request.family {
            candidates.append(index)
        }
        guard !candidates.isEmpty else { return nil }
        candidates.shuffle(using: &random)

        // A random port is free at once unless the pool is nearly used up ...
        for _ in 0..<RelayDirectory.randomAttempts {
            let index = candidates[Int(random.next(upperBound: UInt(candidates.count)))]
            let port = UInt16(Int(ports.lowerBound) + Int(random.next(upperBound: UInt(portCount))))
            if let claimed = claim(index, port, request) { return claimed }
        }
        // ... and when it is, every port is tried once, from a random one on.
        for index in candidates {
            let start = Int(random.next(upperBound: UInt(portCount)))
            for step in 0..<portCount {
                let port = UInt16(Int(ports.lowerBound) + (start + step) % portCount)
                if let claimed = claim(index, port, request) { return claimed }
            }
        }
        return nil
    }

    /// Gives back the port `bound`; its socket is closed.
    public func release(_ bound: TransportAddress) {
        guard let index = addresses.firstIndex(where: { $0.bound == bound.ip }), ports.contains(bound.port) else {
            return
        }
        free(index, bound.port)
    }

    /// Gives back a claim whose socket could not be opened, with the port beside it if that was claimed too.
    public func release(_ claimed: ClaimedPort) {
        release(claimed.bound)
        if claimed.reservesNext {
            release(TransportAddress(ip: claimed.bound.ip, port: claimed.bound.port + 1))
        }
    }

    // MARK: Allocations

    /// Counts one more allocation unless there are `limit` in all loops together.
    func addAllocation(limit: Int) -> Bool {
        if allocationCount.add(1, ordering: .relaxed).newValue <= limit { return true }
        allocationCount.subtract(1, ordering: .relaxed)
        return false
    }

    func removeAllocation() { allocationCount.subtract(1, ordering: .relaxed) }

    // MARK: Connections

    /// Counts one more stream connection from a source, an IPv4 address or an IPv6 /64, unless it has `limit` of them
    /// in all loops together.
    public func addConnection(from source: IPAddress, limit: Int) -> Bool {
        connections.add(source.quotaKey, limit: limit)
    }

    /// A connection that was counted has ended.
    public func removeConnection(from source: IPAddress) { connections.subtract(source.quotaKey) }

    // MARK: Reservations [RFC 8656 7.2]

    var hasReservations: Bool { reservations.count > 0 }

    /// Lets `token` stand for the port `bound`, which was claimed beside its even neighbour, until `expiry`.
    /// False when too many reservations wait.
    func reserve(_ bound: TransportAddress, token: UInt64, user: UInt64, until expiry: Instant) -> Bool {
        guard let index = addresses.firstIndex(where: { $0.bound == bound.ip }) else { return false }
        return reservations.insert(token, Reservation(address: UInt8(index), port: bound.port, expiry: expiry), user)
    }

    /// The local address that `token` stands for; the token is used up, the port still reserved.
    func redeem(token: UInt64, user: UInt64, now: Instant) -> TransportAddress? {
        guard let reservation = reservations.take(token, user, now) else { return nil }
        return TransportAddress(ip: addresses[Int(reservation.address)].bound, port: reservation.port)
    }

    /// Makes a redeemed port the property of `owner`.
    func assign(_ bound: TransportAddress, to owner: RelayOwner) {
        guard let index = addresses.firstIndex(where: { $0.bound == bound.ip }) else { return }
        owners[position(index, bound.port)].store(owner.word, ordering: .releasing)
    }

    /// Gives back a port if it still is the property of `owner`.
    func release(_ bound: TransportAddress, of owner: RelayOwner) {
        guard let index = addresses.firstIndex(where: { $0.bound == bound.ip }) else { return }
        let result = owners[position(index, bound.port)]
            .compareExchange(expected: owner.word, desired: RelayOwner.free, ordering: .acquiringAndReleasing)
        if result.exchanged { freeCounts[index].add(1, ordering: .relaxed) }
    }

    /// Gives back the ports of reservations that nobody redeemed in time.
    func expireReservations(now: Instant) {
        while let expired = reservations.takeExpired(now) {
            free(Int(expired.address), expired.port)
        }
    }

    // MARK: Words

    private static var randomAttempts: Int { 64 }

    private func position(_ index: Int, _ port: UInt16) -> Int {
        index &* portCount &+ Int(port &- ports.lowerBound)
    }

    private func claim(_ index: Int, _ port: UInt16, _ request: RelayRequest) -> ClaimedPort? {
        if request.evenPort, port & 1 == 1 { return nil }
        if request.reserveNext {
            guard port < ports.upperBound, take(index, port + 1, RelayOwner.reserved) else { return nil }
        }
        guard take(index, port, request.owner.word) else {
            if request.reserveNext { free(index, port + 1) }
            return nil
        }
        return ClaimedPort(
            bound: TransportAddress(ip: addresses[index].bound, port: port), reservesNext: request.reserveNext)
    }

    private func claim(reserved bound: TransportAddress, for owner: RelayOwner) -> ClaimedPort? {
        guard let word = word(of: bound), word == owner.word else { return nil }
        return ClaimedPort(bound: bound, reservesNext: false)
    }

    private func word(of bound: TransportAddress) -> UInt64? {
        guard let index = addresses.firstIndex(where: { $0.bound == bound.ip }), ports.contains(bound.port) else {
            return nil
        }
        return owners[position(index, bound.port)].load(ordering: .acquiring)
    }

    private func take(_ index: Int, _ port: UInt16, _ word: UInt64) -> Bool {
        let result = owners[position(index, port)]
            .compareExchange(expected: RelayOwner.free, desired: word, ordering: .acquiringAndReleasing)
        if result.exchanged { freeCounts[index].subtract(1, ordering: .relaxed) }
        return result.exchanged
    }

    private func free(_ index: Int, _ port: UInt16) {
        let old = owners[position(index, port)].exchange(RelayOwner.free, ordering: .acquiringAndReleasing)
        if old != RelayOwner.free { freeCounts[index].add(1, ordering: .relaxed) }
    }
}
