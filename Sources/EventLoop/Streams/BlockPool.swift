/// Memory for what waits to be written to streams: blocks that are taken when a connection has output and given back
/// when it has none, so that an idle connection holds nothing and a busy one allocates nothing.
struct BlockPool: ~Copyable {
    /// Payload bytes of a block: the largest message (64 KiB and its header) always fits into an empty one.
    static let payloadBytes = 72 * 1024
    /// Messages in a block.
    static let recordsMax = 512

    private var free: UnsafeMutablePointer<OutputBlock>?
    private(set) var taken = 0
    /// Blocks that may be in use at once.
    let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    deinit {
        var block = free
        while let current = block {
            block = current.pointee.next
            UnsafeMutableRawPointer(current).deallocate()
        }
    }

    /// An empty block, or nil when the limit is reached.
    mutating func take() -> UnsafeMutablePointer<OutputBlock>? {
        guard taken < limit else { return nil }
        taken += 1
        let block: UnsafeMutablePointer<OutputBlock>
        if let reused = free {
            free = reused.pointee.next
            block = reused
        } else {
            block = UnsafeMutableRawPointer.allocate(byteCount: OutputBlock.byteCount, alignment: 64)
                .bindMemory(to: OutputBlock.self, capacity: 1)
        }
        block.initialize(to: OutputBlock())
        return block
    }

    /// Takes a block back.
    mutating func give(_ block: UnsafeMutablePointer<OutputBlock>) {
        block.pointee.next = free
        free = block
        taken -= 1
    }
}

/// A block of queued output: its head, followed in memory by the records and then by the bytes of the messages.
struct OutputBlock {
    var next: UnsafeMutablePointer<OutputBlock>?
    var recordHead: Int32 = 0
    var recordTail: Int32 = 0
    var byteHead: Int32 = 0
    var byteTail: Int32 = 0

    private static let recordsOffset = 64
    private static let bytesOffset = recordsOffset + BlockPool.recordsMax * MemoryLayout<OutputRecord>.stride
    static let byteCount = bytesOffset + BlockPool.payloadBytes

    @inline(__always)
    static func records(_ block: UnsafeMutablePointer<OutputBlock>) -> UnsafeMutablePointer<OutputRecord> {
        UnsafeMutableRawPointer(block).advanced(by: recordsOffset).assumingMemoryBound(to: OutputRecord.self)
    }

    @inline(__always)
    static func bytes(_ block: UnsafeMutablePointer<OutputBlock>) -> UnsafeMutablePointer<UInt8> {
        UnsafeMutableRawPointer(block).advanced(by: bytesOffset).assumingMemoryBound(to: UInt8.self)
    }
}

/// One queued message.
struct OutputRecord {
    /// Bytes of it still queued.
    var byteCount: Int32
    /// Media may be dropped while it waits; answers may not, and neither may what is partly sent or already dropped.
    var kind: Kind
    /// When it was queued, in milliseconds of the loop's clock.
    var queuedAt: UInt64

    enum Kind: UInt8 { case media, answer, begun, dropped }
}
