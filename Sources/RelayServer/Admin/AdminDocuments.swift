/// The answer of `/v1/status`.
public struct StatusDocument: Codable, Sendable, Equatable {
    /// Relay ports.
    public struct Ports: Codable, Sendable, Equatable {
        /// Not claimed by an allocation.
        public var free: Int
        /// All there are.
        public var total: Int
    }

    /// Forwarding in the kernel.
    public struct KernelPath: Codable, Sendable, Equatable {
        /// The interfaces that have the program, each with its mode: `eth0 (native)`.
        public var interfaces: [String]
        /// What is missing, and how to get it; absent when nothing is.
        public var problem: String?
    }

    /// One event loop.
    public struct Loop: Codable, Sendable, Equatable {
        /// Its number, from 0.
        public var loop: Int
        /// Allocations that live on it.
        public var allocations: Int
        /// Stream connections open on it.
        public var connections: Int
        /// Share of time in which it did not wait, 0 to 100.
        public var busyPercent: Double
        /// Payload relayed to peers since the start.
        public var toPeers: TrafficDocument
        /// Payload relayed to clients since the start.
        public var toClients: TrafficDocument
        /// Datagrams and messages dropped since the start, by reason; only reasons that occurred.
        public var drops: [String: UInt64]
    }

    /// The program's version.
    public var version: String
    /// Seconds since the start.
    public var uptimeSeconds: Int
    /// Whether new allocations are refused.
    public var draining: Bool
    /// Capacity taken, 0 to 1.
    public var load: Double
    /// Relay ports.
    public var ports: Ports
    /// Where clients connect.
    public var listeners: [String]
    /// Bytes of resident memory.
    public var residentBytes: UInt64
    /// When the certificate in use expires, RFC 3339; absent without TLS.
    public var certificateExpires: String?
    /// Allocations now.
    public var allocations: Int
    /// Stream connections now.
    public var connections: Int
    /// Allocations made since the start.
    public var allocationsOpened: UInt64
    /// Forwarding in the kernel; absent when it is off.
    public var kernelPath: KernelPath?
    /// The event loops.
    public var loops: [Loop]
}

/// Packets and bytes of payload.
public struct TrafficDocument: Codable, Sendable, Equatable {
    /// Number of packets.
    public var packets: UInt64
    /// Number of bytes.
    public var bytes: UInt64
}

/// The answer of `/v1/sessions`.
public struct SessionsDocument: Codable, Sendable, Equatable {
    /// One allocation.
    public struct Session: Codable, Sendable, Equatable {
        /// Its name: `1-42-7`.
        public var id: String
        /// The user.
        public var username: String
        /// Where the client's packets come from.
        public var client: String
        /// `udp`, `tcp`, `tls` or `dtls`.
        public var transport: String
        /// Relayed transport addresses.
        public var relayed: [String]
        /// Number of permissions.
        public var permissions: Int
        /// Number of channels.
        public var channels: Int
        /// Seconds since it was made.
        public var ageSeconds: Int
        /// Seconds until it ends unless refreshed.
        public var remainingSeconds: Int
        /// Payload to peers.
        public var toPeers: TrafficDocument
        /// Payload to the client.
        public var toClient: TrafficDocument
        /// Datagrams dropped.
        public var dropped: UInt64
        /// Who has forwarded lately: `kernel` (all but what goes up on purpose), `relay`, or `both`.
        public var path: String
        /// The part of the payload, both ways together, that the kernel has forwarded.
        public var kernel: TrafficDocument
    }

    /// Allocations of the whole relay, listed or not.
    public var total: Int
    /// The listed ones.
    public var sessions: [Session]
}

/// The answer of `/v1/refusals`.
public struct RefusalsDocument: Codable, Sendable, Equatable {
    /// One refused request.
    public struct Refusal: Codable, Sendable, Equatable {
        /// When, RFC 3339.
        public var time: String
        /// Where it came from.
        public var client: String
        /// `udp`, `tcp`, `tls` or `dtls`.
        public var transport: String
        /// What was asked.
        public var method: String
        /// The error code.
        public var code: Int
        /// The username it gave, escaped and shortened.
        public var username: String
        /// Why, in words.
        public var reason: String
    }

    /// Newest first.
    public var refusals: [Refusal]
}

/// The answer of `/v1/policy/ADDRESS`.
public struct PolicyDocument: Codable, Sendable, Equatable {
    /// The address that was judged.
    public var address: String
    /// Whether it may be relayed to.
    public var allowed: Bool
    /// The rule that decides.
    public var rule: String
}

/// The answer of `/v1/counters`: what the metrics listener serves, as JSON.
public struct CountersDocument: Codable, Sendable, Equatable {
    /// One number.
    public struct Counter: Codable, Sendable, Equatable {
        /// The metric's name.
        public var name: String
        /// What distinguishes it from others of that name.
        public var labels: [String: String]
        /// The number.
        public var value: Double
    }

    /// All of them.
    public var counters: [Counter]
}

/// What `/v1/revoke` takes.
public struct RevokeRequest: Codable, Sendable, Equatable {
    /// A username, or the id of time-limited credentials.
    public var name: String
    /// The Unix second after which the relay may forget it, because its credentials have ended; without it, it is kept
    /// until the relay ends.
    public var forgetAfter: Int64?

    /// Revokes `name`.
    public init(name: String, forgetAfter: Int64? = nil) {
        self.name = name
        self.forgetAfter = forgetAfter
    }
}

/// What has been done.
public struct ActionDocument: Codable, Sendable, Equatable {
    /// Allocations that were ended by it.
    public var endedAllocations: Int?
    /// Whether the relay drains now.
    public var draining: Bool?
    /// What a reload changed, a line each.
    public var changes: [String]?

    init(endedAllocations: Int? = nil, draining: Bool? = nil, changes: [String]? = nil) {
        self.endedAllocations = endedAllocations
        self.draining = draining
        self.changes = changes
    }
}

/// What is answered instead when a call fails.
public struct ErrorDocument: Codable, Sendable, Equatable {
    /// What went wrong.
    public struct Failure: Codable, Sendable, Equatable {
        /// One word, for programs: `not-found`, `bad-request`, `reload-failed`, ...
        public var code: String
        /// One line, for people.
        public var message: String
    }

    /// What went wrong.
    public var error: Failure
}
