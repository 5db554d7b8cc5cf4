import Credentials
import RelayCore
import STUN

/// What kind of run a seed stands for: sizes, limits, addresses, weather. Small limits, so that they are reached.
struct Scenario {
    static let realm = "example.test"
    static let secret = SharedSecret(text: "a shared secret", label: "visits")
    /// The secret that follows it in a rotation; no client has credentials of it.
    static let nextSecret = SharedSecret(text: "another shared secret", label: "visits")
    /// Peers in this network are denied, by the built-in table.
    static let deniedNetwork: UInt32 = 0x0A00_0000
    static let relayIPv4 = IPAddress(ipv4: 0x1E00_0001)
    static let relayIPv6 = IPAddress(ipv6High: 0x2600_0000_0000_0000, low: 1)
    static let users = ["alice", "bob", "carol"]
    static let records: [UserRecord] = users.map { name in
        guard let record = try? UserRecord(name: name, realm: realm, password: "secret of \(name)") else {
            preconditionFailure("\(name) is a name")
        }
        return record
    }

    let loops: Int
    let clients: Int
    let strangers: Int
    let peersPerFamily: Int
    let actions: Int
    /// The longest pause between two actions, in milliseconds.
    let longestPause: Int
    let ports: ClosedRange<UInt16>
    let servesIPv6: Bool
    /// 1:1 NAT: the relay's sockets are bound to other addresses than the world sees.
    let isBehindNAT: Bool
    /// Of 100 sockets, how many the system refuses to open.
    let bindFailurePercent: Int
    /// Of 100 ticks, how many come late.
    let lateTickPercent: Int
    let conditions: NetworkEmulator<Packet>.Conditions
    let quotas: Quotas
    let lifetimes: Lifetimes
    let visitExpiry: CredentialExpiry
    /// Of 100 messages in a stream, how many arrive in pieces.
    let fragmentationPercent: Int
    /// Whether rates and answers to strangers are limited tightly enough to be felt.
    let hasTightBudgets: Bool

    init(_ random: inout Randomness) {
        loops = random.pick(1...2)
        clients = random.pick(2...6)
        strangers = random.pick(0...2)
        peersPerFamily = random.pick(1...3)
        actions = random.pick(60...300)
        longestPause = random.pick([200, 2_000, 2_000, 20_000, 120_000])
        let firstPort = UInt16(random.pick(20_000...20_001))
        ports = firstPort...(firstPort + UInt16(random.pick([0, 1, 3, 7, 30, 30, 30])))
        servesIPv6 = random.chance(70)
        isBehindNAT = random.chance(30)
        bindFailurePercent = random.pick([0, 0, 0, 20])
        lateTickPercent = random.pick([0, 0, 50])
        var conditions = NetworkEmulator<Packet>.Conditions()
        conditions.lossPercent = random.pick([0, 0, 5, 30])
        conditions.duplicationPercent = random.pick([0, 0, 5, 20])
        conditions.delay = random.pick([1...1, 5...30, 1...400])
        self.conditions = conditions

        var quotas = Quotas()
        quotas.allocations = random.pick([2, 5, 20, 20])
        quotas.allocationsPerUser = random.pick([1, 2, 8, 8])
        quotas.allocationsPerSource = random.pick([1, 2, 8, 8])
        quotas.permissionsPerAllocation = random.pick([1, 2, 4, 64, 64])
        quotas.channelsPerAllocation = random.pick([1, 2, 4, 64, 64])
        quotas.permissionsPerLoop = random.pick([nil, nil, 4])
        quotas.channelsPerLoop = random.pick([nil, nil, 4])
        self.quotas = quotas
        var lifetimes = Lifetimes()
        lifetimes.allocationDefaultSeconds = UInt32(random.pick([10, 60, 600]))
        lifetimes.allocationMaximumSeconds = UInt32(random.pick([600, 900, 3_600]))
        self.lifetimes = lifetimes
        visitExpiry = random.pick([.end, .grace(seconds: 30), .call])
        hasTightBudgets = random.chance(15)
        fragmentationPercent = random.pick([0, 30, 100])
    }

    /// The settings when everybody may come.
    var settings: RelaySettings { settings(Guests()) }

    func settings(_ guests: Guests) -> RelaySettings {
        guard
            var credentials = try? CredentialDirectory(
                realm: Scenario.realm, users: Scenario.records.filter { guests.users.contains($0.name) },
                secrets: (guests.hasSecret ? [Scenario.secret] : [])
                    + (guests.hasNextSecret ? [Scenario.nextSecret] : [])
            )
        else { preconditionFailure("the credentials are well formed") }
        for name in guests.revoked { credentials.revocations.revoke(name) }
        var settings = RelaySettings(credentials: credentials)
        settings.quotas = quotas
        settings.lifetimes = lifetimes
        settings.expiry = ExpiryPolicy(classes: [Scenario.secret.label: visitExpiry])
        settings.policy = AddressPolicy(
            allow: [], deny: [], ownAddresses: addresses.flatMap { [$0.bound, $0.external] })
        settings.listeners = [TransportAddress(ip: Scenario.relayIPv4, port: 3478)]
        if hasTightBudgets {
            settings.budgets.bytesPerSecondPerAllocation = 200
            settings.budgets.bytesPerSecondPerUser = 300
            settings.budgets.unverifiedBurstBytes = 1_000
            settings.budgets.unverifiedBytesPerSecond = 100
        } else {
            settings.budgets.bytesPerSecondPerAllocation = 0
            settings.budgets.bytesPerSecondPerUser = 0
            settings.budgets.unverifiedBurstBytes = 1 << 40
            settings.budgets.verifiedBurstBytes = 1 << 40
        }
        return settings
    }

    var addresses: [RelayAddressPair] {
        var pairs = [
            RelayAddressPair(
                bound: isBehindNAT ? IPAddress(ipv4: 0x1F00_0001) : Scenario.relayIPv4, external: Scenario.relayIPv4)
        ]
        if servesIPv6 { pairs.append(RelayAddressPair(bound: Scenario.relayIPv6)) }
        return pairs
    }

    /// Whether the relay's policy denies a peer's address, told without asking it.
    static func denies(_ ip: IPAddress) -> Bool {
        ip.family == .ipv4 && ip.ipv4 >> 24 == deniedNetwork >> 24
    }
}

/// Who may come at the moment: what reloads and revocations change.
struct Guests {
    var users = Set(Scenario.users)
    var hasSecret = true
    var hasNextSecret = false
    /// Usernames, and ids of time-limited ones.
    var revoked: Set<String> = []

    /// The id inside a time-limited username.
    static func id(of username: String) -> Substring? {
        username.firstIndex(of: ":").map { username[username.index(after: $0)...] }
    }

    func mayCome(_ username: String) -> Bool {
        guard !revoked.contains(username) else { return false }
        guard let id = Guests.id(of: username) else { return users.contains(username) }
        return hasSecret && !revoked.contains(String(id))
    }
}
