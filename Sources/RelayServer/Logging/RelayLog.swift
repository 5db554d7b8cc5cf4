import Dispatch
import Foundation
import Glibc
public import Logging
import Synchronization

/// The relay's log: text or JSON lines on one descriptor, written by a thread of its own.
///
/// Whoever logs never waits for the descriptor: lines go through a bounded queue, and what finds no room is counted.
/// Every record is one line, its values escaped; each level has a bound per second.
public final class RelayLog: Sendable {
    /// What a log is made with.
    public struct Settings: Sendable {
        /// How lines are written.
        public var format: LogFormat
        /// The least severe level that is written.
        public var level: Logger.Level
        /// Lines per second of each level; the rest is counted and reported.
        public var linesPerSecondPerLevel: Int
        /// Seconds between two reports of how many lines were suppressed.
        public var reportSeconds: Int
        /// Lines that may wait for the writing thread.
        public var linesWaitingMax: Int
        /// Where lines go: 2 is standard error.
        public var descriptor: Int32

        /// Text at `info`, 200 lines per second and level, to standard error.
        public init(
            format: LogFormat = .text, level: Logger.Level = .info, linesPerSecondPerLevel: Int = 200,
            reportSeconds: Int = 10, linesWaitingMax: Int = 8192, descriptor: Int32 = 2
        ) {
            self.format = format
            self.level = level
            self.linesPerSecondPerLevel = linesPerSecondPerLevel
            self.reportSeconds = reportSeconds
            self.linesWaitingMax = linesWaitingMax
            self.descriptor = descriptor
        }
    }

    private let format: LogFormat
    private let levelOrder: Atomic<Int>
    private let rate: Mutex<LogRate>
    private let written = Atomic<UInt64>(0)
    private let queue: LogQueue<String>
    private let reports: LogReports

    /// Starts the writing thread.
    public init(_ settings: Settings = Settings()) {
        format = settings.format
        levelOrder = Atomic(settings.level.order)
        rate = Mutex(
            LogRate(
                linesPerSecond: max(1, settings.linesPerSecondPerLevel),
                reportEveryMilliseconds: Int64(max(1, settings.reportSeconds)) * 1000))
        let reports = LogReports()
        self.reports = reports
        let output = LogOutput(descriptor: settings.descriptor)
        queue = LogQueue(capacity: settings.linesWaitingMax, name: "tern-log") { lines in
            output.write(lines + reports.due())
        }
        reports.source.withLock { $0 = { [weak self] in self?.dueReports(now: false) ?? [] } }
    }

    /// A logger that writes here, named `label`.
    public func logger(_ label: String) -> Logger {
        Logger(label: label, factory: { _ in self.handler(label) })
    }

    /// A handler for `LoggingSystem.bootstrap`.
    public func handler(_ label: String) -> RelayLogHandler {
        RelayLogHandler(log: self, label: label)
    }

    /// The least severe level that is written; may be changed at any time.
    public var level: Logger.Level {
        get { Logger.Level.allCases[levelOrder.load(ordering: .relaxed)] }
        set { levelOrder.store(newValue.order, ordering: .relaxed) }
    }

    /// What has been written and what has not.
    public var statistics: LogStatistics {
        let suppressed = rate.withLock(\.suppressed)
        return LogStatistics(
            written: written.load(ordering: .relaxed), dropped: queue.dropped,
            suppressed: Logger.Level.allCases.map {
                LogStatistics.Suppressed(level: $0.rawValue, lines: suppressed[$0.order])
            })
    }

    /// Waits until what was logged so far is written, at most `seconds`.
    public func flush(seconds: Double = 0.5) {
        queue.flush(seconds: seconds)
    }

    /// Reports what was suppressed, writes what waits, at most for `seconds`, and ends the thread.
    public func stop(seconds: Double = 0.5) {
        for line in dueReports(now: true) { queue.post(line) }
        queue.stop(seconds: seconds)
    }

    func write(_ level: Logger.Level, label: String, message: () -> String, metadata: () -> Logger.Metadata) {
        guard rate.withLock({ $0.admits(level, at: Self.steadyMilliseconds) }) else { return }
        let record = LogRecord(
            unixMilliseconds: Self.unixMilliseconds, level: level, label: label, message: message(),
            metadata: metadata())
        if queue.post(record.line(format)) { written.add(1, ordering: .relaxed) }
    }

    private func dueReports(now: Bool) -> [String] {
        let due = rate.withLock { $0.report(at: Self.steadyMilliseconds, now: now) }
        return due.map { level, lines in
            let record = LogRecord(
                unixMilliseconds: Self.unixMilliseconds, level: .warning, label: "log",
                message: "suppressed lines beyond the bound per second",
                metadata: ["level": "\(level.rawValue)", "lines": .stringConvertible(lines)])
            return record.line(format)
        }
    }

    private static var steadyMilliseconds: Int64 { Int64(DispatchTime.now().uptimeNanoseconds / 1_000_000) }
    private static var unixMilliseconds: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }
}

/// What the log has done since it began.
public struct LogStatistics: Sendable, Equatable {
    /// Lines of one level that exceeded the bound per second.
    public struct Suppressed: Sendable, Equatable {
        /// The level's name.
        public var level: String
        /// How many lines.
        public var lines: UInt64

        /// `lines` of `level`.
        public init(level: String, lines: UInt64) {
            self.level = level
            self.lines = lines
        }
    }

    /// Lines handed to the writing thread.
    public var written: UInt64
    /// Lines that found the queue full, because whoever reads the log is too slow.
    public var dropped: UInt64
    /// Lines beyond the bound per second, for every level.
    public var suppressed: [Suppressed]

    /// The numbers of a log.
    public init(written: UInt64 = 0, dropped: UInt64 = 0, suppressed: [Suppressed] = []) {
        self.written = written
        self.dropped = dropped
        self.suppressed = suppressed
    }
}

/// Lets the writing thread ask its log for due reports, although the thread begins before the log is whole.
private final class LogReports: Sendable {
    let source = Mutex<(@Sendable () -> [String])?>(nil)

    func due() -> [String] { source.withLock { $0 }?() ?? [] }
}

/// The descriptor behind the log.
private struct LogOutput: Sendable {
    let descriptor: Int32

    /// Writes whole batches; gives up on the batch when the descriptor fails, as there is nobody left to tell.
    func write(_ lines: [String]) {
        guard !lines.isEmpty else { return }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(lines.reduce(0) { $0 + $1.utf8.count + 1 })
        for line in lines {
            bytes.append(contentsOf: line.utf8)
            bytes.append(UInt8(ascii: "\n"))
        }
        bytes.withUnsafeBytes { buffer in
            var offset = 0
            while offset < buffer.count {
                let count = Glibc.write(descriptor, buffer.baseAddress! + offset, buffer.count - offset)
                if count > 0 {
                    offset += count
                } else if errno == EAGAIN {
                    // A descriptor shared with a non-blocking writer: this thread may wait, nobody waits for it.
                    Thread.sleep(forTimeInterval: 0.01)
                } else if errno != EINTR {
                    return
                }
            }
        }
    }
}
