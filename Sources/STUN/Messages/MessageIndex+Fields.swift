/// The contents of attributes, decoded when somebody asks.
extension MessageIndex {
    /// LIFETIME in seconds [RFC 8656 18.2].
    public func lifetimeSeconds(in datagram: RawSpan) -> Field<UInt32> {
        field(lifetime, 4) { datagram.uint32(at: $0.lowerBound) }
    }

    /// REQUESTED-TRANSPORT: an IP protocol number, 17 is UDP, 6 is TCP [RFC 8656 18.7].
    public func transportProtocol(in datagram: RawSpan) -> Field<UInt8> {
        field(requestedTransport, 4) { datagram.uint8(at: $0.lowerBound) }
    }

    /// REQUESTED-ADDRESS-FAMILY as it stands there: 1 is IPv4, 2 is IPv6, others earn a 440 [RFC 8656 18.6].
    public func requestedFamily(in datagram: RawSpan) -> Field<UInt8> {
        field(requestedAddressFamily, 4) { datagram.uint8(at: $0.lowerBound) }
    }

    /// ADDITIONAL-ADDRESS-FAMILY as it stands there [RFC 8656 18.11].
    public func additionalFamily(in datagram: RawSpan) -> Field<UInt8> {
        field(additionalAddressFamily, 4) { datagram.uint8(at: $0.lowerBound) }
    }

    /// EVEN-PORT: whether the next higher port is to be reserved, the R bit [RFC 8656 18.5].
    public func reservesNextPort(in datagram: RawSpan) -> Field<Bool> {
        field(evenPort, 1) { datagram.uint8(at: $0.lowerBound) & 0x80 != 0 }
    }

    /// RESERVATION-TOKEN [RFC 8656 18.9].
    public func reservationTokenValue(in datagram: RawSpan) -> Field<UInt64> {
        field(reservationToken, 8) { datagram.uint64(at: $0.lowerBound) }
    }

    /// CHANNEL-NUMBER [RFC 8656 18.1].
    public func channel(in datagram: RawSpan) -> Field<UInt16> {
        field(channelNumber, 4) { datagram.uint16(at: $0.lowerBound) }
    }

    /// CONNECTION-ID [RFC 6062 6.2.1].
    public func connection(in datagram: RawSpan) -> Field<UInt32> {
        field(connectionID, 4) { datagram.uint32(at: $0.lowerBound) }
    }

    /// The first XOR-PEER-ADDRESS [RFC 8656 18.3].
    public func peerAddress(in datagram: RawSpan) -> Field<TransportAddress> {
        xorAddress(xorPeerAddress, in: datagram)
    }

    /// XOR-MAPPED-ADDRESS [RFC 8489 14.2].
    public func reflexiveAddress(in datagram: RawSpan) -> Field<TransportAddress> {
        xorAddress(xorMappedAddress, in: datagram)
    }

    /// The first XOR-RELAYED-ADDRESS [RFC 8656 18.4].
    public func relayedAddress(in datagram: RawSpan) -> Field<TransportAddress> {
        xorAddress(xorRelayedAddress, in: datagram)
    }

    /// An XOR-ed address at `range`, as `attributes` found it [RFC 8489 14.2].
    public func xorAddress(_ range: ByteRange?, in datagram: RawSpan) -> Field<TransportAddress> {
        address(range, in: datagram, mask: transactionID)
    }

    /// An address that is not XOR-ed: MAPPED-ADDRESS, ALTERNATE-SERVER, RESPONSE-ORIGIN, OTHER-ADDRESS [14.1].
    public func plainAddress(_ range: ByteRange?, in datagram: RawSpan) -> Field<TransportAddress> {
        address(range, in: datagram, mask: nil)
    }

    /// ERROR-CODE [RFC 8489 14.8].
    public func error(in datagram: RawSpan) -> Field<ErrorCode> {
        guard let errorCode else { return .absent }
        return Self.code(errorCode, in: datagram)
    }

    /// ADDRESS-ERROR-CODE: which family could not be allocated and why [RFC 8656 18.12].
    public func addressError(in datagram: RawSpan) -> Field<AddressError> {
        guard let addressErrorCode else { return .absent }
        guard let code = Self.code(addressErrorCode, in: datagram).value,
            let family = AddressFamily(rawValue: datagram.uint8(at: addressErrorCode.lowerBound))
        else { return .malformed }
        return .value(AddressError(family: family, code: code))
    }

    /// ICMP [RFC 8656 18.13].
    public func icmpError(in datagram: RawSpan) -> Field<ICMPValue> {
        field(icmp, 8) { range in
            let bits = datagram.uint16(at: range.lowerBound + 2)
            return ICMPValue(
                type: UInt8(bits >> 9), code: UInt8(truncatingIfNeeded: bits),
                data: datagram.uint32(at: range.lowerBound + 4))
        }
    }

    private func field<Value>(_ range: ByteRange?, _ count: UInt16, _ read: (ByteRange) -> Value) -> Field<Value> {
        guard let range else { return .absent }
        return range.count == count ? .value(read(range)) : .malformed
    }

    private func address(
        _ range: ByteRange?, in datagram: RawSpan, mask: TransactionID?
    ) -> Field<TransportAddress> {
        guard let range else { return .absent }
        guard range.count >= 8, let family = AddressFamily(rawValue: datagram.uint8(at: range.lowerBound + 1)),
            Int(range.count) == 4 + family.byteCount
        else { return .malformed }

        let start = range.lowerBound + 4
        let cookie = mask == nil ? 0 : STUNHeader.magicCookie
        let port = datagram.uint16(at: range.lowerBound + 2) ^ UInt16(cookie >> 16)
        let ip: IPAddress =
            switch family {
            case .ipv4: IPAddress(ipv4: datagram.uint32(at: start) ^ cookie)
            case .ipv6:
                IPAddress(
                    ipv6High: datagram.uint64(at: start) ^ (UInt64(cookie) << 32 | UInt64(mask?.high ?? 0)),
                    low: datagram.uint64(at: start + 8) ^ (mask?.low ?? 0))
            }
        return .value(TransportAddress(ip: ip, port: port))
    }

    private static func code(_ range: ByteRange, in datagram: RawSpan) -> Field<ErrorCode> {
        guard range.count >= 4 else { return .malformed }
        let hundreds = UInt16(datagram.uint8(at: range.lowerBound + 2) & 7)
        let rest = UInt16(datagram.uint8(at: range.lowerBound + 3))
        guard 3...6 ~= hundreds, rest < 100 else { return .malformed }
        return .value(ErrorCode(rawValue: hundreds * 100 + rest))
    }
}

/// The content of an ICMP attribute: what came back instead of the peer's answer [RFC 8656 18.13].
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |  Reserved                     |  ICMP Type  |  ICMP Code      |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |                          Error Data                           |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
@frozen public struct ICMPValue: Hashable, Sendable {
    /// The ICMP or ICMPv6 type: 7 bits, error messages have no higher one.
    public let type: UInt8
    /// The code within the type.
    public let code: UInt8
    /// What the type has to add: the MTU of a "packet too big", else 0.
    public let data: UInt32

    /// An ICMP error of this type and code.
    @inlinable
    public init(type: UInt8, code: UInt8, data: UInt32) {
        self.type = type
        self.code = code
        self.data = data
    }
}

/// The content of ADDRESS-ERROR-CODE [RFC 8656 18.12].
@frozen public struct AddressError: Hashable, Sendable {
    /// The family that was not allocated.
    public let family: AddressFamily
    /// Why: 440 or 508.
    public let code: ErrorCode

    /// `family` failed with `code`.
    @inlinable
    public init(family: AddressFamily, code: ErrorCode) {
        self.family = family
        self.code = code
    }
}
