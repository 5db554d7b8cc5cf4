import RelayCore
import STUN

/// A client's TCP or TLS connection.
struct Connection: SlotElement {
    enum State: UInt8 {
        /// The slot is free.
        case free
        /// TLS is being agreed; goes to `open`, or is closed.
        case handshaking
        /// Messages flow.
        case open
        /// TLS is agreed, and the first bytes will tell whether the client speaks STUN or HTTP.
        case greeting
        /// The client speaks HTTP: a passage to the companion takes and gives its bytes.
        case passed
        /// Nothing is left to say: what is queued leaves, then the end; what still comes is thrown away.
        case closing

        /// Whether nothing of it concerns the core.
        var isForCompanion: Bool { self == .passed || self == .closing }
    }

    var descriptor: Int32 = -1
    /// Told in epoll tokens, so that an event of an earlier connection in this slot is recognised.
    var generation: UInt32 = 0
    var state = State.free
    /// Whether it stands in the list of connections to be flushed this turn.
    var isDirty = false
    /// Whether epoll tells when it can be written.
    var waitsToWrite = false
    /// Whether epoll does not tell when it can be read.
    var isPaused = false
    /// Whether the client has been told that nothing more comes.
    var hasSentEnd = false
    /// Whether it has an allocation, which lifts the limits for strangers.
    var isKnown = false
    var session: OpaquePointer?
    var tuple: FiveTuple
    /// The first part of a message whose rest has not come yet.
    var partial: UnsafeMutablePointer<UInt8>?
    var partialCount = 0
    var partialCapacity = 0
    /// Bytes as they go on the wire that the kernel had no room for.
    var pending: UnsafeMutablePointer<UInt8>?
    var pendingOffset = 0
    var pendingCount = 0
    var output = OutputQueue()
    /// When a whole message came last, or the connection was accepted; of HTTP, when bytes went last either way. In
    /// milliseconds.
    var lastProgress: UInt64 = 0
    /// The passage of a connection that speaks HTTP.
    var passage = SlotTable<Passage>.none
    /// The next free slot, while this one is free.
    var nextFree: UInt32 = 0

    /// A connection just accepted.
    init(descriptor: Int32, tuple: FiveTuple, now: UInt64) {
        self.descriptor = descriptor
        self.tuple = tuple
        lastProgress = now
    }

    mutating func markFree() {
        state = .free
        descriptor = -1
    }

    mutating func releasePartial() {
        partial?.deallocate()
        partial = nil
        partialCount = 0
        partialCapacity = 0
    }
}
