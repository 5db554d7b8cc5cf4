public import STUN

/// What a client can ask of a relay.
public enum ClientRequest: Hashable, Sendable {
    /// The client's own address as the relay sees it [RFC 8489].
    case binding
    /// A relayed transport address [RFC 8656 7].
    case allocate(AllocateOptions)
    /// Another `lifetimeSeconds` for the allocation (0 ends it), or for its part of one family [RFC 8656 8].
    case refresh(lifetimeSeconds: UInt32, family: AddressFamily?)
    /// Permission for these peers [RFC 8656 10]; ports do not matter.
    case createPermission([TransportAddress])
    /// A channel to `peer` [RFC 8656 12].
    case channelBind(channel: UInt16, peer: TransportAddress)

    var method: Method {
        switch self {
        case .binding: .binding
        case .allocate: .allocate
        case .refresh: .refresh
        case .createPermission: .createPermission
        case .channelBind: .channelBind
        }
    }

    /// Whether the relay wants credentials with it.
    var needsCredentials: Bool { self != .binding }
}

/// What a relay granted in answer to an Allocate request.
public struct ClientAllocation: Hashable, Sendable {
    /// The relayed transport addresses: one, or one per family.
    public let relayed: [TransportAddress]
    /// The client's address as the relay sees it.
    public let mapped: TransportAddress?
    /// Seconds until the allocation ends unless refreshed.
    public let lifetimeSeconds: UInt32
    /// The token for the reserved next higher port, if asked for.
    public let reservationToken: UInt64?
    /// The family that could not be allocated, and why.
    public let addressError: AddressError?
}

/// Why a request failed.
public enum ClientFailure: Error, Hashable, Sendable {
    /// The relay refused it with this code.
    case refused(ErrorCode)
    /// The relay refused the credentials, with this code.
    case credentialsRefused(ErrorCode)
    /// The relay does not know these attributes.
    case unknownAttributes([AttributeType])
    /// The relay sends the client to another server.
    case tryAlternate(TransportAddress?)
    /// No answer came.
    case timedOut
    /// The nonce says the relay knows SHA-256, but its offer was taken out on the way [RFC 8489 9.2.5].
    case bidDown
    /// The relay offers no algorithm that this client knows.
    case noCommonAlgorithm
    /// The username or password has characters that credentials cannot have [RFC 8265].
    case badCredentials
    /// The answer lacks what it must have.
    case malformedAnswer
}

/// What happened at a client. Ranges are offsets into the datagram just received.
public enum ClientEvent: Hashable, Sendable {
    /// The client's address as the relay sees it.
    case bound(mapped: TransportAddress)
    /// The allocation is there.
    case allocated(ClientAllocation)
    /// The allocation lives for this many more seconds; 0: it is gone.
    case refreshed(lifetimeSeconds: UInt32)
    /// These peers may send and be sent to for 300 s.
    case permitted([TransportAddress])
    /// The channel is there for 600 s.
    case channelBound(UInt16, peer: TransportAddress)
    /// The request came to nothing.
    case failed(ClientRequest, ClientFailure)
    /// A peer's payload, through a channel or as an indication.
    case data(from: TransportAddress, channel: UInt16?, payload: Range<Int>)
    /// An ICMP error came back for what was sent to the peer [RFC 8656 11.5].
    case unreachable(TransportAddress, ICMPValue)
}
