public import ConfigurationKeys
import RelayCore

extension RelayConfiguration: ConfigurationValues {
    /// The one table of keys, in the order of `conf/tern.yaml`.
    ///
    /// A key is defined here and nowhere else: reading files, the environment and flags, help, `tern config` and the
    /// documented defaults all come from this table.
    public static let keys: [ConfigurationKey<Self>] = sockets + credentials + peers + tls + limits + operation

    /// A line about each section, by path.
    public static let sections: [ConfigurationSection] = [
        ConfigurationSection("relay", "The relay: STUN and TURN."),
        ConfigurationSection(
            "relay.peers", "Where clients may relay to. Private, local and special addresses are denied unless allowed."
        ),
        ConfigurationSection("relay.tls", "TLS 1.2 and 1.3, for listeners of the form tls://."),
        ConfigurationSection("relay.quotas", "Limits on numbers of things."),
        ConfigurationSection("relay.budgets", "Limits on rates; 0 means no limit."),
        ConfigurationSection("relay.lifetimes", "Limits in time."),
        ConfigurationSection("relay.connections", "TCP and TLS connections."),
        ConfigurationSection("relay.log", "Log records go to standard error, one line each."),
    ]

    private static let sockets: [ConfigurationKey<Self>] = [
        .list(
            "relay.listen", "--listen", \.listeners, .listener, .plain,
            "Where clients connect: udp://, tcp:// or tls://, an address or * for all, and a port (0 picks one)."),
        .list(
            "relay.addresses", "--relay-address", \.relayAddresses, .relayAddress, .atStart,
            "Addresses to relay from, with the outside one after a slash behind 1:1 NAT; none: the default routes'."),
        .one(
            "relay.ports", "--relay-ports", \.relayPorts, .ports, .atStart,
            "Ports to relay from."),
        .one(
            "relay.loops", "--loops", \.loops, .number(0...128), .atStart,
            "Event loops, each on a thread of its own; 0 is one per core."),
        .one(
            "relay.receive-buffer", "--receive-buffer", \.receiveBufferBytes, .bytes(0...1 << 30), .atStart,
            "Receive buffer of each client socket in bytes, less in overload; 0 leaves the system's."),
        .one(
            "relay.send-buffer", "--send-buffer", \.sendBufferBytes, .bytes(0...1 << 30), .atStart,
            "Send buffer of each client socket in bytes; 0 leaves the system's."),
        .one(
            "relay.relay-buffer", "--relay-buffer", \.relayBufferBytes, .bytes(0...1 << 30), .atStart,
            "Receive and send buffer of each relay socket in bytes; 0 leaves the system's."),
        .one(
            "relay.carry-dscp", "--carry-dscp", \.carriesDSCP, .flag, .atStart,
            "Carry the DSCP of datagrams from one side to the other."),
        .one(
            "relay.kernel-path", "--kernel-path", \.kernelPath, .word("MODE"), .plain,
            "Forward established channels in the kernel: auto (where the machine allows), native, generic or off."),
        .list(
            "relay.kernel-path-interfaces", "--kernel-path-interface", \.kernelPathInterfaces, .text("NAME"), .plain,
            "Interfaces that this is done on, all that lead to clients and peers; none: those of the addresses above."),
        .one(
            "relay.kernel-path-channels", "--kernel-path-channels", \.kernelPathChannels, .number(1...1 << 22),
            .atStart, "Channels forwarded in the kernel at most."),
    ]

    private static let credentials: [ConfigurationKey<Self>] = [
        .one(
            "relay.realm", "--realm", \.realm, .realm, .plain,
            "Realm of the credentials; a change invalidates hashed keys."),
        .list(
            "relay.users", "--user", \.users, .user, .secret,
            "Users in clear text, NAME:PASSWORD: for trials."),
        .optional(
            "relay.users-file", "--users-file", \.usersFile, .text("FILE"), .plain,
            "File of users with hashed keys, a line each as 'tern credentials hash' prints it; watched for changes."),
        .list(
            "relay.secrets", "--secret", \.secrets, .text("SECRET"), .secret,
            "Shared secrets of time-limited credentials in clear text, all valid at once: for trials."),
        .list(
            "relay.secret-files", "--secret-file", \.secretFiles, .secretFile, .plain,
            "Files of one shared secret each, [CLASS=]FILE; the class names the credentials made with it."),
        .one(
            "relay.credential-separator", "--credential-separator", \.credentialSeparator, .separator, .plain,
            "What stands between expiry and identifier in time-limited usernames."),
        .list(
            "relay.revoked", "--revoke", \.revoked, .text("NAME"), .plain,
            "Usernames and identifiers whose credentials are refused."),
        .one(
            "relay.require-sha256", "--require-sha256", \.requiresSHA256, .flag, .plain,
            "Refuse clients that use MESSAGE-INTEGRITY (SHA-1) or MD5 keys."),
        .one(
            "relay.nonce-lifetime", "--nonce-lifetime", \.nonceLifetimeSeconds, .seconds(30...86_400), .plain,
            "How long a nonce is valid."),
        .optional(
            "relay.nonce-secret-file", "--nonce-secret-file", \.nonceSecretFile, .text("FILE"), .atStart,
            "File of the nonce key, for relays that share an address; without one, a random key."),
        .one(
            "relay.expiry", "--expiry", \.expiry, .expiry, .plain,
            "When a credential expires, its allocations: end, grace:DURATION, or go on until the call ends (call)."),
        .list(
            "relay.expiry-of-classes", "--expiry-of-class", \.expiryOfClasses, .classExpiry, .plain,
            "The same by class of secret file, CLASS=POLICY."),
    ]

    private static let peers: [ConfigurationKey<Self>] = [
        .list(
            "relay.peers.allow", "--allow-peer", \.allowedPeers, .block, .plain,
            "Peers allowed although the built-in table denies them; the most specific rule wins."),
        .list(
            "relay.peers.deny", "--deny-peer", \.deniedPeers, .block, .plain,
            "Peers denied; at equal length deny wins over allow."),
        .one(
            "relay.peers.allow-list-only", "--allow-list-only", \.allowListOnly, .flag, .plain,
            "Deny every peer that is not allowed."),
        .one(
            "relay.channel-numbers", "--channel-numbers", \.channelNumbers, .channelNumbers, .plain,
            "Channel numbers that clients may bind; 0x4000-0x7ffe suits clients of the older RFC 5766."),
    ]

    private static let tls: [ConfigurationKey<Self>] = [
        .optional(
            "relay.tls.certificate", "--certificate", \.certificateFile, .text("FILE"), .plain,
            "Certificate chain in PEM, the server's own first; watched for changes."),
        .optional(
            "relay.tls.private-key", "--private-key", \.privateKeyFile, .text("FILE"), .plain,
            "Private key of the certificate, in PEM."),
        .optional(
            "relay.tls.client-authority", "--client-authority", \.clientAuthorityFile, .text("FILE"), .plain,
            "Authority in PEM that client certificates must come from; none: clients need no certificate."),
        .optional(
            "relay.tls.http-socket", "--http-socket", \.httpSocket, .text("PATH"), .plain,
            "Unix socket of the companion, to which HTTP on TLS listeners is passed on; none: such clients are closed."
        ),
    ]

    private static let limits: [ConfigurationKey<Self>] = [
        .one(
            "relay.quotas.allocations", "--allocations", \.quotas.allocations, .number(1...1 << 22), .atStart,
            "Allocations in total."),
        .one(
            "relay.quotas.allocations-per-user", "--allocations-per-user", \.quotas.allocationsPerUser,
            .number(1...1 << 22), .plain,
            "Allocations of one user at a time."),
        .one(
            "relay.quotas.allocations-per-source", "--allocations-per-source", \.quotas.allocationsPerSource,
            .number(1...1 << 22), .plain,
            "Allocations from one source address at a time; a whole site behind NAT shares it."),
        .one(
            "relay.quotas.permissions", "--permissions", \.quotas.permissionsPerAllocation, .number(1...1024), .plain,
            "Permissions of one allocation."),
        .one(
            "relay.quotas.channels", "--channels", \.quotas.channelsPerAllocation, .number(1...1024), .plain,
            "Channels of one allocation."),
        .one(
            "relay.budgets.bytes-per-allocation", "--bytes-per-allocation", \.budgets.bytesPerSecondPerAllocation,
            .bytes(0...1 << 40), .plain,
            "Bytes per second that one allocation relays, both directions together."),
        .one(
            "relay.budgets.bytes-per-user", "--bytes-per-user", \.budgets.bytesPerSecondPerUser, .bytes(0...1 << 40),
            .plain,
            "Bytes per second that all allocations of one user relay."),
        .one(
            "relay.budgets.unverified-bytes", "--unverified-bytes", \.budgets.unverifiedBytesPerSecond,
            .bytes(0...1 << 30), .plain,
            "Bytes per second of answers to a network (/24, /56) that never proved its return path."),
        .one(
            "relay.budgets.unverified-burst", "--unverified-burst", \.budgets.unverifiedBurstBytes,
            .bytes(0...1 << 30), .plain,
            "Bytes of answers that such a network may take at once."),
        .one(
            "relay.budgets.verified-bytes", "--verified-bytes", \.budgets.verifiedBytesPerSecond,
            .bytes(0...1 << 30), .plain,
            "The same rate for a network from which a client has authenticated lately."),
        .one(
            "relay.budgets.verified-burst", "--verified-burst", \.budgets.verifiedBurstBytes,
            .bytes(0...1 << 30), .plain,
            "The same burst for such a network."),
        .one(
            "relay.lifetimes.allocation", "--allocation-lifetime", \.lifetimes.allocationDefaultSeconds,
            .seconds(60...86_400), .plain,
            "Lifetime of an allocation whose client asks for none."),
        .one(
            "relay.lifetimes.allocation-maximum", "--allocation-lifetime-maximum",
            \.lifetimes.allocationMaximumSeconds, .seconds(60...86_400), .plain,
            "The longest lifetime that a client is given."),
        .one(
            "relay.connections.total", "--connections", \.connections.total, .number(1...1 << 22), .atStart,
            "Connections in total."),
        .one(
            "relay.connections.per-source", "--connections-per-source", \.connections.perSource, .number(1...65_535),
            .atStart,
            "Connections from one source address at a time; a whole site behind NAT shares it."),
        .one(
            "relay.connections.queue", "--connection-queue", \.connections.queueBytes, .bytes(16_384...1 << 26),
            .atStart,
            "Bytes that wait for a slow client; beyond, the oldest media is dropped."),
        .one(
            "relay.connections.queue-time", "--connection-queue-time", \.connections.queueMilliseconds,
            .milliseconds(10...60_000), .atStart,
            "Time that media waits for a slow client before it is dropped."),
        .one(
            "relay.connections.handshake", "--handshake-limit", \.connections.handshakeSeconds, .seconds(1...300),
            .atStart,
            "Time for a TLS handshake."),
        .one(
            "relay.connections.idle", "--idle-limit", \.connections.idleSeconds, .seconds(1...86_400), .atStart,
            "Time that a connection without allocation may be silent or leave a message unfinished."),
    ]

    private static let operation: [ConfigurationKey<Self>] = [
        .optional(
            "relay.metrics", "--metrics", \.metrics, .endpoint, .atStart,
            "Where metrics, /livez and /readyz are served over HTTP."),
        .optional(
            "relay.admin", "--admin", \.adminSocket, .text("PATH"), .atStart,
            "Path of the socket for 'tern relay status' and its siblings; its owner alone may connect."),
        .one(
            "relay.log.level", "--log-level", \.logLevel, .word("LEVEL"), .plain,
            "trace, debug, info, notice, warning, error or critical."),
        .one(
            "relay.log.format", "--log-format", \.logFormat, .word("FORMAT"), .atStart,
            "text or json."),
        .list(
            "relay.alternate-servers", "--alternate-server", \.alternateServers, .endpoint, .plain,
            "Where clients are sent while this relay drains, at most one address per family."),
        .one(
            "relay.drain-limit", "--drain-limit", \.drainLimitSeconds, .seconds(0...604_800), .plain,
            "How long a drain waits for calls to end."),
    ]
}
