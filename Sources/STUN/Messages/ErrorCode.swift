/// Why a request was not carried out: 300...699 [RFC 8489 14.8, RFC 8656 19, RFC 6062 6.3].
@frozen public struct ErrorCode: RawRepresentable, Hashable, Sendable {
    /// The code as a number, as in 401.
    public let rawValue: UInt16

    /// The code with this number.
    @inlinable
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// 300: ask another server.
    @inlinable public static var tryAlternate: ErrorCode { .init(rawValue: 300) }
    /// 400: the request is malformed.
    @inlinable public static var badRequest: ErrorCode { .init(rawValue: 400) }
    /// 401: no credentials, or wrong ones.
    @inlinable public static var unauthenticated: ErrorCode { .init(rawValue: 401) }
    /// 403: against policy.
    @inlinable public static var forbidden: ErrorCode { .init(rawValue: 403) }
    /// 405: mobility is not available [RFC 8016 5].
    @inlinable public static var mobilityForbidden: ErrorCode { .init(rawValue: 405) }
    /// 420: an attribute that has to be understood is not.
    @inlinable public static var unknownAttribute: ErrorCode { .init(rawValue: 420) }
    /// 437: there is an allocation where there should be none, or none where there should be one.
    @inlinable public static var allocationMismatch: ErrorCode { .init(rawValue: 437) }
    /// 438: the nonce is no longer valid; a fresh one is in the answer.
    @inlinable public static var staleNonce: ErrorCode { .init(rawValue: 438) }
    /// 440: the address family cannot be allocated.
    @inlinable public static var addressFamilyNotSupported: ErrorCode { .init(rawValue: 440) }
    /// 441: the allocation belongs to another user.
    @inlinable public static var wrongCredentials: ErrorCode { .init(rawValue: 441) }
    /// 442: the transport to peers is not offered.
    @inlinable public static var unsupportedTransport: ErrorCode { .init(rawValue: 442) }
    /// 443: the peer's address is of a family that was not allocated.
    @inlinable public static var peerAddressFamilyMismatch: ErrorCode { .init(rawValue: 443) }
    /// 446: there is a connection to this peer already.
    @inlinable public static var connectionAlreadyExists: ErrorCode { .init(rawValue: 446) }
    /// 447: the peer did not answer, or refused.
    @inlinable public static var connectionTimeoutOrFailure: ErrorCode { .init(rawValue: 447) }
    /// 486: the user has as much as they may have.
    @inlinable public static var allocationQuotaReached: ErrorCode { .init(rawValue: 486) }
    /// 500: a fault of the server.
    @inlinable public static var serverError: ErrorCode { .init(rawValue: 500) }
    /// 508: nothing left to give.
    @inlinable public static var insufficientCapacity: ErrorCode { .init(rawValue: 508) }

    /// The reason phrase of the RFCs. For people: it is never sent, an answer without it is smaller.
    public var reason: String {
        switch rawValue {
        case 300: "Try Alternate"
        case 400: "Bad Request"
        case 401: "Unauthenticated"
        case 403: "Forbidden"
        case 405: "Mobility Forbidden"
        case 420: "Unknown Attribute"
        case 437: "Allocation Mismatch"
        case 438: "Stale Nonce"
        case 440: "Address Family not Supported"
        case 441: "Wrong Credentials"
        case 442: "Unsupported Transport Protocol"
        case 443: "Peer Address Family Mismatch"
        case 446: "Connection Already Exists"
        case 447: "Connection Timeout or Failure"
        case 486: "Allocation Quota Reached"
        case 500: "Server Error"
        case 508: "Insufficient Capacity"
        default: "Error"
        }
    }
}

extension ErrorCode: CustomStringConvertible {
    /// As in "401 Unauthenticated".
    public var description: String { "\(rawValue) \(reason)" }
}
