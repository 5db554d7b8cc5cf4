import CLinux
import Foundation
import Glibc
import Synchronization

/// A capture of all frames of an interface, looked through as they come; nothing is kept.
final class TrafficCapture: Sendable {
    /// Why it could not begin; one line.
    struct Refused: Error, Equatable {
        let reason: String
    }

    /// A frame that the kernel has merged may be as large as an IP packet can be.
    private static let frameBytesMax = 65_536 + 256
    /// How often the end is looked for, in milliseconds.
    private static let pollMilliseconds: Int32 = 50

    private struct State {
        var counts = NeedleCounts()
        var dropped: UInt64 = 0
        var isToEnd = false
        var hasEnded = false
    }

    private let state = Mutex(State())
    private let descriptor: Int32

    /// Begins at once.
    init(interface: String, _ needles: Needles) throws(Refused) {
        descriptor = clinux_capture(interface)
        guard descriptor >= 0 else {
            switch -descriptor {
            case EPERM, EACCES:
                throw Refused(reason: "\(interface) may not be captured: run as root (CAP_NET_RAW)")
            case ENODEV: throw Refused(reason: "there is no interface \(interface)")
            default: throw Refused(reason: "\(interface): \(String(cString: strerror(-descriptor)))")
            }
        }
        Thread.detachNewThread { [self] in run(needles) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Ends it, when what is queued has been looked at: the counts, and how many frames were not seen.
    func end() -> (counts: NeedleCounts, dropped: UInt64) {
        state.withLock { $0.isToEnd = true }
        while !state.withLock({ $0.hasEnded }) { Thread.sleep(forTimeInterval: 0.01) }
        return state.withLock { ($0.counts, $0.dropped) }
    }

    private func run(_ needles: Needles) {
        clinux_name_thread("capture")
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: TrafficCapture.frameBytesMax, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let isToEnd = state.withLock { $0.isToEnd }
            var counts = NeedleCounts()
            // Bounded, so that an interface that is never quiet does not keep it from ending.
            for _ in 0..<200_000 {
                let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
                guard count > 0 else { break }
                let frame = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                counts.seen += 1
                if needles.secret.place(in: frame) != nil { counts.secret += 1 }
                if needles.open.place(in: frame) != nil { counts.open += 1 }
            }
            state.withLock {
                $0.counts = $0.counts + counts
                $0.dropped += UInt64(clinux_capture_drops(descriptor))
                $0.hasEnded = isToEnd
            }
            if isToEnd { return }
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            _ = poll(&entry, 1, TrafficCapture.pollMilliseconds)
        }
    }
}
