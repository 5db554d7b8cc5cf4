import CLinux
import Glibc
import RelayCore
import STUN

/// The sockets behind relayed transport addresses, by the slot that the core gave them.
struct RelaySockets: ~Copyable {
    struct Entry {
        var descriptor: Int32
        /// Told in epoll tokens, so that an event of an earlier socket in this slot is recognised.
        var generation: UInt32
    }

    let capacity: Int
    private let entries: UnsafeMutablePointer<Entry>
    private var highWater = 0
    private(set) var count = 0

    init(capacity: Int) {
        self.capacity = capacity
        entries = .allocate(capacity: capacity)
    }

    deinit {
        for slot in 0..<highWater where entries[slot].descriptor >= 0 { close(entries[slot].descriptor) }
        entries.deallocate()
    }

    @inline(__always)
    func descriptor(_ slot: UInt32) -> Int32 {
        precondition(Int(slot) < highWater)
        return entries[Int(slot)].descriptor
    }

    /// Whether an event of this generation is about the socket now in the slot.
    @inline(__always)
    func isCurrent(_ slot: UInt32, _ generation: UInt32) -> Bool {
        Int(slot) < highWater && entries[Int(slot)].descriptor >= 0
            && entries[Int(slot)].generation & EventToken.generationMask == generation
    }

    /// Puts a socket into its slot; returns the generation for its token.
    mutating func add(_ slot: UInt32, descriptor: Int32) -> UInt32 {
        precondition(Int(slot) < capacity)
        while highWater <= Int(slot) {
            (entries + highWater).initialize(to: Entry(descriptor: -1, generation: 0))
            highWater += 1
        }
        let generation = entries[Int(slot)].generation &+ 1
        entries[Int(slot)] = Entry(descriptor: descriptor, generation: generation)
        count += 1
        return generation
    }

    /// Takes the socket out of its slot; the caller closes it.
    mutating func remove(_ slot: UInt32) -> Int32? {
        guard Int(slot) < highWater, entries[Int(slot)].descriptor >= 0 else { return nil }
        let descriptor = entries[Int(slot)].descriptor
        entries[Int(slot)].descriptor = -1
        count -= 1
        return descriptor
    }

    /// Opens a socket for a relayed transport address. The descriptor, or -errno.
    static func open(_ address: TransportAddress, receiveBufferBytes: Int, sendBufferBytes: Int) -> Int32 {
        var name = clinux_sockaddr()
        let length = clinux_pack(&name, address.ip.high, address.ip.low, address.port, address.ip.family.rawValue)
        let descriptor = clinux_bound_socket(Int32(SOCK_DGRAM.rawValue), &name, length, 0)
        guard descriptor >= 0 else { return descriptor }
        clinux_prepare_udp(descriptor, Int32(address.ip.family.rawValue), 1, 1)
        clinux_set_buffers(descriptor, Int32(receiveBufferBytes), Int32(sendBufferBytes))
        return descriptor
    }
}
