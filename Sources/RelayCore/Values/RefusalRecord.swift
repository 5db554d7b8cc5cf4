public import Credentials
public import STUN

/// One refused request, for an operator who wants to know why a client gets nowhere.
public struct RefusalRecord: Sendable {
    /// When, in seconds since 1970.
    public var unixSeconds: Int64
    /// Where the request came from.
    public var client: TransportAddress
    /// How it came.
    public var transport: ClientTransport
    /// What was asked.
    public var method: Method
    /// The error code it was answered with.
    public var code: ErrorCode
    /// The user name that the request gave, escaped, 64 characters at most; empty without one.
    public var username: String
    /// Why.
    public var reason: RefusalReason

    /// The record in one line of words.
    public var text: String {
        let user = username.isEmpty ? "" : " as \"\(username)\""
        return "\(method) from \(client) over \(transport.name)\(user) refused with \(code.rawValue): \(reason.text)"
    }
}

/// Why a request was refused. Values only: the words are built when someone reads them.
public enum RefusalReason: Sendable {
    /// Its credentials.
    case credentials(Refusal)
    /// It is malformed: what about it.
    case malformed(StaticString)
    /// It has attributes the relay does not understand; the first one.
    case unknownAttribute(AttributeType)
    /// There is another allocation on the five-tuple.
    case allocationExists
    /// There is no allocation on the five-tuple.
    case noAllocation
    /// The allocation belongs to another user.
    case otherUser
    /// REQUESTED-TRANSPORT names this protocol.
    case transportProtocol(UInt8)
    /// The relay has no address of this family, or the allocation none.
    case addressFamily(UInt8)
    /// The user has this many allocations, the limit.
    case userQuota(Int)
    /// The source has this many allocations, the limit.
    case sourceQuota(Int)
    /// The relay has this many allocations, the limit.
    case totalQuota(Int)
    /// The allocation has this many permissions, the limit.
    case permissionQuota(Int)
    /// The allocation has this many channels, the limit.
    case channelQuota(Int)
    /// The relay's tables are full.
    case tablesFull
    /// The address policy denies this peer.
    case policy(TransportAddress, PolicyVerdict)
    /// The channel number is outside the range that can be bound.
    case channelNumber(UInt16)
    /// The channel is bound to another peer.
    case channelTaken(UInt16, by: TransportAddress)
    /// The peer is bound to another channel.
    case peerTaken(TransportAddress, by: UInt16)
    /// The reservation token is unknown, used up or expired.
    case reservationToken
    /// No relayed socket could be opened.
    case relay(RelayFailure)
    /// The relay drains.
    case draining

    /// The reason in words.
    public var text: String {
        switch self {
        case .credentials(let refusal): refusal.text
        case .malformed(let what): "\(what)"
        case .unknownAttribute(let type): "attribute 0x\(String(type.rawValue, radix: 16)) is not understood"
        case .allocationExists: "an allocation by another request exists on this five-tuple"
        case .noAllocation: "no allocation exists on this five-tuple"
        case .otherUser: "the allocation was made by another user"
        case .transportProtocol(let number): "transport protocol \(number) is not relayed"
        case .addressFamily(let number): "no relayed address of family 0x\(String(number, radix: 16))"
        case .userQuota(let limit): "the user has \(limit) allocations, the limit"
        case .sourceQuota(let limit): "the source address has \(limit) allocations, the limit"
        case .totalQuota(let limit): "the relay has \(limit) allocations, the limit"
        case .permissionQuota(let limit): "the allocation has \(limit) permissions, the limit"
        case .channelQuota(let limit): "the allocation has \(limit) channels, the limit"
        case .tablesFull: "the relay's tables are full"
        case .policy(let peer, let verdict): "peer \(peer) is denied: \(verdict.text)"
        case .channelNumber(let number): "channel 0x\(String(number, radix: 16)) cannot be bound"
        case .channelTaken(let number, let peer): "channel 0x\(String(number, radix: 16)) is bound to \(peer)"
        case .peerTaken(let peer, let number): "peer \(peer) is bound to channel 0x\(String(number, radix: 16))"
        case .reservationToken: "the reservation token is unknown, used or older than 30 s"
        case .relay(.noPort): "no relayed port is free"
        case .relay(.noDescriptor): "no descriptor is left for a relayed socket"
        case .relay(.system): "the system opens no relayed socket"
        case .draining: "the relay drains and takes no new allocations"
        }
    }
}
