import CLinux

/// The receive queue of a UDP listener: deep, so that bursts and pauses of the machine lose nothing; but a queue that
/// is never empty carries no burst, only delay [RFC 8289 3.1], and then everything would arrive too late to be of use.
/// While more comes in than the loop can do, the queue is made shallow: what is beyond it the kernel drops at no cost
/// to the loop, and what is in it arrives in time.
struct ClientQueue {
    /// Bytes of memory of a shallow queue: 10 ms of small datagrams at a hundred thousand per second.
    static let shallowBytes = 768 << 10
    /// Looks in a row, `EventLoop.housekeepingInterval` apart, that find a queue standing before it is made shallow.
    /// One is what a pause of the machine leaves.
    static let looksUntilShallow = 2
    /// Looks in a row that must not before it is made deep again: 5 s.
    static let looksUntilDeep = 50

    private let descriptor: Int32
    private let deepBytes: Int
    /// Looks in a row that speak for the other depth.
    private var looks = 0
    /// Whether it is shallow now.
    private(set) var isShallow = false

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        deepBytes = Int(clinux_receive_buffer(descriptor))
    }

    /// Once per housekeeping: whether the queue has stood since the last look, never empty. True when that made it
    /// shallow.
    mutating func look(stood: Bool) -> Bool {
        looks = stood == isShallow ? 0 : looks + 1
        if isShallow {
            if looks >= Self.looksUntilDeep { setDepth(shallow: false) }
            return false
        }
        guard looks >= Self.looksUntilShallow, deepBytes > Self.shallowBytes else { return false }
        setDepth(shallow: true)
        return true
    }

    private mutating func setDepth(shallow: Bool) {
        isShallow = shallow
        looks = 0
        // The system takes half of what it then grants [socket(7), SO_RCVBUF].
        clinux_set_buffers(descriptor, Int32((shallow ? Self.shallowBytes : deepBytes) / 2), 0)
    }
}

/// What reading a client socket leaves in it; told once per call, not per datagram.
struct ClientBacklog {
    private var wasEmpty = true
    private var hasMore = false

    /// Everything was read.
    mutating func foundEmpty() {
        wasEmpty = true
        hasMore = false
    }

    /// The socket had its share of the turn, and there is more.
    mutating func leftMore() { hasMore = true }

    /// Whether the queue has never been empty since the last call.
    mutating func stood() -> Bool {
        defer { wasEmpty = !hasMore }
        return hasMore && !wasEmpty
    }
}
