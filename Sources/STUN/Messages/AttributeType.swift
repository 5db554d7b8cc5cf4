/// What an attribute is: 16 bits. Types below 0x8000 must be understood, others may be skipped [RFC 8489 14].
@frozen public struct AttributeType: RawRepresentable, Hashable, Sendable {
    /// The number on the wire.
    public let rawValue: UInt16

    /// The type with this number.
    @inlinable
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Whether a receiver that does not know the type has to refuse the message.
    @inlinable public var isComprehensionRequired: Bool { rawValue < 0x8000 }
}

/// STUN [RFC 8489 18.3].
extension AttributeType {
    /// MAPPED-ADDRESS.
    @inlinable public static var mappedAddress: AttributeType { .init(rawValue: 0x0001) }
    /// USERNAME.
    @inlinable public static var username: AttributeType { .init(rawValue: 0x0006) }
    /// MESSAGE-INTEGRITY.
    @inlinable public static var messageIntegrity: AttributeType { .init(rawValue: 0x0008) }
    /// ERROR-CODE.
    @inlinable public static var errorCode: AttributeType { .init(rawValue: 0x0009) }
    /// UNKNOWN-ATTRIBUTES.
    @inlinable public static var unknownAttributes: AttributeType { .init(rawValue: 0x000A) }
    /// REALM.
    @inlinable public static var realm: AttributeType { .init(rawValue: 0x0014) }
    /// NONCE.
    @inlinable public static var nonce: AttributeType { .init(rawValue: 0x0015) }
    /// MESSAGE-INTEGRITY-SHA256.
    @inlinable public static var messageIntegritySHA256: AttributeType { .init(rawValue: 0x001C) }
    /// PASSWORD-ALGORITHM.
    @inlinable public static var passwordAlgorithm: AttributeType { .init(rawValue: 0x001D) }
    /// USERHASH.
    @inlinable public static var userhash: AttributeType { .init(rawValue: 0x001E) }
    /// XOR-MAPPED-ADDRESS.
    @inlinable public static var xorMappedAddress: AttributeType { .init(rawValue: 0x0020) }
    /// PASSWORD-ALGORITHMS.
    @inlinable public static var passwordAlgorithms: AttributeType { .init(rawValue: 0x8002) }
    /// ALTERNATE-DOMAIN.
    @inlinable public static var alternateDomain: AttributeType { .init(rawValue: 0x8003) }
    /// SOFTWARE.
    @inlinable public static var software: AttributeType { .init(rawValue: 0x8022) }
    /// ALTERNATE-SERVER.
    @inlinable public static var alternateServer: AttributeType { .init(rawValue: 0x8023) }
    /// FINGERPRINT.
    @inlinable public static var fingerprint: AttributeType { .init(rawValue: 0x8028) }
}

/// TURN [RFC 8656 18].
extension AttributeType {
    /// CHANNEL-NUMBER.
    @inlinable public static var channelNumber: AttributeType { .init(rawValue: 0x000C) }
    /// LIFETIME.
    @inlinable public static var lifetime: AttributeType { .init(rawValue: 0x000D) }
    /// XOR-PEER-ADDRESS.
    @inlinable public static var xorPeerAddress: AttributeType { .init(rawValue: 0x0012) }
    /// DATA.
    @inlinable public static var data: AttributeType { .init(rawValue: 0x0013) }
    /// XOR-RELAYED-ADDRESS.
    @inlinable public static var xorRelayedAddress: AttributeType { .init(rawValue: 0x0016) }
    /// REQUESTED-ADDRESS-FAMILY.
    @inlinable public static var requestedAddressFamily: AttributeType { .init(rawValue: 0x0017) }
    /// EVEN-PORT.
    @inlinable public static var evenPort: AttributeType { .init(rawValue: 0x0018) }
    /// REQUESTED-TRANSPORT.
    @inlinable public static var requestedTransport: AttributeType { .init(rawValue: 0x0019) }
    /// DONT-FRAGMENT.
    @inlinable public static var dontFragment: AttributeType { .init(rawValue: 0x001A) }
    /// RESERVATION-TOKEN.
    @inlinable public static var reservationToken: AttributeType { .init(rawValue: 0x0022) }
    /// ADDITIONAL-ADDRESS-FAMILY.
    @inlinable public static var additionalAddressFamily: AttributeType { .init(rawValue: 0x8000) }
    /// ADDRESS-ERROR-CODE.
    @inlinable public static var addressErrorCode: AttributeType { .init(rawValue: 0x8001) }
    /// ICMP.
    @inlinable public static var icmp: AttributeType { .init(rawValue: 0x8004) }
}

/// Extensions.
extension AttributeType {
    /// CHANGE-REQUEST [RFC 5780 7.2].
    @inlinable public static var changeRequest: AttributeType { .init(rawValue: 0x0003) }
    /// ACCESS-TOKEN [RFC 7635 6.2].
    @inlinable public static var accessToken: AttributeType { .init(rawValue: 0x001B) }
    /// PRIORITY [RFC 8445 16.1].
    @inlinable public static var priority: AttributeType { .init(rawValue: 0x0024) }
    /// USE-CANDIDATE [RFC 8445 16.1].
    @inlinable public static var useCandidate: AttributeType { .init(rawValue: 0x0025) }
    /// PADDING [RFC 5780 7.6].
    @inlinable public static var padding: AttributeType { .init(rawValue: 0x0026) }
    /// RESPONSE-PORT [RFC 5780 7.5].
    @inlinable public static var responsePort: AttributeType { .init(rawValue: 0x0027) }
    /// CONNECTION-ID [RFC 6062 6.2.1].
    @inlinable public static var connectionID: AttributeType { .init(rawValue: 0x002A) }
    /// TRANSACTION_TRANSMIT_COUNTER [RFC 7982 3.1].
    @inlinable public static var transmitCounter: AttributeType { .init(rawValue: 0x8025) }
    /// ICE-CONTROLLED [RFC 8445 16.1].
    @inlinable public static var iceControlled: AttributeType { .init(rawValue: 0x8029) }
    /// ICE-CONTROLLING [RFC 8445 16.1].
    @inlinable public static var iceControlling: AttributeType { .init(rawValue: 0x802A) }
    /// RESPONSE-ORIGIN [RFC 5780 7.3].
    @inlinable public static var responseOrigin: AttributeType { .init(rawValue: 0x802B) }
    /// OTHER-ADDRESS [RFC 5780 7.4].
    @inlinable public static var otherAddress: AttributeType { .init(rawValue: 0x802C) }
    /// THIRD-PARTY-AUTHORIZATION [RFC 7635 6.1].
    @inlinable public static var thirdPartyAuthorization: AttributeType { .init(rawValue: 0x802E) }
    /// MOBILITY-TICKET [RFC 8016 4].
    @inlinable public static var mobilityTicket: AttributeType { .init(rawValue: 0x8030) }
}
