import Integrity
import STUN

/// Builds whole messages as arrays: a client sends few, and keeps each for its repetitions.
enum MessageBuilder {
    /// A message whose attributes `fill` appends. `capacity` bounds its bytes after the header.
    static func build(
        _ type: MessageType, _ id: TransactionID, capacity: Int = 2_048,
        _ fill: (inout MessageWriter, inout MutableRawSpan) -> Void
    ) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: STUNHeader.byteCount + capacity)
        var count = 0
        do {
            var span = bytes.mutableSpan
            var buffer = span.mutableBytes
            var writer = MessageWriter(type, id, into: &buffer)
            fill(&writer, &buffer)
            precondition(!writer.overflowed, "a message longer than its caller said")
            count = writer.count
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }
}
