/// What an epoll event belongs to: 4 bits of kind, 28 of generation, 32 of slot.
struct EventToken {
    enum Kind: UInt64 {
        case mailbox = 0, datagramListener, streamListener, relay, connection, passage
    }

    static let generationMask: UInt32 = 0x0fff_ffff

    let rawValue: UInt64

    @inline(__always)
    init(rawValue: UInt64) { self.rawValue = rawValue }

    init(_ kind: Kind, slot: UInt32, generation: UInt32 = 0) {
        rawValue = kind.rawValue << 60 | UInt64(generation & Self.generationMask) << 32 | UInt64(slot)
    }

    @inline(__always)
    var kind: UInt64 { rawValue >> 60 }
    @inline(__always)
    var slot: UInt32 { UInt32(truncatingIfNeeded: rawValue) }
    @inline(__always)
    var generation: UInt32 { UInt32(truncatingIfNeeded: rawValue >> 32) & Self.generationMask }
}
