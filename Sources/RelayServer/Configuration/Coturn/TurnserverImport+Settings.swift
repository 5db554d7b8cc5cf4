extension TurnserverImport {
    /// Settings that need no counterpart: Tern always does this, or has nothing that it would concern.
    static let settled: [String: String] = [
        "fingerprint": "a response has one when the request did",
        "lt-cred-mech": "always on", "use-auth-secret": "on with the first secret",
        "no-multicast-peers": "always so", "no-loopback-peers": "always so", "no-cli": "there is none",
        "no-tlsv1": "always so", "no-tlsv1_1": "always so", "no-sslv2": "always so", "no-sslv3": "always so",
        "no-software-attribute": "always so", "no-rfc5780": "always so", "no-stun-backward-compatibility": "always so",
        "response-origin-only-with-rfc5780": "always so", "no-tcp-relay": "always so", "no-dtls": "always so",
        "no-web-admin": "there is none", "daemon": "a service manager does that", "new-log-timestamp": "always so",
        "log-binding": "never", "no-binding-log": "always so", "stateless-nonce": "always so",
    ]

    /// Settings without a counterpart, and what to do instead.
    static let unsupported: [String: String] = {
        let database = "Tern reads no user database: use relay.users-file or time-limited credentials"
        let log = "the log goes to standard error, where the service manager keeps it"
        let cli = "there is no command-line port: use relay.admin and 'tern relay status'"
        let fixed = "the lifetime is the one of RFC 8656"
        let tls = "TLS is 1.2 and 1.3 with current ciphers only"
        let discovery = "NAT behaviour discovery (RFC 5780) is not offered"
        return [
            "no-auth": "an open relay is not possible: every allocation needs a credential",
            "userdb": database, "psql-userdb": database, "mysql-userdb": database, "mongo-userdb": database,
            "redis-userdb": database, "redis-statsdb": "use relay.metrics", "secret-key-file": database,
            "log-file": log, "syslog": log, "no-stdout-log": log, "simple-log": log, "syslog-facility": log,
            "new-log-timestamp-format": log, "log-min-level": "use relay.log.level",
            "cli-ip": cli, "cli-port": cli, "cli-password": cli, "cli-max-output-sessions": cli,
            "web-admin": cli, "web-admin-ip": cli, "web-admin-port": cli, "web-admin-listen-on-workers": cli,
            "channel-lifetime": fixed, "permission-lifetime": fixed,
            "cipher-list": tls, "ec-curve-name": tls, "dh566": tls, "dh1066": tls, "dh2066": tls, "dh-file": tls,
            "tls-session-cache": tls,
            "pkey-pwd": "a key under a passphrase cannot be used: store it without one, readable for the relay alone",
            "bps-capacity": "there is no limit for all users together: use relay.budgets.bytes-per-user",
            "alt-listening-port": discovery, "alt-tls-listening-port": discovery, "rfc5780": discovery,
            "aux-server": "write one more entry in relay.listen",
            "listening-device": "write the device's address in relay.listen",
            "relay-device": "write the device's address in relay.addresses",
            "no-udp-relay": "relaying over UDP is what the relay does",
            "secure-stun": "Binding requests need no credential",
            "no-stun": "Binding requests are always answered",
            "stun-only": "use a relay without users and secrets",
            "mobility": "mobility (RFC 8016) is not offered", "dtls": "DTLS is not offered",
            "oauth": "third-party authorization (RFC 7635) is not offered",
            "alternate-server": "relay.alternate-servers counts while the relay drains",
            "tls-alternate-server": "relay.alternate-servers counts while the relay drains",
            "tcp-proxy-port": "the PROXY protocol is not offered",
            "server-name": "there is no such name in Tern",
            "pidfile": "the service manager keeps track of the process",
            "proc-user": "set User= in the service unit", "proc-group": "set Group= in the service unit",
            "max-allocate-timeout": "unauthenticated requests leave nothing behind",
            "udp-self-balance": "clients are not redirected between addresses",
            "multiplex-peer": "each allocation has a port of its own",
            "acme-redirect": "there is no web server in the relay",
        ]
    }()
}
