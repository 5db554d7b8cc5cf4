/// Bounds-checked access to network bytes. Everything on the wire is big-endian [RFC 8489 5].
extension RawSpan {
    /// The byte at `offset`.
    @inlinable @inline(__always)
    public func uint8(at offset: Int) -> UInt8 {
        Span<UInt8>(_bytes: self)[offset]
    }

    /// The big-endian 16-bit number at `offset`, on any alignment.
    @inlinable @inline(__always)
    public func uint16(at offset: Int) -> UInt16 {
        let bytes = Span<UInt8>(_bytes: self)
        return UInt16(bytes[offset]) &<< 8 | UInt16(bytes[offset &+ 1])
    }

    /// The big-endian 32-bit number at `offset`, on any alignment.
    @inlinable @inline(__always)
    public func uint32(at offset: Int) -> UInt32 {
        // Written out byte by byte: the optimiser makes one load and one byte swap of it.
        let bytes = Span<UInt8>(_bytes: self)
        return UInt32(bytes[offset]) &<< 24 | UInt32(bytes[offset &+ 1]) &<< 16
            | UInt32(bytes[offset &+ 2]) &<< 8 | UInt32(bytes[offset &+ 3])
    }

    /// The big-endian 64-bit number at `offset`, on any alignment.
    @inlinable @inline(__always)
    public func uint64(at offset: Int) -> UInt64 {
        UInt64(uint32(at: offset)) &<< 32 | UInt64(uint32(at: offset &+ 4))
    }

    /// The bytes as a span of bytes, which can be indexed.
    @inlinable @inline(__always)
    public func withBytes<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
        body(Span<UInt8>(_bytes: self))
    }

    /// The bytes copied into an array (control path only: it allocates).
    public func copied() -> [UInt8] {
        var array: [UInt8] = []
        array.reserveCapacity(byteCount)
        let bytes = Span<UInt8>(_bytes: self)
        for index in bytes.indices { array.append(bytes[index]) }
        return array
    }

    /// The bytes as text, or nil when they are not well-formed UTF-8 (control path only: it allocates).
    public func text() -> String? {
        guard let text = try? UTF8Span(validating: Span<UInt8>(_bytes: self)) else { return nil }
        return String(copying: text)
    }

    /// Whether both spans hold the same bytes. Not for secrets: it stops at the first difference.
    public func elementsEqual(_ other: RawSpan) -> Bool {
        guard byteCount == other.byteCount else { return false }
        let (left, right) = (Span<UInt8>(_bytes: self), Span<UInt8>(_bytes: other))
        for index in left.indices where left[index] != right[index] { return false }
        return true
    }
}

extension MutableRawSpan {
    /// Stores one byte at `offset`.
    @inlinable @inline(__always)
    public mutating func store(uint8 value: UInt8, at offset: Int) {
        storeBytes(of: value, toByteOffset: offset, as: UInt8.self)
    }

    /// Stores a 16-bit number in network byte order at `offset`, on any alignment.
    @inlinable @inline(__always)
    public mutating func store(uint16 value: UInt16, at offset: Int) {
        storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt16.self)
    }

    /// Stores a 32-bit number in network byte order at `offset`, on any alignment.
    @inlinable @inline(__always)
    public mutating func store(uint32 value: UInt32, at offset: Int) {
        storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt32.self)
    }

    /// Stores a 64-bit number in network byte order at `offset`, on any alignment.
    @inlinable @inline(__always)
    public mutating func store(uint64 value: UInt64, at offset: Int) {
        storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt64.self)
    }

    /// Copies `source` to `offset`.
    @inlinable
    public mutating func store(_ source: RawSpan, at offset: Int) {
        store(Span<UInt8>(_bytes: source), at: offset)
    }

    /// Copies `source` to `offset`.
    @inlinable
    public mutating func store(_ source: Span<UInt8>, at offset: Int) {
        for index in source.indices {
            storeBytes(of: source[index], toByteOffset: offset &+ index, as: UInt8.self)
        }
    }

    /// Copies the UTF-8 form of `text` to `offset` and returns how many bytes that were.
    public mutating func store(utf8 text: String, at offset: Int) -> Int {
        var end = offset
        for byte in text.utf8 {
            store(uint8: byte, at: end)
            end += 1
        }
        return end - offset
    }

    /// Sets `count` bytes from `offset` to zero.
    @inlinable
    public mutating func storeZeros(count: Int, at offset: Int) {
        var index = offset
        while index < offset &+ count {
            storeBytes(of: 0, toByteOffset: index, as: UInt8.self)
            index &+= 1
        }
    }
}

/// A run of bytes inside a datagram: where an attribute's value lies. Nothing is copied.
@frozen public struct ByteRange: Hashable, Sendable {
    /// Bytes from the start of the datagram.
    public var offset: UInt16
    /// Bytes in the run, padding not counted.
    public var count: UInt16

    /// A run of `count` bytes from `offset`.
    @inlinable
    public init(offset: Int, count: Int) {
        self.offset = UInt16(truncatingIfNeeded: offset)
        self.count = UInt16(truncatingIfNeeded: count)
    }

    /// Offset of the first byte.
    @inlinable public var lowerBound: Int { Int(offset) }
    /// Offset of the first byte behind the run.
    @inlinable public var upperBound: Int { Int(offset) &+ Int(count) }
    /// The run as a range, as in `datagram.extracting(attribute.range)`.
    @inlinable public var range: Range<Int> { lowerBound..<upperBound }
}

/// `count` rounded up to the 4-byte boundary on which attributes end [RFC 8489 14].
@inlinable @inline(__always)
public func paddedTo4(_ count: Int) -> Int { (count &+ 3) & ~3 }
