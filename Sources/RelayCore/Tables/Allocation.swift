internal import STUN

/// What the data path needs of an allocation [RFC 8656 6]: 128 bytes, plain numbers.
struct Allocation: BitwiseCopyable {
    /// Where its client is.
    var tuple: FiveTuple
    /// Slot of the client's connection; 0 for UDP.
    var connection: UInt32
    /// Slot of its user.
    var user: UInt32
    /// When it ends: by lifetime or by its credential, whichever comes first. In the past when it is condemned.
    var expiry: Instant
    /// Slot of its relayed IPv4 address.
    var relayIPv4: UInt32
    /// Slot of its relayed IPv6 address.
    var relayIPv6: UInt32
    /// The channel the client used last: the usual datagram needs no search.
    var recentChannel: UInt32
    /// The channel of the peer that sent last.
    var recentPeer: UInt32
    /// What it may relay, both directions together.
    var bucket: TokenBucket
    /// What was sent to peers.
    var toPeers: Traffic
    /// What was sent to the client.
    var toClient: Traffic
    /// Datagrams that were dropped.
    var dropped: UInt64
    /// The first of its channels, a doubly linked list.
    var firstChannel: UInt32
    /// The first of its permissions, a doubly linked list.
    var firstPermission: UInt32
    /// How many channels it has.
    var channelCount: UInt16
    /// How many permissions it has.
    var permissionCount: UInt16

    init(tuple: FiveTuple, connection: UInt32, user: UInt32, expiry: Instant, bucket: TokenBucket) {
        self.tuple = tuple
        self.connection = connection
        self.user = user
        self.expiry = expiry
        relayIPv4 = noSlot
        relayIPv6 = noSlot
        recentChannel = noSlot
        recentPeer = noSlot
        self.bucket = bucket
        toPeers = Traffic()
        toClient = Traffic()
        dropped = 0
        firstChannel = noSlot
        firstPermission = noSlot
        channelCount = 0
        permissionCount = 0
    }

    var route: ClientRoute {
        @inline(__always) get { ClientRoute(tuple: tuple, connection: connection) }
    }

    /// The relay slot of this family.
    @inline(__always)
    func relay(_ family: AddressFamily) -> UInt32 { family == .ipv4 ? relayIPv4 : relayIPv6 }
}

/// What only requests and timers need of an allocation.
struct AllocationDetails: BitwiseCopyable {
    /// How many allocations this slot has held.
    var generation: UInt32 = 0
    /// What the slot is doing.
    var state = AllocationState.free
    /// Why it is to end, when that is not its lifetime.
    var condemned: EndReason?
    /// The Allocate that made it: a retransmission gets the same answer.
    var transactionID = TransactionID(high: 0, low: 0)
    /// When it was made.
    var created = Instant.zero
    /// When its lifetime ends, credential aside.
    var lifetimeEnd = Instant.zero
    /// When its credential ends it; `never` for credentials that do not.
    var credentialEnd = Instant.never
    /// LIFETIME in the answer to the Allocate.
    var grantedSeconds: UInt32 = 0
    /// RESERVATION-TOKEN in the answer to the Allocate; 0 without one.
    var reservationToken: UInt64 = 0
    /// ADDRESS-ERROR-CODE in the answer to the Allocate: the family (0 without one) and the code.
    var failedFamily: UInt8 = 0
    var failedCode: UInt16 = 0
    /// What its source is counted as.
    var source: UInt64 = 0
    /// Channels that somebody else forwards, and what he has counted.
    var forwardedChannels: UInt16 = 0
    var forwarded = Traffic()
    /// Which part of the datagrams that is.
    var forwardedShare = ForwardedShareJudge()
    /// Place in the timer wheel.
    var wheel = WheelLink()
}

/// What a slot of the allocation table is doing: free -> opening -> live -> free, or free -> opening -> free.
enum AllocationState: UInt8, BitwiseCopyable {
    /// Nothing.
    case free
    /// Waits for its relayed sockets.
    case opening
    /// Relays.
    case live
}
