/// What waits to be written to one stream, bounded in bytes and in time [RFC 8656 section 3.1].
///
/// Media that has waited too long, or for which there is no room, is dropped whole, oldest first; the answers to
/// requests never are. A message of which a part has been sent is never dropped, for the framing must hold.
struct OutputQueue {
    private(set) var first: UnsafeMutablePointer<OutputBlock>?
    private var last: UnsafeMutablePointer<OutputBlock>?
    /// Bytes queued, dropped ones that still lie between others left out.
    private(set) var byteCount = 0

    var isEmpty: Bool { byteCount == 0 }

    /// Room for a message at the end of the queue, which the caller fills; nil when the message must be dropped.
    ///
    /// - Parameter limit: bytes that may be queued in all; answers may exceed it by as much again.
    mutating func reserve(
        _ count: Int, kind: OutputRecord.Kind, now: UInt64, limit: Int, pool: inout BlockPool, dropped: inout UInt64
    ) -> UnsafeMutablePointer<UInt8>? {
        if byteCount + count > limit {
            dropMedia(bytes: byteCount + count - limit, olderThan: .max, dropped: &dropped)
            releaseDropped(pool: &pool)
            if byteCount + count > (kind == .answer ? 2 * limit : limit) { return nil }
        }
        guard count <= BlockPool.payloadBytes else { return nil }
        if last.map({ !Self.fits(count, $0) }) ?? true {
            guard let block = pool.take() else { return nil }
            if let last { last.pointee.next = block } else { first = block }
            last = block
        }
        let block = last!
        let record = OutputBlock.records(block) + Int(block.pointee.recordTail)
        record.initialize(to: OutputRecord(byteCount: Int32(count), kind: kind, queuedAt: now))
        let bytes = OutputBlock.bytes(block) + Int(block.pointee.byteTail)
        block.pointee.recordTail += 1
        block.pointee.byteTail += Int32(count)
        byteCount += count
        return bytes
    }

    private static func fits(_ count: Int, _ block: UnsafeMutablePointer<OutputBlock>) -> Bool {
        Int(block.pointee.byteTail) + count <= BlockPool.payloadBytes
            && Int(block.pointee.recordTail) < BlockPool.recordsMax
    }

    /// Drops media queued before `time`, oldest first, until `bytes` are free.
    mutating func dropMedia(bytes: Int, olderThan time: UInt64, dropped: inout UInt64) {
        var freed = 0
        var block = first
        while let current = block, freed < bytes {
            let records = OutputBlock.records(current)
            for i in Int(current.pointee.recordHead)..<Int(current.pointee.recordTail)
            where records[i].kind == .media && records[i].queuedAt < time {
                records[i].kind = .dropped
                freed += Int(records[i].byteCount)
                dropped &+= 1
                if freed >= bytes { break }
            }
            block = current.pointee.next
        }
        byteCount -= freed
    }

    /// Gives back the blocks of which nothing is left to send.
    ///
    /// A client that reads nothing leaves a begun message at the head; what is dropped behind it must not stay.
    mutating func releaseDropped(pool: inout BlockPool) {
        var previous: UnsafeMutablePointer<OutputBlock>?
        var block = first
        while let current = block {
            block = current.pointee.next
            skipDropped(current)
            if current.pointee.recordHead < current.pointee.recordTail {
                previous = current
                continue
            }
            if let previous { previous.pointee.next = block } else { first = block }
            if block == nil { last = previous }
            pool.give(current)
        }
    }

    /// The bytes to write next: up to `messages` whole or part messages that lie side by side, `limit` bytes at most.
    mutating func next(limit: Int, messages: Int, pool: inout BlockPool) -> UnsafeRawBufferPointer? {
        while let block = first {
            skipDropped(block)
            if block.pointee.recordHead == block.pointee.recordTail {
                first = block.pointee.next
                if first == nil { last = nil }
                pool.give(block)
                continue
            }
            let records = OutputBlock.records(block)
            var count = 0
            let end = min(Int(block.pointee.recordTail), Int(block.pointee.recordHead) + messages)
            for i in Int(block.pointee.recordHead)..<end {
                if records[i].kind == .dropped || count >= limit { break }
                count += Int(records[i].byteCount)
            }
            return UnsafeRawBufferPointer(
                start: OutputBlock.bytes(block) + Int(block.pointee.byteHead), count: min(count, limit))
        }
        return nil
    }

    private func skipDropped(_ block: UnsafeMutablePointer<OutputBlock>) {
        let records = OutputBlock.records(block)
        while block.pointee.recordHead < block.pointee.recordTail {
            let record = records[Int(block.pointee.recordHead)]
            guard record.kind == .dropped else { return }
            block.pointee.byteHead += record.byteCount
            block.pointee.recordHead += 1
        }
    }

    /// Takes `count` bytes, which `next` returned, off the queue.
    mutating func consume(_ count: Int) {
        guard let block = first else { return }
        let records = OutputBlock.records(block)
        var left = Int32(count)
        while left > 0 {
            let record = records + Int(block.pointee.recordHead)
            if record.pointee.byteCount > left {
                record.pointee.byteCount -= left
                record.pointee.kind = .begun
                block.pointee.byteHead += left
                left = 0
            } else {
                left -= record.pointee.byteCount
                block.pointee.byteHead += record.pointee.byteCount
                block.pointee.recordHead += 1
            }
        }
        byteCount -= count
    }

    /// Gives every block back.
    mutating func clear(pool: inout BlockPool) {
        while let block = first {
            first = block.pointee.next
            pool.give(block)
        }
        last = nil
        byteCount = 0
    }
}
