/// Why bytes are no STUN message. Such a datagram is dropped and counted, never answered [RFC 8489 6.3].
@frozen public enum ParseFailure: UInt8, Error, Sendable, CaseIterable {
    /// Fewer than the 20 bytes of a header.
    case tooShort
    /// The first two bits are not zero: ChannelData, or another protocol.
    case notSTUN
    /// The magic cookie is missing: RFC 3489, or another protocol.
    case badCookie
    /// The length is no multiple of 4, or is not what follows the header.
    case badLength
    /// An attribute reaches beyond the message.
    case truncatedAttribute
    /// MESSAGE-INTEGRITY, MESSAGE-INTEGRITY-SHA256 or FINGERPRINT has a size it cannot have.
    case badIntegrityLength
    /// FINGERPRINT is not the last attribute [RFC 8489 14.7].
    case fingerprintNotLast

    /// The failure in words, for counters and logs.
    public var text: StaticString {
        switch self {
        case .tooShort: "shorter than a STUN header"
        case .notSTUN: "not a STUN message"
        case .badCookie: "no magic cookie"
        case .badLength: "length field does not match"
        case .truncatedAttribute: "attribute reaches beyond the message"
        case .badIntegrityLength: "integrity or fingerprint attribute of a wrong size"
        case .fingerprintNotLast: "attributes after FINGERPRINT"
        }
    }
}
