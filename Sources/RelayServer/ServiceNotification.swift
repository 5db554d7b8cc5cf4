import Credentials
import Dispatch
import Foundation
import Glibc

/// Tells the service manager how the relay is doing: the sd_notify(3) protocol, without its library.
///
/// A message is one datagram of `NAME=value` lines to the Unix socket that `$NOTIFY_SOCKET` names. Without that
/// variable (started by hand, in a container) every call does nothing.
public struct ServiceNotification: Sendable {
    /// What the manager can be told.
    public enum Event: Sendable, Equatable {
        /// Start-up is over: listeners are open.
        case ready
        /// The configuration is being read again; `ready` follows.
        case reloading
        /// The relay is on its way out.
        case stopping
        /// Still alive, for `WatchdogSec=`.
        case watchdog
        /// One line for `systemctl status`.
        case status(String)
        /// The process the manager should watch from now on.
        case mainProcess(Int32)

        func lines(monotonicMicroseconds: UInt64) -> String {
            switch self {
            case .ready: "READY=1"
            // Type=notify-reload wants the time, so that it can tell this reload from an earlier one.
            case .reloading: "RELOADING=1\nMONOTONIC_USEC=\(monotonicMicroseconds)"
            case .stopping: "STOPPING=1"
            case .watchdog: "WATCHDOG=1"
            case .status(let text): "STATUS=" + LogText.escaped(text, bytesMax: 512)
            case .mainProcess(let identifier): "MAINPID=\(identifier)"
            }
        }
    }

    private let socketPath: String?
    /// How often the manager wants to hear `watchdog`, or nil when it does not. Half of this is a good interval.
    public let watchdogMicroseconds: UInt64?

    /// Reads `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID`.
    public init() {
        self.init(environment: ProcessInfo.processInfo.environment, processIdentifier: getpid())
    }

    init(environment: [String: String], processIdentifier: Int32) {
        socketPath = environment["NOTIFY_SOCKET"].flatMap { path in
            path.hasPrefix("/") || path.hasPrefix("@") ? path : nil
        }
        let addressed = environment["WATCHDOG_PID"].map { Int32($0) == processIdentifier } ?? true
        watchdogMicroseconds =
            addressed ? environment["WATCHDOG_USEC"].flatMap(UInt64.init).flatMap { $0 > 0 ? $0 : nil } : nil
    }

    /// Whether somebody listens.
    public var isActive: Bool { socketPath != nil }

    /// Sends one message made of `events`. False when there is nobody to tell, or it could not be sent.
    @discardableResult
    public func send(_ events: Event...) -> Bool {
        guard let socketPath, let address = UnixAddress(path: socketPath) else { return false }
        // CLOCK_MONOTONIC, in microseconds, is what Dispatch's uptime is on Linux.
        let now = DispatchTime.now().uptimeNanoseconds / 1000
        let message = events.map { $0.lines(monotonicMicroseconds: now) }.joined(separator: "\n")

        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let bytes = Array(message.utf8)
        let count = address.withSocketAddress { pointer, length in
            bytes.withUnsafeBytes {
                sendto(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL), pointer, length)
            }
        }
        return count == bytes.count
    }
}
