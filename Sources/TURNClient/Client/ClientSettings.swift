public import STUN

/// What carries the client's messages: decides about retransmission and padding.
public enum ClientFraming: Hashable, Sendable {
    /// UDP: requests are repeated until answered.
    case datagram
    /// TCP or TLS: nothing is repeated, ChannelData is padded to 4 bytes.
    case stream
}

/// How a client proves who it is.
public enum ClientIntegrity: Hashable, Sendable {
    /// What RFC 8489 asks for: SHA-256 when the relay offers it, MD5 keys and HMAC-SHA1 when not.
    case negotiated
    /// As a client of RFC 5389 that knows no algorithm but MD5 and HMAC-SHA1.
    case classic
    /// Negotiated, the HMAC-SHA256 cut to this many bytes: 16...32, a multiple of 4 [RFC 8489 14.6].
    case truncated(Int)
}

/// What a client is told once. Times are in milliseconds.
public struct ClientSettings: Hashable, Sendable {
    /// The user's name; empty when only Binding requests are sent.
    public var username: String
    /// The user's password.
    public var password: String
    /// How requests are proven.
    public var integrity = ClientIntegrity.negotiated
    /// Whether requests end with FINGERPRINT.
    public var sendsFingerprint = true
    /// Whether permissions, channels and the allocation are refreshed before they expire.
    public var keepsAlive = true
    /// RTO: the wait before the first repetition, doubled each time [RFC 8489 6.2.1].
    public var retransmissionTimeout: UInt64 = 500
    /// Rc: how often a request is sent in all [RFC 8489 6.2.1].
    public var transmissions = 7
    /// Rm: the wait after the last transmission, in multiples of RTO [RFC 8489 6.2.1].
    public var lastWaitMultiple: UInt64 = 16
    /// Ti: how long an answer over a stream may take [RFC 8489 6.2.2].
    public var streamTimeout: UInt64 = 39_500

    /// The settings of a client with these credentials.
    public init(username: String = "", password: String = "") {
        self.username = username
        self.password = password
    }
}

/// What an Allocate request asks for [RFC 8656 7.1].
public struct AllocateOptions: Hashable, Sendable {
    /// LIFETIME in seconds; nil leaves it to the relay.
    public var lifetimeSeconds: UInt32?
    /// REQUESTED-ADDRESS-FAMILY; nil sends none, which means IPv4.
    public var family: AddressFamily?
    /// ADDITIONAL-ADDRESS-FAMILY with IPv6: both families are asked for.
    public var asksForBothFamilies = false
    /// EVEN-PORT: nil sends none, true asks for the next higher port to be reserved too.
    public var evenPort: Bool?
    /// RESERVATION-TOKEN of an earlier allocation.
    public var reservationToken: UInt64?
    /// DONT-FRAGMENT.
    public var asksForDontFragment = false
    /// REQUESTED-TRANSPORT: 17, UDP; others are for tests of the refusal.
    public var transportProtocol: UInt8 = 17

    /// An allocation of one IPv4 address with the relay's lifetime.
    public init() {}
}
