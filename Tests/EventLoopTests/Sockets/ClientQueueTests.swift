import CLinux
import Glibc
import Testing

@testable import EventLoop

/// The receive queue of a listener: deep for bursts, shallow for a crowd that stays.
struct ClientQueueTests {
    private let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
    private var depth: Int { Int(clinux_receive_buffer(descriptor)) }

    /// A socket whose queue may take this many bytes.
    private func queue(bytes: Int) throws -> ClientQueue {
        clinux_set_buffers(descriptor, Int32(bytes / 2), 0)
        try #require(depth == bytes)
        return ClientQueue(descriptor)
    }

    @Test func aPauseOfTheMachineKeepsItDeep() throws {
        defer { close(descriptor) }
        var queue = try queue(bytes: 2 << 20)
        for stood in [false, true, false, true, false] {
            let isNews = queue.look(stood: stood)
            #expect(!isNews)
        }
        #expect(depth == 2 << 20)
    }

    @Test func aQueueThatIsNeverEmptyIsMadeShallowUntilItHasBeenEmptyForLong() throws {
        defer { close(descriptor) }
        var queue = try queue(bytes: 2 << 20)
        let news = (0..<5).map { _ in queue.look(stood: true) }
        #expect(news == [false, true, false, false, false])
        #expect(depth == ClientQueue.shallowBytes)
        for _ in 1..<ClientQueue.looksUntilDeep { _ = queue.look(stood: false) }
        _ = queue.look(stood: true)
        for _ in 1..<ClientQueue.looksUntilDeep { _ = queue.look(stood: false) }
        #expect(queue.isShallow, "it stood in between")
        _ = queue.look(stood: false)
        #expect(!queue.isShallow && depth == 2 << 20)
    }

    @Test func aQueueThatIsShallowByItselfIsLeftAlone() throws {
        defer { close(descriptor) }
        var queue = try queue(bytes: 64 << 10)
        for _ in 0..<5 {
            let isNews = queue.look(stood: true)
            #expect(!isNews)
        }
        #expect(depth == 64 << 10)
    }

    @Test func aBacklogStandsOnlyWhileItIsNeverEmpty() {
        var backlog = ClientBacklog()
        let quiet = backlog.stood()
        backlog.leftMore()
        let first = backlog.stood()
        backlog.leftMore()
        let second = backlog.stood()
        backlog.foundEmpty()
        backlog.leftMore()
        let emptied = backlog.stood()
        backlog.foundEmpty()
        let over = backlog.stood()
        #expect([quiet, first, second, emptied, over] == [false, false, true, false, false])
    }
}
