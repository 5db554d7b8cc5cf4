import Testing

@testable import EventLoop

/// The bounded output queue of a stream [RFC 8656 3.1]: whole messages, oldest media first, answers never.
struct OutputQueueTests {
    /// Queues a message of `count` bytes that are all `value`; whether it was taken.
    private func put(
        _ queue: inout OutputQueue, _ pool: inout BlockPool, _ count: Int, value: UInt8,
        kind: OutputRecord.Kind = .media,
        now: UInt64 = 0, limit: Int = 10_000, dropped: inout UInt64
    ) -> Bool {
        guard
            let room = queue.reserve(count, kind: kind, now: now, limit: limit, pool: &pool, dropped: &dropped)
        else { return false }
        room.update(repeating: value, count: count)
        return true
    }

    /// Everything that is queued, as it would be written.
    private func drain(_ queue: inout OutputQueue, _ pool: inout BlockPool, step: Int = .max) -> [UInt8] {
        var bytes: [UInt8] = []
        while let next = queue.next(limit: 20_000, messages: BlockPool.recordsMax, pool: &pool), !next.isEmpty {
            let count = min(step, next.count)
            bytes += next.prefix(count)
            queue.consume(count)
        }
        return bytes
    }

    @Test func messagesLeaveInOrderWhateverTheSizeOfTheWrites() {
        for step in [1, 7, 100, 20_000] {
            var pool = BlockPool(limit: 4)
            var queue = OutputQueue()
            var dropped: UInt64 = 0
            for value in 1...50 {
                #expect(put(&queue, &pool, 100, value: UInt8(value), dropped: &dropped))
            }
            let expected = (1...50).flatMap { [UInt8](repeating: UInt8($0), count: 100) }
            #expect(drain(&queue, &pool, step: step) == expected)
            #expect(queue.isEmpty)
            #expect(dropped == 0)
        }
    }

    @Test func theOldestMediaMakesRoomForNew() {
        var pool = BlockPool(limit: 4)
        var queue = OutputQueue()
        var dropped: UInt64 = 0
        for value in 1...5 { #expect(put(&queue, &pool, 100, value: UInt8(value), limit: 300, dropped: &dropped)) }
        #expect(dropped == 2)
        #expect(queue.byteCount == 300)
        #expect(drain(&queue, &pool) == (3...5).flatMap { [UInt8](repeating: UInt8($0), count: 100) })
    }

    @Test func answersAreNotDroppedForMediaNorForAnswers() {
        var pool = BlockPool(limit: 4)
        var queue = OutputQueue()
        var dropped: UInt64 = 0
        #expect(put(&queue, &pool, 200, value: 1, kind: .answer, limit: 300, dropped: &dropped))
        #expect(!put(&queue, &pool, 200, value: 2, limit: 300, dropped: &dropped))
        #expect(put(&queue, &pool, 200, value: 3, kind: .answer, limit: 300, dropped: &dropped))
        #expect(!put(&queue, &pool, 300, value: 4, kind: .answer, limit: 300, dropped: &dropped))
        #expect(drain(&queue, &pool) == [UInt8](repeating: 1, count: 200) + [UInt8](repeating: 3, count: 200))
    }

    @Test func aMessageThatIsPartlySentIsNeverDropped() {
        var pool = BlockPool(limit: 4)
        var queue = OutputQueue()
        var dropped: UInt64 = 0
        #expect(put(&queue, &pool, 100, value: 1, dropped: &dropped))
        #expect(put(&queue, &pool, 100, value: 2, dropped: &dropped))
        _ = queue.next(limit: 50, messages: 1, pool: &pool)
        queue.consume(50)
        queue.dropMedia(bytes: .max, olderThan: .max, dropped: &dropped)
        #expect(dropped == 1)
        #expect(drain(&queue, &pool) == [UInt8](repeating: 1, count: 50))
    }

    @Test func whatIsDroppedBehindABegunMessageHoldsNoBlocks() {
        var pool = BlockPool(limit: 64)
        var queue = OutputQueue()
        var dropped: UInt64 = 0
        #expect(put(&queue, &pool, 1000, value: 1, limit: 100_000, dropped: &dropped))
        _ = queue.next(limit: 50, messages: 1, pool: &pool)
        queue.consume(50)
        for _ in 0..<2000 { #expect(put(&queue, &pool, 1000, value: 2, limit: 100_000, dropped: &dropped)) }
        #expect(dropped > 1800)
        #expect(pool.taken <= 3)
        #expect(drain(&queue, &pool).prefix(951).dropLast() == [UInt8](repeating: 1, count: 950)[...])
        #expect(pool.taken == 0)
    }

    @Test func mediaIsDroppedByAge() {
        var pool = BlockPool(limit: 4)
        var queue = OutputQueue()
        var dropped: UInt64 = 0
        #expect(put(&queue, &pool, 10, value: 1, now: 100, dropped: &dropped))
        #expect(put(&queue, &pool, 10, value: 2, now: 200, dropped: &dropped))
        queue.dropMedia(bytes: .max, olderThan: 150, dropped: &dropped)
        #expect(dropped == 1)
        #expect(drain(&queue, &pool) == [UInt8](repeating: 2, count: 10))
    }

    @Test func oneMessageAtATimeWhenAsked() {
        var pool = BlockPool(limit: 4)
        var queue = OutputQueue()
        var dropped: UInt64 = 0
        for count in [10, 20, 30] { #expect(put(&queue, &pool, count, value: 1, dropped: &dropped)) }
        var sizes: [Int] = []
        while let next = queue.next(limit: 16_384, messages: 1, pool: &pool) {
            sizes.append(next.count)
            queue.consume(next.count)
        }
        #expect(sizes == [10, 20, 30])
    }

    @Test func everyBlockComesBackAndTheirNumberIsBounded() {
        var pool = BlockPool(limit: 2)
        var queue = OutputQueue()
        var dropped: UInt64 = 0
        let size = 60_000
        #expect(put(&queue, &pool, size, value: 1, limit: .max / 4, dropped: &dropped))
        #expect(put(&queue, &pool, size, value: 2, limit: .max / 4, dropped: &dropped))
        #expect(!put(&queue, &pool, size, value: 3, limit: .max / 4, dropped: &dropped))
        #expect(pool.taken == 2)
        queue.clear(pool: &pool)
        #expect(pool.taken == 0)
        #expect(put(&queue, &pool, size, value: 4, limit: .max / 4, dropped: &dropped))
        #expect(drain(&queue, &pool).count == size)
        #expect(pool.taken == 0)
    }
}
