import RelayCore
import STUN

/// A client's TCP or TLS connection.
struct Connection {
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
    var passage = PassageTable.none
    /// The next free slot, while this one is free.
    var nextFree: UInt32 = 0

    init(tuple: FiveTuple) {
        self.tuple = tuple
    }

    mutating func releasePartial() {
        partial?.deallocate()
        partial = nil
        partialCount = 0
        partialCapacity = 0
    }
}

/// The connections of a loop, in slots that are reused. Memory is touched only as far as slots have been in use.
struct ConnectionTable: ~Copyable {
    /// No slot.
    static let none = UInt32.max

    let capacity: Int
    private(set) var highWater = 0
    private(set) var count = 0
    private var firstFree = Self.none
    private let slots: UnsafeMutablePointer<Connection>

    init(capacity: Int) {
        self.capacity = capacity
        slots = .allocate(capacity: capacity)
    }

    deinit {
        slots.deallocate()
    }

    /// A slot in use.
    subscript(slot: UInt32) -> UnsafeMutablePointer<Connection> {
        @inline(__always) get {
            precondition(Int(slot) < highWater)
            return slots + Int(slot)
        }
    }

    /// The slot of a connection just accepted, or nil when the table is full.
    mutating func add(descriptor: Int32, tuple: FiveTuple, now: UInt64) -> UInt32? {
        let slot: UInt32
        var connection = Connection(tuple: tuple)
        if firstFree != Self.none {
            slot = firstFree
            firstFree = slots[Int(slot)].nextFree
            connection.generation = slots[Int(slot)].generation &+ 1
        } else {
            guard highWater < capacity else { return nil }
            slot = UInt32(highWater)
            highWater += 1
        }
        connection.descriptor = descriptor
        connection.lastProgress = now
        (slots + Int(slot)).initialize(to: connection)
        count += 1
        return slot
    }

    /// Frees a slot; what the connection held must be gone.
    mutating func remove(_ slot: UInt32) {
        let connection = self[slot]
        connection.pointee.state = .free
        connection.pointee.descriptor = -1
        connection.pointee.nextFree = firstFree
        firstFree = slot
        count -= 1
    }
}
