public import STUN

/// An identifier for messages whose identifier does not matter.
public let someID = TransactionID(high: 0x0102_0304, low: 0x0506_0708_090A_0B0C)

/// A message built in a buffer that held other traffic before.
public func message(
    _ type: MessageType = MessageType(.allocate, .request), id: TransactionID = someID, capacity: Int = 2048,
    _ fill: (inout MessageWriter, inout MutableRawSpan) -> Void = { _, _ in }
) -> [UInt8] {
    var bytes = [UInt8](repeating: 0xEE, count: capacity)
    var elements = bytes.mutableSpan
    var buffer = elements.mutableBytes
    var writer = MessageWriter(type, id, into: &buffer)
    fill(&writer, &buffer)
    return Array(bytes[..<writer.count])
}

/// The index of a message's attributes.
public func parse(_ bytes: [UInt8]) throws(ParseFailure) -> MessageIndex { try MessageIndex.parse(bytes.span.bytes) }
