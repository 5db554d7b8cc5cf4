import Glibc

/// The clock of programs that drive a `RelayClient`, and waiting by it.
public enum ClientClock {
    /// Milliseconds on the system's monotonic clock.
    public static var milliseconds: UInt64 { nanoseconds / 1_000_000 }

    /// Nanoseconds on the system's monotonic clock.
    public static var nanoseconds: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// Waits until one of the descriptors can be read, or the deadline (in milliseconds) passes: then false.
    public static func wait(on descriptors: [Int32], until deadline: UInt64) -> Bool {
        wait(on: descriptors, for: POLLIN, until: deadline)
    }

    static func wait(on descriptors: [Int32], for what: Int32, until deadline: UInt64) -> Bool {
        var entries = descriptors.map { pollfd(fd: $0, events: Int16(what), revents: 0) }
        while true {
            let now = milliseconds
            let left = deadline > now ? Int32(clamping: deadline - now) : 0
            let ready = poll(&entries, nfds_t(entries.count), left)
            if ready > 0 { return true }
            if ready == 0 || errno != EINTR { return false }
        }
    }
}
