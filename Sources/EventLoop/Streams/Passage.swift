import CLinux

/// The way from a client that speaks HTTP over TLS to the companion: a Unix socket of its own, and what waits for room
/// on it. What waits for room at the client lies with its connection, as wire bytes.
struct Passage: SlotElement {
    enum State: UInt8 {
        /// The slot is free.
        case free
        /// The companion's queue of new connections is full: tried again until a limit.
        case waiting
        /// Bytes go both ways.
        case open
    }

    /// The Unix socket, -1 while there is none.
    var descriptor: Int32 = -1
    /// Told in epoll tokens, so that an event of an earlier passage in this slot is recognised.
    var generation: UInt32 = 0
    var state = State.waiting
    /// The client's connection.
    var connection: UInt32
    /// What epoll tells of the Unix socket; 0: it is not watched at all, so that its end is not told over and over.
    var interest: UInt32 = 0
    /// Whether nothing more comes from the client.
    var clientEnded = false
    /// Whether the companion has been told so.
    var hasToldCompanion = false
    /// Whether nothing more comes from the companion.
    var companionEnded = false
    /// Whether the companion takes nothing more.
    var isDeaf = false
    /// Bytes of the client that the companion had no room for. While there are any, nothing is read from the client:
    /// they are what one read can bring, 80 KiB at most.
    var held: UnsafeMutablePointer<UInt8>?
    var heldOffset = 0
    var heldCount = 0
    /// The next free slot, while this one is free.
    var nextFree: UInt32 = 0

    init(connection: UInt32) {
        self.connection = connection
    }

    mutating func markFree() {
        state = .free
        descriptor = -1
    }

    mutating func hold(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
        guard count > 0 else { return }
        let joined = UnsafeMutablePointer<UInt8>.allocate(capacity: heldCount + count)
        if let held { joined.update(from: held + heldOffset, count: heldCount) }
        (joined + heldCount).update(from: bytes, count: count)
        held?.deallocate()
        held = joined
        heldOffset = 0
        heldCount += count
    }

    mutating func releaseHeld() {
        held?.deallocate()
        held = nil
        heldOffset = 0
        heldCount = 0
    }
}

/// Where the companion takes connections.
struct CompanionAddress {
    private var native = clinux_unix_address()

    /// From the path of a Unix socket, or a name of Linux's abstract namespace behind `@`; nil when it does not fit.
    init?(path: String) {
        guard clinux_pack_unix(&native, path) == 0 else { return nil }
    }

    /// A new connection, or a negative error number; EAGAIN when too many wait already.
    func connect() -> Int32 {
        withUnsafePointer(to: native) { clinux_connect_unix($0) }
    }
}

/// What clients read whose connection cannot be passed on.
enum Unavailable {
    private static let text = "The page cannot be reached at the moment. Please try again soon.\n"

    static let answer: [UInt8] = Array(
        """
        HTTP/1.1 503 Service Unavailable\r
        Content-Type: text/plain; charset=utf-8\r
        Content-Length: \(text.utf8.count)\r
        Cache-Control: no-store\r
        Retry-After: 5\r
        Connection: close\r
        \r
        \(text)
        """.utf8)
}
