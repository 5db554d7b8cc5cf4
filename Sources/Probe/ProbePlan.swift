public import TURNClient

/// What is to be tried, and how.
public struct ProbePlan: Sendable {
    /// A server, and the credential for it.
    public struct Item: Sendable {
        /// The server.
        public var target: ProbeTarget
        /// The user's name; empty: only whether the server answers is tried.
        public var user: String
        /// The password.
        public var password: String
        /// Whether its failure makes the whole result worse: not so for what was added by guessing.
        public var isCounted: Bool

        /// A server with a credential.
        public init(target: ProbeTarget, user: String = "", password: String = "", isCounted: Bool = true) {
            self.target = target
            self.user = user
            self.password = password
            self.isCounted = isCounted
        }
    }

    /// The servers.
    public var items: [Item]
    /// Which certificates are accepted.
    public var trust: CertificateTrust
    /// The HTTP proxy that streams are tried through, too.
    public var proxy: ProxyAddress?
    /// Whether a failure of the proxy makes the whole result worse: so when a person named it.
    public var isProxyCounted = true
    /// Whether ways that SRV records name are tried, too.
    public var followsServices = true
    /// How long packets are relayed for, in seconds.
    public var seconds = 2.0
    /// Packets per second.
    public var packetsPerSecond = 50
    /// Bytes of each payload.
    public var payloadBytes = 160
    /// How long throughput is measured, in seconds; 0 leaves it out.
    public var throughputSeconds = 0.5
    /// How long each step may take, in milliseconds.
    public var timeout: UInt64 = 5_000

    /// A plan for these servers.
    public init(items: [Item], trust: CertificateTrust = .system, proxy: ProxyAddress? = nil) {
        self.items = items
        self.trust = trust
        self.proxy = proxy
    }

    /// The servers of the list, and the other usual ways to each host of which not every transport is listed: a network
    /// team wants to know them all. What is added does not count.
    public static func withUsualPorts(_ items: [Item]) -> [Item] {
        var all = items
        for item in items where item.target.service == .turn {
            let host = item.target.uri.host
            let listed = Set(items.filter { $0.target.uri.host == host }.map(\.target.uri.transport))
            let usual: [(RelayURI.Transport, UInt16)] = [(.udp, 3478), (.tcp, 3478), (.tls, 5349)]
            for (transport, port) in usual where !listed.contains(transport) {
                let uri = RelayURI(host: host, port: port, transport: transport)
                guard !all.contains(where: { $0.target.uri == uri }) else { continue }
                var more = item
                more.target = ProbeTarget(service: .turn, uri: uri)
                more.isCounted = false
                all.append(more)
            }
        }
        return all
    }
}
