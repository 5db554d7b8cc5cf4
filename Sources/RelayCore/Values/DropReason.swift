public import STUN

/// Why a datagram or message was dropped: counted, never answered.
@frozen public enum DropReason: UInt8, Hashable, Sendable, CaseIterable {
    // Bytes that are no message [RFC 8489 6.3].
    /// Shorter than a STUN header.
    case tooShort
    /// Neither STUN nor ChannelData.
    case notSTUN
    /// No magic cookie.
    case badCookie
    /// The length field does not match.
    case badLength
    /// An attribute reaches beyond the message.
    case truncatedAttribute
    /// An integrity or fingerprint attribute of a wrong size or place.
    case badIntegrityLength
    /// FINGERPRINT does not match.
    case badFingerprint

    // Messages that get no answer.
    /// A response, or an indication that servers do not receive.
    case unexpectedMessage
    /// An indication with unknown comprehension-required attributes, or without those it must have.
    case badIndication
    /// A Binding indication: it kept a NAT binding open on its way, and that was all it was for.
    case keepalive
    /// Source port 0, or a multicast, broadcast, unspecified or own source address.
    case invalidSource
    /// The answer would exceed what unverified sources of this prefix may be sent.
    case unverifiedBudget

    // Data from clients.
    /// No allocation on this five-tuple.
    case noAllocation
    /// The channel number is not bound, or its binding has expired.
    case noChannel
    /// No live permission for the peer, in either direction.
    case noPermission
    /// The address policy denies the peer, in either direction.
    case peerDenied
    /// The allocation has no relayed address of the peer's family.
    case peerAddressFamily

    // Data in both directions.
    /// The relayed socket is not open (any more).
    case noRelay
    /// More bytes per second than one allocation may relay.
    case allocationRate
    /// More bytes per second than one user may relay.
    case userRate

    // ICMP errors [RFC 8656 11.5].
    /// An ICMP type that is not handed on.
    case icmpIgnored

    /// The reason as metrics name it.
    public var name: StaticString {
        switch self {
        case .tooShort: "too_short"
        case .notSTUN: "not_stun"
        case .badCookie: "bad_cookie"
        case .badLength: "bad_length"
        case .truncatedAttribute: "truncated_attribute"
        case .badIntegrityLength: "bad_integrity_length"
        case .badFingerprint: "bad_fingerprint"
        case .unexpectedMessage: "unexpected_message"
        case .badIndication: "bad_indication"
        case .keepalive: "keepalive"
        case .invalidSource: "invalid_source"
        case .unverifiedBudget: "unverified_budget"
        case .noAllocation: "no_allocation"
        case .noChannel: "no_channel"
        case .noPermission: "no_permission"
        case .peerDenied: "peer_denied"
        case .peerAddressFamily: "peer_address_family"
        case .noRelay: "no_relay"
        case .allocationRate: "allocation_rate"
        case .userRate: "user_rate"
        case .icmpIgnored: "icmp_ignored"
        }
    }

    /// The reason for bytes that are no message.
    public init(_ failure: ParseFailure) {
        switch failure {
        case .tooShort: self = .tooShort
        case .notSTUN: self = .notSTUN
        case .badCookie: self = .badCookie
        case .badLength: self = .badLength
        case .truncatedAttribute: self = .truncatedAttribute
        case .badIntegrityLength, .fingerprintNotLast: self = .badIntegrityLength
        }
    }
}
