public import Credentials
public import STUN

/// Everything that decides how a relay behaves. `Relay.update` replaces it in place and keeps all allocations.
public struct RelaySettings: Sendable {
    /// Who may use the relay: realm, users, secrets, revocations, and whether SHA-256 is required.
    public var credentials: CredentialDirectory
    /// Seconds that a nonce is valid. Default 600.
    public var nonceLifetimeSeconds: Int64 = 600
    /// What happens to allocations whose credential expires. Default: they live on while refreshed.
    public var expiry = ExpiryPolicy()
    /// Which peers may be reached.
    public var policy = AddressPolicy()
    /// The highest channel number that clients may bind, 0x7FFE at most. Default 0x4FFF [RFC 8656 12]; clients of
    /// RFC 5766 use numbers up to 0x7FFE.
    public var highestChannelNumber: UInt16 = 0x4FFF
    /// Limits on numbers.
    public var quotas = Quotas()
    /// Limits on rates.
    public var budgets = Budgets()
    /// Limits in time.
    public var lifetimes = Lifetimes()
    /// The addresses that the listening sockets for datagrams are bound to, wildcards resolved: no datagram comes from
    /// there. One from the number of a TCP port does, when a client is on the same host.
    public var listeners: [TransportAddress] = []
    /// The relay that clients are sent to (300 Try Alternate) while this one drains, at most one per family.
    /// Without one a draining relay answers 508 (Insufficient Capacity), upon which clients try their next server;
    /// 486 would tell them that it is their own quota that is used up.
    public var alternateServers: [TransportAddress] = []

    /// Whether changes of channels are told (`Effect.channelsChanged`), for somebody who forwards on his own.
    public var tellsOfChannels = false

    /// The defaults, for these credentials.
    public init(credentials: CredentialDirectory) {
        self.credentials = credentials
    }
}

/// The secrets and random numbers of one relay, drawn by the caller from the system's CSPRNG: the core has none.
public struct RelaySeed: Sendable {
    /// Keys the hash of every table, so that no one can choose addresses that collide.
    public var tableKey: (UInt64, UInt64)
    /// Keys the nonces: 16 bytes at least; the same for all loops, and for all relays of a fleet that share clients.
    public var nonceKey: [UInt8]
    /// Keys reservation tokens and the transaction identifiers of indications: 16 bytes at least.
    public var tokenKey: [UInt8]

    /// A seed of its parts.
    public init(tableKey: (UInt64, UInt64), nonceKey: [UInt8], tokenKey: [UInt8]) {
        self.tableKey = tableKey
        self.nonceKey = nonceKey
        self.tokenKey = tokenKey
    }
}
