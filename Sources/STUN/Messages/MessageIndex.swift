/// Where everything is in a STUN message: offsets into the datagram, nothing copied, nothing allocated.
///
/// Parsing checks the header [RFC 8489 5, 6.3], every attribute's bounds [14] and the order at the end [14.5-14.7].
/// The first occurrence of a type counts, later ones are ignored. Behind MESSAGE-INTEGRITY only
/// MESSAGE-INTEGRITY-SHA256 and FINGERPRINT count, behind MESSAGE-INTEGRITY-SHA256 only FINGERPRINT: what somebody on
/// the way appended there is not seen at all.
public struct MessageIndex: Sendable {
    /// Method and class.
    public let type: MessageType
    /// Ties the answer to the request.
    public let transactionID: TransactionID
    /// Bytes of the whole message, header included.
    public let byteCount: Int

    // What the datagram says about who sends it.
    /// USERNAME.
    public private(set) var username: ByteRange?
    /// USERHASH.
    public private(set) var userhash: ByteRange?
    /// REALM.
    public private(set) var realm: ByteRange?
    /// NONCE.
    public private(set) var nonce: ByteRange?
    /// PASSWORD-ALGORITHMS.
    public private(set) var passwordAlgorithms: ByteRange?
    /// PASSWORD-ALGORITHM.
    public private(set) var passwordAlgorithm: ByteRange?
    /// MESSAGE-INTEGRITY: 20 bytes.
    public private(set) var messageIntegrity: ByteRange?
    /// MESSAGE-INTEGRITY-SHA256: 16, 20, 24, 28 or 32 bytes.
    public private(set) var messageIntegritySHA256: ByteRange?
    /// FINGERPRINT: 4 bytes.
    public private(set) var fingerprint: ByteRange?

    // TURN.
    /// LIFETIME.
    public private(set) var lifetime: ByteRange?
    /// REQUESTED-TRANSPORT.
    public private(set) var requestedTransport: ByteRange?
    /// REQUESTED-ADDRESS-FAMILY.
    public private(set) var requestedAddressFamily: ByteRange?
    /// ADDITIONAL-ADDRESS-FAMILY.
    public private(set) var additionalAddressFamily: ByteRange?
    /// EVEN-PORT.
    public private(set) var evenPort: ByteRange?
    /// RESERVATION-TOKEN.
    public private(set) var reservationToken: ByteRange?
    /// DONT-FRAGMENT.
    public private(set) var dontFragment: ByteRange?
    /// CHANNEL-NUMBER.
    public private(set) var channelNumber: ByteRange?
    /// DATA.
    public private(set) var data: ByteRange?
    /// The first XOR-PEER-ADDRESS; `attributes` gives all of them.
    public private(set) var xorPeerAddress: ByteRange?
    /// ICMP.
    public private(set) var icmp: ByteRange?

    // Answers.
    /// ERROR-CODE.
    public private(set) var errorCode: ByteRange?
    /// UNKNOWN-ATTRIBUTES.
    public private(set) var unknownAttributes: ByteRange?
    /// MAPPED-ADDRESS.
    public private(set) var mappedAddress: ByteRange?
    /// XOR-MAPPED-ADDRESS.
    public private(set) var xorMappedAddress: ByteRange?
    /// The first XOR-RELAYED-ADDRESS; `attributes` gives both.
    public private(set) var xorRelayedAddress: ByteRange?
    /// ADDRESS-ERROR-CODE.
    public private(set) var addressErrorCode: ByteRange?
    /// ALTERNATE-SERVER.
    public private(set) var alternateServer: ByteRange?
    /// ALTERNATE-DOMAIN.
    public private(set) var alternateDomain: ByteRange?
    /// SOFTWARE.
    public private(set) var software: ByteRange?

    // Extensions.
    /// MOBILITY-TICKET.
    public private(set) var mobilityTicket: ByteRange?
    /// CONNECTION-ID.
    public private(set) var connectionID: ByteRange?
    /// ACCESS-TOKEN.
    public private(set) var accessToken: ByteRange?
    /// THIRD-PARTY-AUTHORIZATION.
    public private(set) var thirdPartyAuthorization: ByteRange?
    /// CHANGE-REQUEST.
    public private(set) var changeRequest: ByteRange?
    /// RESPONSE-PORT.
    public private(set) var responsePort: ByteRange?
    /// PADDING.
    public private(set) var padding: ByteRange?
    /// RESPONSE-ORIGIN.
    public private(set) var responseOrigin: ByteRange?
    /// OTHER-ADDRESS.
    public private(set) var otherAddress: ByteRange?
    /// TRANSACTION_TRANSMIT_COUNTER.
    public private(set) var transmitCounter: ByteRange?

    /// Types below 0x8000 that are not known here.
    public var unknownRequired = UnknownTypes()
    /// Where the attributes that count end: at the first integrity attribute, at FINGERPRINT, or at the end.
    public private(set) var attributesEnd: Int

    /// Reads a message that fills `datagram` to its last byte.
    public static func parse(_ datagram: RawSpan) throws(ParseFailure) -> MessageIndex {
        guard datagram.byteCount >= STUNHeader.byteCount else { throw .tooShort }
        let first = datagram.uint32(at: 0)
        guard first >> 30 == 0 else { throw .notSTUN }
        guard datagram.uint32(at: 4) == STUNHeader.magicCookie else { throw .badCookie }
        let length = Int(first & 0xFFFF)
        // Offsets are kept in 16 bits: a message that fills more is no message anybody needs.
        guard length & 3 == 0, STUNHeader.byteCount + length == datagram.byteCount, datagram.byteCount <= 0xFFFF
        else { throw .badLength }

        var index = MessageIndex(
            type: MessageType(rawValue: UInt16(first >> 16)),
            transactionID: TransactionID(high: datagram.uint32(at: 8), low: datagram.uint64(at: 12)),
            byteCount: datagram.byteCount)
        var offset = STUNHeader.byteCount
        while offset < datagram.byteCount {
            guard index.fingerprint == nil else { throw .fingerprintNotLast }
            // Both counts are multiples of 4, so a whole attribute header is there.
            let head = datagram.uint32(at: offset)
            let count = Int(head & 0xFFFF)
            let next = offset + 4 + paddedTo4(count)
            guard next <= datagram.byteCount else { throw .truncatedAttribute }
            try index.note(
                AttributeType(rawValue: UInt16(head >> 16)), ByteRange(offset: offset + 4, count: count))
            offset = next
        }
        return index
    }

    private init(type: MessageType, transactionID: TransactionID, byteCount: Int) {
        self.type = type
        self.transactionID = transactionID
        self.byteCount = byteCount
        attributesEnd = byteCount
    }

    private mutating func note(_ type: AttributeType, _ range: ByteRange) throws(ParseFailure) {
        switch type {
        case .fingerprint:
            guard range.count == 4 else { throw .badIntegrityLength }
            fingerprint = range
            attributesEnd = min(attributesEnd, range.lowerBound - 4)
        case .messageIntegritySHA256:
            guard messageIntegritySHA256 == nil else { return }
            guard 16...32 ~= range.count, range.count & 3 == 0 else { throw .badIntegrityLength }
            messageIntegritySHA256 = range
            attributesEnd = min(attributesEnd, range.lowerBound - 4)
        case _ where messageIntegrity != nil || messageIntegritySHA256 != nil:
            return
        case .messageIntegrity:
            guard range.count == 20 else { throw .badIntegrityLength }
            messageIntegrity = range
            attributesEnd = range.lowerBound - 4
        default:
            noteOrdinary(type, range)
        }
    }

    private mutating func noteOrdinary(_ type: AttributeType, _ range: ByteRange) {
        switch type {
        case .username: username = username ?? range
        case .userhash: userhash = userhash ?? range
        case .realm: realm = realm ?? range
        case .nonce: nonce = nonce ?? range
        case .passwordAlgorithms: passwordAlgorithms = passwordAlgorithms ?? range
        case .passwordAlgorithm: passwordAlgorithm = passwordAlgorithm ?? range
        case .lifetime: lifetime = lifetime ?? range
        case .requestedTransport: requestedTransport = requestedTransport ?? range
        case .requestedAddressFamily: requestedAddressFamily = requestedAddressFamily ?? range
        case .additionalAddressFamily: additionalAddressFamily = additionalAddressFamily ?? range
        case .evenPort: evenPort = evenPort ?? range
        case .reservationToken: reservationToken = reservationToken ?? range
        case .dontFragment: dontFragment = dontFragment ?? range
        case .channelNumber: channelNumber = channelNumber ?? range
        case .data: data = data ?? range
        case .xorPeerAddress: xorPeerAddress = xorPeerAddress ?? range
        case .icmp: icmp = icmp ?? range
        case .errorCode: errorCode = errorCode ?? range
        case .unknownAttributes: unknownAttributes = unknownAttributes ?? range
        case .mappedAddress: mappedAddress = mappedAddress ?? range
        case .xorMappedAddress: xorMappedAddress = xorMappedAddress ?? range
        case .xorRelayedAddress: xorRelayedAddress = xorRelayedAddress ?? range
        case .addressErrorCode: addressErrorCode = addressErrorCode ?? range
        case .alternateServer: alternateServer = alternateServer ?? range
        case .alternateDomain: alternateDomain = alternateDomain ?? range
        case .software: software = software ?? range
        case .mobilityTicket: mobilityTicket = mobilityTicket ?? range
        case .connectionID: connectionID = connectionID ?? range
        case .accessToken: accessToken = accessToken ?? range
        case .thirdPartyAuthorization: thirdPartyAuthorization = thirdPartyAuthorization ?? range
        case .changeRequest: changeRequest = changeRequest ?? range
        case .responsePort: responsePort = responsePort ?? range
        case .padding: padding = padding ?? range
        case .responseOrigin: responseOrigin = responseOrigin ?? range
        case .otherAddress: otherAddress = otherAddress ?? range
        case .transmitCounter: transmitCounter = transmitCounter ?? range
        default:
            if type.isComprehensionRequired { unknownRequired.append(type) }
        }
    }
}

/// The fixed part of every message [RFC 8489 5].
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |0 0|     STUN Message Type     |         Message Length        |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |                         Magic Cookie                          |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |                     Transaction ID (96 bits)                  |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
public enum STUNHeader {
    /// Bytes of the header.
    @inlinable public static var byteCount: Int { 20 }
    /// The number that tells STUN from everything else.
    @inlinable public static var magicCookie: UInt32 { 0x2112_A442 }
}
