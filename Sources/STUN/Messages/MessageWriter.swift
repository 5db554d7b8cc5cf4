/// Builds a message in a buffer that the caller lends for each call.
///
/// The header's length is right after every call, so what stands in the buffer is always a complete message.
/// Padding is always zero, whatever the buffer held before. An attribute that does not fit is left out and
/// `overflowed` says so; the caller sends nothing then.
public struct MessageWriter: Sendable {
    /// Bytes of the message so far, header included.
    public private(set) var count: Int
    /// Whether something did not fit.
    public private(set) var overflowed = false
    /// The message's transaction id: addresses are XOR-ed with it.
    public let transactionID: TransactionID

    /// Writes the header of an empty message.
    public init(_ type: MessageType, _ transactionID: TransactionID, into buffer: inout MutableRawSpan) {
        self.transactionID = transactionID
        guard buffer.byteCount >= STUNHeader.byteCount else {
            count = 0
            overflowed = true
            return
        }
        count = STUNHeader.byteCount
        buffer.store(uint32: UInt32(type.rawValue) << 16, at: 0)
        buffer.store(uint32: STUNHeader.magicCookie, at: 4)
        buffer.store(uint32: transactionID.high, at: 8)
        buffer.store(uint64: transactionID.low, at: 12)
    }

    /// Appends the head of an attribute and zeros for its value and padding; returns where the value begins, for
    /// the caller to fill in. The message's length already counts the attribute, as integrity and fingerprint need.
    public mutating func reserve(_ type: AttributeType, byteCount: Int, into buffer: inout MutableRawSpan) -> Int? {
        let end = count + 4 + paddedTo4(byteCount)
        guard !overflowed, byteCount >= 0, byteCount <= 0xFFFF, end <= buffer.byteCount,
            end - STUNHeader.byteCount <= 0xFFFF
        else {
            overflowed = true
            return nil
        }
        let value = count + 4
        buffer.store(uint16: type.rawValue, at: count)
        buffer.store(uint16: UInt16(byteCount), at: count + 2)
        buffer.storeZeros(count: end - value, at: value)
        count = end
        buffer.store(uint16: UInt16(end - STUNHeader.byteCount), at: 2)
        return value
    }

    /// Appends an attribute with these bytes.
    public mutating func append(_ type: AttributeType, _ bytes: RawSpan, into buffer: inout MutableRawSpan) {
        guard let value = reserve(type, byteCount: bytes.byteCount, into: &buffer) else { return }
        buffer.store(bytes, at: value)
    }

    /// Appends an attribute with these bytes.
    public mutating func append(_ type: AttributeType, _ bytes: Span<UInt8>, into buffer: inout MutableRawSpan) {
        guard let value = reserve(type, byteCount: bytes.count, into: &buffer) else { return }
        buffer.store(bytes, at: value)
    }

    /// Appends an attribute with this text in UTF-8.
    public mutating func append(_ type: AttributeType, text: String, into buffer: inout MutableRawSpan) {
        guard let value = reserve(type, byteCount: text.utf8.count, into: &buffer) else { return }
        _ = buffer.store(utf8: text, at: value)
    }

    /// Appends an attribute without a value: DONT-FRAGMENT.
    public mutating func append(flag type: AttributeType, into buffer: inout MutableRawSpan) {
        _ = reserve(type, byteCount: 0, into: &buffer)
    }

    /// Appends an attribute with one byte: EVEN-PORT.
    public mutating func append(_ type: AttributeType, uint8 number: UInt8, into buffer: inout MutableRawSpan) {
        guard let value = reserve(type, byteCount: 1, into: &buffer) else { return }
        buffer.store(uint8: number, at: value)
    }

    /// Appends an attribute with one number: LIFETIME, CONNECTION-ID; CHANNEL-NUMBER, REQUESTED-TRANSPORT and the
    /// address families have theirs in the upper bits, see the calls for them.
    public mutating func append(_ type: AttributeType, uint32 number: UInt32, into buffer: inout MutableRawSpan) {
        guard let value = reserve(type, byteCount: 4, into: &buffer) else { return }
        buffer.store(uint32: number, at: value)
    }

    /// Appends an attribute with one 64-bit number: RESERVATION-TOKEN.
    public mutating func append(_ type: AttributeType, uint64 number: UInt64, into buffer: inout MutableRawSpan) {
        guard let value = reserve(type, byteCount: 8, into: &buffer) else { return }
        buffer.store(uint64: number, at: value)
    }

    /// Appends CHANNEL-NUMBER [RFC 8656 18.1].
    public mutating func append(channelNumber channel: UInt16, into buffer: inout MutableRawSpan) {
        append(.channelNumber, uint32: UInt32(channel) << 16, into: &buffer)
    }

    /// Appends REQUESTED-TRANSPORT: 17 is UDP, 6 is TCP [RFC 8656 18.7].
    public mutating func append(requestedTransport number: UInt8, into buffer: inout MutableRawSpan) {
        append(.requestedTransport, uint32: UInt32(number) << 24, into: &buffer)
    }

    /// Appends REQUESTED-ADDRESS-FAMILY or ADDITIONAL-ADDRESS-FAMILY [RFC 8656 18.6, 18.11].
    public mutating func append(_ type: AttributeType, family: AddressFamily, into buffer: inout MutableRawSpan) {
        append(type, uint32: UInt32(family.rawValue) << 24, into: &buffer)
    }
}

extension MessageWriter {
    /// Appends an XOR-ed address: XOR-MAPPED-ADDRESS, XOR-PEER-ADDRESS, XOR-RELAYED-ADDRESS [RFC 8489 14.2].
    public mutating func append(
        _ type: AttributeType, xor address: TransportAddress, into buffer: inout MutableRawSpan
    ) {
        guard let value = reserve(type, byteCount: 4 + address.family.byteCount, into: &buffer) else { return }
        XORAddress.store(address, transactionID, into: &buffer, at: value)
    }

    /// Appends an address as it is: MAPPED-ADDRESS, ALTERNATE-SERVER, RESPONSE-ORIGIN, OTHER-ADDRESS [14.1].
    public mutating func append(
        _ type: AttributeType, plain address: TransportAddress, into buffer: inout MutableRawSpan
    ) {
        guard let value = reserve(type, byteCount: 4 + address.family.byteCount, into: &buffer) else { return }
        buffer.store(uint8: address.family.rawValue, at: value + 1)
        buffer.store(uint16: address.port, at: value + 2)
        switch address.family {
        case .ipv4: buffer.store(uint32: address.ip.ipv4, at: value + 4)
        case .ipv6:
            buffer.store(uint64: address.ip.high, at: value + 4)
            buffer.store(uint64: address.ip.low, at: value + 12)
        }
    }

    /// Appends ERROR-CODE without a reason phrase: an answer to somebody unknown is to be small [RFC 8489 14.8].
    public mutating func append(error code: ErrorCode, into buffer: inout MutableRawSpan) {
        append(.errorCode, uint32: Self.bits(code), into: &buffer)
    }

    /// Appends ADDRESS-ERROR-CODE: this family could not be allocated [RFC 8656 18.12].
    public mutating func append(addressError error: AddressError, into buffer: inout MutableRawSpan) {
        append(
            .addressErrorCode, uint32: UInt32(error.family.rawValue) << 24 | Self.bits(error.code), into: &buffer)
    }

    /// Appends UNKNOWN-ATTRIBUTES [RFC 8489 14.13].
    public mutating func append(unknown types: UnknownTypes, into buffer: inout MutableRawSpan) {
        guard let value = reserve(.unknownAttributes, byteCount: types.count * 2, into: &buffer) else { return }
        for index in 0..<types.count {
            buffer.store(uint16: types[index].rawValue, at: value + index * 2)
        }
    }

    /// Appends ICMP [RFC 8656 18.13].
    public mutating func append(icmp error: ICMPValue, into buffer: inout MutableRawSpan) {
        append(.icmp, uint64: error.bits, into: &buffer)
    }

    private static func bits(_ code: ErrorCode) -> UInt32 {
        UInt32(code.rawValue / 100) << 8 | UInt32(code.rawValue % 100)
    }
}

extension ICMPValue {
    /// The 8 bytes of the attribute's value.
    @inlinable var bits: UInt64 {
        UInt64(type & 0x7F) &<< 41 | UInt64(code) &<< 32 | UInt64(data)
    }
}
