/// What came of the packets of one session in one direction: numbers say what was lost, came twice or out of order.
struct FlowRecord {
    /// Packets sent: the next one's number.
    var sent: UInt64 = 0
    /// One more than the highest number that came.
    private var next: UInt64 = 0
    /// Which of the 64 numbers below `next` came: the newest in the lowest bit.
    private var window: UInt64 = 0
    private var lastTransit: Int64 = .min
    /// In nanoseconds [RFC 3550 6.4.1].
    private(set) var jitter = 0.0

    /// What one arrival was.
    enum Arrival {
        case inOrder
        case late
        case duplicate
    }

    /// Takes a packet with this number, so many nanoseconds after it was sent.
    @inline(__always)
    mutating func receive(_ number: UInt64, transit: Int64) -> Arrival {
        if lastTransit != .min {
            jitter += (Double(abs(transit &- lastTransit)) - jitter) / 16
        }
        lastTransit = transit
        if number >= next {
            let ahead = number &+ 1 &- next
            window = ahead >= 64 ? 1 : window << ahead | 1
            next = number &+ 1
            return .inOrder
        }
        let behind = next &- 1 &- number
        // What is too far behind to be remembered is taken as new: a path that delays so long duplicates rarely.
        guard behind < 64 else { return .late }
        guard window >> behind & 1 == 0 else { return .duplicate }
        window |= 1 << behind
        return .late
    }
}
