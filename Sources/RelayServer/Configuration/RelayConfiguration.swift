import ConfigurationKeys
public import Logging
public import RelayCore
public import STUN

/// Everything that can be configured about the relay, with its defaults.
///
/// A plain value: reading it from a file, the environment and flags is `ConfigurationLoader`'s part, and every field
/// that can be set from outside has exactly one entry in `RelayConfiguration.keys`.
public struct RelayConfiguration: Sendable, Equatable {
    // MARK: Sockets

    /// The sockets that clients reach: UDP and TCP on port 3478 of all local addresses unless told otherwise.
    public var listeners = [
        ListenerAddress(.udp, nil, port: 3478), ListenerAddress(.tcp, nil, port: 3478),
    ]
    /// The addresses that relayed ports are opened on; empty stands for the addresses of the default routes.
    public var relayAddresses: [RelayAddress] = []
    /// The ports of relayed transport addresses (RFC 8656 section 7.2 recommends the dynamic range).
    public var relayPorts = PortRange(49152, 65535)
    /// How many event loops run; 0 stands for one per core.
    public var loops = 0
    /// Size of the receive buffer of client sockets, in bytes (SO_RCVBUF); 0 leaves the system's default.
    public var receiveBufferBytes = 4 << 20
    /// Size of the send buffer of client sockets, in bytes (SO_SNDBUF); 0 leaves the system's default.
    public var sendBufferBytes = 4 << 20
    /// Size of the receive and of the send buffer of each relay socket, in bytes; 0 leaves the system's default.
    public var relayBufferBytes = 1 << 20
    /// Whether the DSCP of a datagram is carried from one side to the other (RFC 8656 section 14).
    public var carriesDSCP = false

    /// Whether established channels are forwarded in the kernel.
    public var kernelPath = KernelPathMode.auto
    /// The interfaces that it does so on; empty stands for those that have the listeners' and the relay addresses.
    public var kernelPathInterfaces: [String] = []
    /// Channels that the kernel forwards at most, over all loops; more are forwarded by the loops.
    public var kernelPathChannels = 65_536

    // MARK: Who may use the relay

    /// The realm of long-term credentials (RFC 8489 section 9.2).
    public var realm = "tern"
    /// Users given in clear text, hashed at the start; for trials, a users file is for keeps.
    public var users: [ClearTextUser] = []
    /// Path of a file of hashed keys, a line per user as `tern credentials hash` prints it.
    public var usersFile: String?
    /// Shared secrets of time-limited credentials, given in clear text; all are valid at once.
    public var secrets: [String] = []
    /// Files that each hold one shared secret, and the class of the credentials made with it.
    public var secretFiles: [SecretFile] = []
    /// What separates the expiry from the identifier in a time-limited username.
    public var credentialSeparator: Character = ":"
    /// Usernames and identifiers whose credentials are refused.
    public var revoked: [String] = []
    /// Whether clients must use MESSAGE-INTEGRITY-SHA256 and SHA-256 keys (RFC 8489 sections 14.6 and 18.5).
    public var requiresSHA256 = false
    /// How long a nonce is valid, in seconds.
    public var nonceLifetimeSeconds = 600
    /// Path of a file that holds the nonce key, shared by a fleet of relays; a random one is made when left out.
    public var nonceSecretFile: String?
    /// What happens to a live allocation when its time-limited credential expires.
    public var expiry = CredentialExpiry.call
    /// The same for the classes that secret files name, where it differs.
    public var expiryOfClasses: [ClassExpiry] = []

    // MARK: Where the relay may send

    /// Peers that clients may reach although the deny table says no.
    public var allowedPeers: [CIDR] = []
    /// Peers that clients may not reach.
    public var deniedPeers: [CIDR] = []
    /// Whether only allowed peers can be reached.
    public var allowListOnly = false
    /// The channel numbers that clients may bind (RFC 8656 section 12).
    public var channelNumbers = ChannelNumberRange.rfc8656

    // MARK: TLS

    /// Path of the certificate chain in PEM, the server's own certificate first.
    public var certificateFile: String?
    /// Path of the private key of the certificate, in PEM.
    public var privateKeyFile: String?
    /// Path of the authority that client certificates must come from, in PEM; without one, clients need none.
    public var clientAuthorityFile: String?
    /// Path of the companion's Unix socket, to which HTTP on TLS listeners is passed on; without one, such connections
    /// are closed.
    public var httpSocket: String?

    // MARK: Limits

    /// Limits on numbers of things.
    public var quotas = Quotas()
    /// Limits on rates.
    public var budgets = Budgets()
    /// Limits in time.
    public var lifetimes = Lifetimes()
    /// Limits on TCP and TLS connections.
    public var connections = ConnectionConfiguration()

    // MARK: Operation

    /// Where metrics, `/livez` and `/readyz` are served over HTTP; `nil` serves none.
    public var metrics: TransportAddress?
    /// Path of the admin socket; `nil` opens none.
    public var adminSocket: String?
    /// The least severe log records that are written.
    public var logLevel = Logger.Level.info
    /// How log records are written.
    public var logFormat = LogFormat.text
    /// The relays that clients are sent to while this one drains, at most one per address family.
    public var alternateServers: [TransportAddress] = []
    /// How long a drain waits for allocations to end before the relay stops all the same, in seconds.
    public var drainLimitSeconds = 3600

    /// A configuration with every default.
    public init() {}
}

/// Limits on TCP and TLS connections.
public struct ConnectionConfiguration: Sendable, Equatable {
    /// Connections in total, over all loops.
    public var total = 65536
    /// Connections from one source at a time, over all loops: an IPv4 address or an IPv6 /64.
    public var perSource = 4096
    /// Bytes that wait for one slow client before media is dropped, oldest first.
    public var queueBytes = 262_144
    /// How long media may wait for a slow client before it is dropped, in milliseconds.
    public var queueMilliseconds = 1000
    /// How long a TLS handshake may take, in seconds.
    public var handshakeSeconds = 10
    /// How long a connection without an allocation may be silent or leave a message unfinished, in seconds.
    public var idleSeconds = 60

    /// The default limits.
    public init() {}
}
