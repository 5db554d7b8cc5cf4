public import STUN

/// What one relay has counted since its start. Plain numbers, incremented where things happen.
public struct Counters: Sendable {
    /// Payload sent to peers, by the client's transport (index: `ClientTransport.rawValue`).
    public var toPeers = InlineArray<4, Traffic>(repeating: Traffic())
    /// Payload sent to clients, by the client's transport.
    public var toClients = InlineArray<4, Traffic>(repeating: Traffic())
    /// The part of `toPeers` that went to another allocation of this process.
    public var hairpinned = Traffic()
    /// The part of both that somebody else forwarded: the kernel.
    public var forwarded = Traffic()
    /// Datagrams and messages dropped (index: `DropReason.rawValue`).
    public var drops = InlineArray<21, UInt64>(repeating: 0)
    /// Requests by method and outcome (index: `CountedMethod.rawValue * Outcome.allCases.count + Outcome.rawValue`).
    public var requests = InlineArray<96, UInt64>(repeating: 0)
    /// Allocations made.
    public var allocationsOpened: UInt64 = 0
    /// Allocations that have ended (index: `EndReason.rawValue`).
    public var allocationsEnded = InlineArray<7, UInt64>(repeating: 0)
    /// Allocations now.
    public var allocations = 0
    /// Permissions now.
    public var permissions = 0
    /// Channels now.
    public var channels = 0
    /// Users with allocations now.
    public var users = 0
    /// Bytes received over UDP from sources that had not proved their return path.
    public var unverifiedBytesAsked: UInt64 = 0
    /// Bytes answered to them.
    public var unverifiedBytesAnswered: UInt64 = 0
    /// ICMP errors handed to clients.
    public var icmpIndications: UInt64 = 0

    /// Nothing counted yet.
    public init() {}

    /// How many datagrams and messages were dropped for `reason`.
    public func drops(_ reason: DropReason) -> UInt64 { drops[Int(reason.rawValue)] }

    /// How many requests of `method` ended in `outcome`.
    public func requests(_ method: CountedMethod, _ outcome: Outcome) -> UInt64 {
        requests[Self.index(method, outcome)]
    }

    /// Payload sent to peers for clients of `transport`.
    public func toPeers(_ transport: ClientTransport) -> Traffic { toPeers[Int(transport.rawValue)] }

    /// Payload sent to clients of `transport`.
    public func toClients(_ transport: ClientTransport) -> Traffic { toClients[Int(transport.rawValue)] }

    /// How many allocations ended for `reason`.
    public func ended(_ reason: EndReason) -> UInt64 { allocationsEnded[Int(reason.rawValue)] }

    @inline(__always)
    mutating func count(_ reason: DropReason, _ datagrams: Int = 1) {
        drops[Int(reason.rawValue)] &+= UInt64(truncatingIfNeeded: datagrams)
    }

    mutating func count(_ method: Method, _ outcome: Outcome) {
        requests[Self.index(CountedMethod(method), outcome)] &+= 1
    }

    private static func index(_ method: CountedMethod, _ outcome: Outcome) -> Int {
        Int(method.rawValue) * Outcome.allCases.count + Int(outcome.rawValue)
    }

    /// Adds what another loop's relay counted.
    public static func += (left: inout Counters, right: Counters) {
        for index in left.toPeers.indices {
            left.toPeers[index] += right.toPeers[index]
            left.toClients[index] += right.toClients[index]
        }
        left.hairpinned += right.hairpinned
        left.forwarded += right.forwarded
        for index in left.drops.indices { left.drops[index] &+= right.drops[index] }
        for index in left.requests.indices { left.requests[index] &+= right.requests[index] }
        for index in left.allocationsEnded.indices { left.allocationsEnded[index] &+= right.allocationsEnded[index] }
        left.allocationsOpened &+= right.allocationsOpened
        left.allocations += right.allocations
        left.permissions += right.permissions
        left.channels += right.channels
        left.users += right.users
        left.unverifiedBytesAsked &+= right.unverifiedBytesAsked
        left.unverifiedBytesAnswered &+= right.unverifiedBytesAnswered
        left.icmpIndications &+= right.icmpIndications
    }
}

/// The methods that requests are counted by.
@frozen public enum CountedMethod: UInt8, Hashable, Sendable, CaseIterable {
    /// Binding [RFC 8489].
    case binding
    /// Allocate [RFC 8656 7].
    case allocate
    /// Refresh [RFC 8656 8].
    case refresh
    /// CreatePermission [RFC 8656 10].
    case createPermission
    /// ChannelBind [RFC 8656 12].
    case channelBind
    /// Every other method.
    case other

    /// The method's row in the counters.
    public init(_ method: Method) {
        switch method {
        case .binding: self = .binding
        case .allocate: self = .allocate
        case .refresh: self = .refresh
        case .createPermission: self = .createPermission
        case .channelBind: self = .channelBind
        default: self = .other
        }
    }

    /// The method as metrics name it.
    public var name: StaticString {
        switch self {
        case .binding: "binding"
        case .allocate: "allocate"
        case .refresh: "refresh"
        case .createPermission: "create_permission"
        case .channelBind: "channel_bind"
        case .other: "other"
        }
    }
}

/// How a request ended.
@frozen public enum Outcome: UInt8, Hashable, Sendable, CaseIterable {
    /// With a success response.
    case success
    /// Without an answer.
    case dropped
    /// 300.
    case tryAlternate
    /// 400.
    case badRequest
    /// 401.
    case unauthenticated
    /// 403.
    case forbidden
    /// 420.
    case unknownAttribute
    /// 437.
    case allocationMismatch
    /// 438.
    case staleNonce
    /// 440.
    case addressFamilyNotSupported
    /// 441.
    case wrongCredentials
    /// 442.
    case unsupportedTransport
    /// 443.
    case peerAddressFamilyMismatch
    /// 486.
    case allocationQuotaReached
    /// 508.
    case insufficientCapacity
    /// Every other error code.
    case otherError

    /// The outcome of a request that was refused with `code`.
    public init(_ code: ErrorCode) {
        switch code {
        case .tryAlternate: self = .tryAlternate
        case .badRequest: self = .badRequest
        case .unauthenticated: self = .unauthenticated
        case .forbidden: self = .forbidden
        case .unknownAttribute: self = .unknownAttribute
        case .allocationMismatch: self = .allocationMismatch
        case .staleNonce: self = .staleNonce
        case .addressFamilyNotSupported: self = .addressFamilyNotSupported
        case .wrongCredentials: self = .wrongCredentials
        case .unsupportedTransport: self = .unsupportedTransport
        case .peerAddressFamilyMismatch: self = .peerAddressFamilyMismatch
        case .allocationQuotaReached: self = .allocationQuotaReached
        case .insufficientCapacity: self = .insufficientCapacity
        default: self = .otherError
        }
    }

    /// The outcome as metrics name it: `success`, `dropped` or the error code's number.
    public var name: StaticString {
        switch self {
        case .success: "success"
        case .dropped: "dropped"
        case .tryAlternate: "300"
        case .badRequest: "400"
        case .unauthenticated: "401"
        case .forbidden: "403"
        case .unknownAttribute: "420"
        case .allocationMismatch: "437"
        case .staleNonce: "438"
        case .addressFamilyNotSupported: "440"
        case .wrongCredentials: "441"
        case .unsupportedTransport: "442"
        case .peerAddressFamilyMismatch: "443"
        case .allocationQuotaReached: "486"
        case .insufficientCapacity: "508"
        case .otherError: "other"
        }
    }
}
