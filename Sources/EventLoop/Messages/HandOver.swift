import CLinux
import Glibc
import STUN
import Synchronization

/// Datagrams on their way from one loop to another of this relay: a client of the one has a client of the other as
/// its peer. A bounded ring with one writer and one reader, both without locks.
///
/// ```
/// record:  | byte count 4 | slot 4 | generation 4 | type of service 4 | sender 24 | payload, padded to 8 |
/// ```
final class HandOverRing: @unchecked Sendable {
    // Safe: `head` is moved by the reader alone, `tail` by the writer alone, and the bytes between them are the
    // reader's, the rest the writer's; the atomics order the hand-over.
    static let capacity = 1 << 20
    private static let headerBytes = 48
    private static let wrap = UInt32.max

    private let memory: UnsafeMutableRawPointer
    private let head = Atomic<Int>(0)
    private let tail = Atomic<Int>(0)

    init() {
        memory = .allocate(byteCount: Self.capacity, alignment: 64)
    }

    deinit {
        memory.deallocate()
    }

    struct Record {
        var slot: UInt32
        var generation: UInt32
        var typeOfService: UInt8
        var sender: TransportAddress
        var payload: UnsafeMutableRawBufferPointer
    }

    /// Copies one datagram in. False when there is no room.
    func push(
        _ payload: UnsafeRawBufferPointer, to slot: UInt32, generation: UInt32, sender: TransportAddress,
        typeOfService: UInt8
    )
        -> Bool
    {
        let needed = Self.headerBytes + ((payload.count + 7) & ~7)
        let start = tail.load(ordering: .relaxed)
        let used = start - head.load(ordering: .acquiring)
        var position = start & (Self.capacity - 1)
        var total = needed
        let toEnd = Self.capacity - position
        if toEnd < needed { total += toEnd }
        guard used + total <= Self.capacity else { return false }
        if toEnd < needed {
            memory.storeBytes(of: Self.wrap, toByteOffset: position, as: UInt32.self)
            position = 0
        }
        let record = memory + position
        record.storeBytes(of: UInt32(payload.count), as: UInt32.self)
        record.storeBytes(of: slot, toByteOffset: 4, as: UInt32.self)
        record.storeBytes(of: generation, toByteOffset: 8, as: UInt32.self)
        record.storeBytes(of: UInt32(typeOfService), toByteOffset: 12, as: UInt32.self)
        record.storeBytes(of: sender, toByteOffset: 16, as: TransportAddress.self)
        if let base = payload.baseAddress { memcpy(record + Self.headerBytes, base, payload.count) }
        tail.store(start + total, ordering: .releasing)
        return true
    }

    /// Where the reader is to begin.
    var start: Int { head.load(ordering: .relaxed) }

    /// The datagram at `cursor`, which moves on; its bytes stay until `release`.
    func next(_ cursor: inout Int) -> Record? {
        guard cursor != tail.load(ordering: .acquiring) else { return nil }
        var position = cursor & (Self.capacity - 1)
        if memory.load(fromByteOffset: position, as: UInt32.self) == Self.wrap {
            cursor += Self.capacity - position
            position = 0
        }
        let record = memory + position
        let count = Int(record.load(as: UInt32.self))
        cursor += Self.headerBytes + ((count + 7) & ~7)
        return Record(
            slot: record.load(fromByteOffset: 4, as: UInt32.self),
            generation: record.load(fromByteOffset: 8, as: UInt32.self),
            typeOfService: UInt8(truncatingIfNeeded: record.load(fromByteOffset: 12, as: UInt32.self)),
            sender: record.load(fromByteOffset: 16, as: TransportAddress.self),
            payload: UnsafeMutableRawBufferPointer(start: record + Self.headerBytes, count: count))
    }

    /// Lets go of the datagrams before `cursor`.
    func release(_ cursor: Int) { head.store(cursor, ordering: .releasing) }
}

/// The rings between all pairs of loops, made once for the relay, and what wakes each loop.
public final class HandOver: Sendable {
    let loops: Int
    private let rings: [HandOverRing?]
    let wakeups: [Int32]

    /// Rings for `loops` loops that share nothing else.
    public init(mailboxes: [Mailbox]) {
        loops = mailboxes.count
        wakeups = mailboxes.map(\.wakeup)
        rings = (0..<loops * loops).map { [loops] in $0 / loops == $0 % loops ? nil : HandOverRing() }
    }

    func ring(from source: Int, to target: Int) -> HandOverRing? { rings[source * loops + target] }
}
