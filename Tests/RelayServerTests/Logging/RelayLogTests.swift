import Foundation
import Glibc
import Logging
import Synchronization
import Testing

@testable import RelayServer

@Suite struct RelayLogTests {
    @Test func recordsComeOutInOrderOneLineEach() throws {
        let pipe = LogPipe()
        let log = RelayLog(.init(linesPerSecondPerLevel: 1000, descriptor: pipe.writing))
        var logger = log.logger("relay")
        logger[metadataKey: "loop"] = "1"
        for number in 0..<100 { logger.info("event", metadata: ["n": .stringConvertible(number)]) }
        logger.debug("not written")
        log.level = .debug
        logger.debug("written", metadata: ["loop": "2"])
        logger.error("failed", error: CancellationError())
        log.stop()
        let lines = pipe.lines()
        try #require(lines.count == 102)
        for number in 0..<100 { #expect(lines[number].hasSuffix("info relay: event loop=1 n=\(number)")) }
        #expect(lines[100].hasSuffix("debug relay: written loop=2"))
        #expect(lines[101].contains("error relay: failed error=") && lines[101].contains("Cancellation"))
        #expect(log.statistics.written == 102)
    }

    @Test func aFloodIsBoundedCountedAndReported() {
        let pipe = LogPipe()
        let log = RelayLog(.init(linesPerSecondPerLevel: 50, descriptor: pipe.writing))
        let logger = log.logger("relay")
        for _ in 0..<10_000 { logger.info("refused", metadata: ["user": "a\nb"]) }
        logger.error("still heard")
        log.stop()
        let lines = pipe.lines()
        // The flood may straddle a second or two.
        #expect(lines.filter { $0.contains("refused") }.count <= 150)
        #expect(lines.contains { $0.contains("still heard") })
        let suppressed = log.statistics.suppressed.first { $0.level == "info" }?.lines ?? 0
        #expect(suppressed >= 9850)
        #expect(lines.contains { $0.contains("suppressed lines") && $0.contains("lines=\(suppressed)") })
    }

    @Test func aReaderThatStopsReadingDelaysNobody() {
        let pipe = LogPipe()
        let log = RelayLog(.init(linesPerSecondPerLevel: 1_000_000, linesWaitingMax: 100, descriptor: pipe.writing))
        let logger = log.logger("relay")
        let text = String(repeating: "x", count: 1000)
        let begin = ContinuousClock.now
        for _ in 0..<1000 { logger.info("\(text)") }
        #expect(ContinuousClock.now - begin < .seconds(5))
        #expect(log.statistics.dropped > 500)
        #expect(log.statistics.dropped + log.statistics.written == 1000)
        let stop = ContinuousClock.now
        log.stop(seconds: 0.1)
        #expect(ContinuousClock.now - stop < .seconds(1))
        pipe.closeReading()
    }

    @Test func fieldsOfTheProviderTheLoggerAndTheRecordAreMerged() {
        let pipe = LogPipe()
        let log = RelayLog(.init(format: .json, descriptor: pipe.writing))
        var handler = log.handler("relay")
        handler.metadataProvider = Logger.MetadataProvider { ["p": "1", "r": "1"] }
        var logger = Logger(label: "relay", factory: { [handler] _ in handler })
        logger[metadataKey: "l"] = "2"
        logger.logLevel = .error
        logger.info("too low")
        logger.error("merged", metadata: ["r": "3"])
        log.stop()
        let lines = pipe.lines()
        #expect(lines.count == 1)
        #expect(lines.first?.contains(#""fields":{"l":"2","p":"1","r":"3"}"#) == true)
    }
}

@Suite struct LogQueueTests {
    @Test func eventsAreConsumedInOrder() {
        let seen = Mutex<[Int]>([])
        let queue = LogQueue<Int>(capacity: 10_000, name: "test") { batch in seen.withLock { $0 += batch } }
        for number in 0..<10_000 { queue.post(number) }
        let flushed = queue.flush(seconds: 5)
        #expect(flushed)
        #expect(seen.withLock { $0 } == Array(0..<10_000))
        queue.stop()
        let accepted = queue.post(1)
        #expect(!accepted && queue.dropped == 1)
    }

    @Test func aFullQueueDropsAndCounts() {
        let gate = DispatchSemaphore(value: 0)
        let queue = LogQueue<Int>(capacity: 10, name: "test") { batch in
            if !batch.isEmpty { gate.wait() }
        }
        queue.post(0)
        while queue.flush(seconds: 0) { Thread.sleep(forTimeInterval: 0.001) }
        for number in 0..<100 { queue.post(number) }
        #expect(queue.dropped >= 89)
        let flushed = queue.flush(seconds: 0.05)
        #expect(!flushed)
        for _ in 0..<200 { gate.signal() }
        queue.stop(seconds: 5)
    }

    @Test func manyThreadsLoseNothingThatFits() async {
        let sum = Mutex(0)
        let queue = LogQueue<Int>(capacity: 100_000, name: "test") { batch in
            sum.withLock { $0 += batch.reduce(0, +) }
        }
        let accepted = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask { (0..<5000).reduce(0) { $0 + (queue.post(1) ? $1 * 0 + 1 : 0) } }
            }
            return await group.reduce(0, +)
        }
        let flushed = queue.flush(seconds: 5)
        #expect(flushed)
        #expect(sum.withLock { $0 } == accepted)
        #expect(UInt64(20_000 - accepted) == queue.dropped)
        queue.stop()
    }
}

/// A pipe in the place of standard error.
private final class LogPipe {
    private let descriptors: [Int32]
    var writing: Int32 { descriptors[1] }

    init() {
        var pair: [Int32] = [0, 0]
        _ = pipe(&pair)
        // F_SETPIPE_SZ: large enough that a test's lines fit without a reader.
        _ = fcntl(pair[1], 1031, 1 << 18)
        descriptors = pair
    }

    /// Closes the writing end and reads what is there.
    func lines() -> [String] {
        close(descriptors[1])
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptors[0], &buffer, buffer.count)
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        close(descriptors[0])
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Lets a writer that waits fail.
    func closeReading() {
        signal(SIGPIPE, SIG_IGN)
        close(descriptors[0])
    }
}
