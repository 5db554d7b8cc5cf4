/// Walks over the attributes of a parsed message that count, in the order of the message.
public struct AttributeCursor: Sendable {
    private var offset = STUNHeader.byteCount
    private let end: Int

    fileprivate init(end: Int) { self.end = end }

    /// The next attribute, or nil behind the last.
    public mutating func next(in datagram: RawSpan) -> (type: AttributeType, value: ByteRange)? {
        guard offset + 4 <= end, end <= datagram.byteCount else { return nil }
        let head = datagram.uint32(at: offset)
        let value = ByteRange(offset: offset + 4, count: Int(head & 0xFFFF))
        guard value.upperBound <= end else { return nil }
        offset += 4 + paddedTo4(Int(value.count))
        return (AttributeType(rawValue: UInt16(head >> 16)), value)
    }

    /// The value of the next attribute of `type`, or nil when there is no other.
    public mutating func next(_ type: AttributeType, in datagram: RawSpan) -> ByteRange? {
        while let attribute = next(in: datagram) {
            if attribute.type == type { return attribute.value }
        }
        return nil
    }
}

extension MessageIndex {
    /// All attributes that count, repeated ones too: XOR-PEER-ADDRESS in CreatePermission, XOR-RELAYED-ADDRESS.
    public var attributes: AttributeCursor { AttributeCursor(end: attributesEnd) }
}
