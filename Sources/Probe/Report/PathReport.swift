/// What was found out about one way to a server.
public struct PathReport: Codable, Equatable, Sendable {
    /// How it stands.
    public enum Status: String, Codable, Sendable {
        /// As it should.
        case works
        /// Usable, but not as it should be.
        case degraded
        /// Unusable.
        case blocked
        /// Not to be had on this machine: it has no address of that family.
        case absent
    }

    /// Times in microseconds.
    public struct Times: Codable, Equatable, Sendable {
        /// The shortest.
        public var min: Double
        /// The middle one.
        public var median: Double
        /// 99 of 100 are not longer.
        public var p99: Double

        /// Of times in nanoseconds; nil when there are none.
        public init?(nanoseconds: [UInt64]) {
            let sorted = nanoseconds.sorted()
            guard let first = sorted.first else { return nil }
            // Nearest rank: the smallest time that is not less than that share of all.
            func quantile(_ share: Double) -> UInt64 {
                sorted[Swift.max(0, Int((Double(sorted.count) * share).rounded(.up)) - 1)]
            }
            min = Double(first) / 1_000
            median = Double(quantile(0.5)) / 1_000
            p99 = Double(quantile(0.99)) / 1_000
        }
    }

    /// What the TLS handshake showed.
    public struct TLS: Codable, Equatable, Sendable {
        /// As in `TLSv1.3`.
        public var version: String
        /// The cipher suite.
        public var cipher: String
        /// What ALPN agreed on.
        public var applicationProtocol: String?
        /// Whom the certificate names.
        public var subject: String?
        /// Its DNS names and addresses.
        public var names: String?
        /// Who signed it.
        public var issuer: String?
        /// Days until it expires.
        public var daysLeft: Int?
        /// The subjects of the chain as it was sent.
        public var chain: [String] = []
        /// Why it is not trusted.
        public var problem: String?
    }

    /// The URI in full.
    public var uri: String
    /// udp, tcp or tls.
    public var transport: String
    /// ipv4, ipv6, or that of the proxy's side when a proxy resolves the name.
    public var family: String?
    /// The server's address; absent through a proxy.
    public var server: String?
    /// The proxy; absent without one.
    public var proxy: String?
    /// Whether the result of all counts it.
    public var counted = true
    /// How it stands.
    public var status = Status.blocked
    /// What is in its way.
    public var blocker: Blocker?
    /// The same in one line.
    public var problem: String?
    /// What to ask for, of whom.
    public var remedy: String?
    /// Until the TCP connection, or the tunnel, stood.
    public var connectUs: Double?
    /// From then until TLS stood.
    public var handshakeUs: Double?
    /// Of a Binding request.
    public var stunUs: Double?
    /// The client's own address.
    public var local: String?
    /// The client's address as the server sees it.
    public var mapped: String?
    /// The first client's relayed address; absent when none was allocated.
    public var relayed: String?
    /// The server's name for itself.
    public var software: String?
    /// The relay's realm.
    public var realm: String?
    /// Seconds that the relay's clock is ahead.
    public var clockSkewSeconds: Int64?
    /// The largest IP packet that reaches the server whole.
    public var pathMTU: Int?
    /// Whether larger ones vanish, and no ICMP message says so.
    public var pathMTUIsSilent: Bool?
    /// How NATs on the way map this machine's addresses.
    public var natMapping: String?
    /// Whom NATs on the way let answer.
    public var natFiltering: String?
    /// TLS, where there is any.
    public var tls: TLS?
    /// Packets the first client sent.
    public var sent = 0
    /// Packets the second client received.
    public var received = 0
    /// Packets that came back to the first client.
    public var returned = 0
    /// From the first client to the second and back.
    public var roundTripUs: Times?
    /// How much the round trip varies from packet to packet [RFC 3550 6.4.1].
    public var jitterUs: Double?
    /// For how many seconds packets passed before they passed no more; absent when they passed to the end.
    public var diedAfterSeconds: Double?
    /// Whether large packets passed, where small ones did; absent where that was not tried.
    public var largePacketsPass: Bool?
    /// Payload from one client to the other.
    public var megabitsPerSecond: Double?

    /// Nothing is known yet.
    public init(uri: String, transport: String) {
        self.uri = uri
        self.transport = transport
    }

    /// Packets that did not come back.
    public var lost: Int { sent - returned }
    /// Whether a call could take it.
    public var isUsable: Bool { status == .works || status == .degraded }
}
