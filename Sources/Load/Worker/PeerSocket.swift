import CLinux
import Glibc
import STUN

/// The other end: one socket per worker that all its sessions send to, read and written in batches.
struct PeerSocket: ~Copyable {
    /// Bytes free before each datagram; the peer needs none, but the buffers are laid out so.
    private static let headroom = 64
    private static let stride = Int(CLINUX_BUFFER_BYTES) + 2 * headroom
    /// Bytes of the kernel's queue: bursts of all sessions meet in this one socket.
    private static let queueBytes: Int32 = 16 << 20

    let descriptor: Int32
    let address: TransportAddress
    private let batch: UnsafeMutablePointer<clinux_receive_batch>
    private let buffers: UnsafeMutablePointer<UInt8>

    /// A socket at this address; nil when the system has none to give. Sources are told only to who `tellsSources`.
    init?(at address: TransportAddress, tellsSources: Bool = true) {
        var name = clinux_sockaddr()
        let length = clinux_pack(&name, address.ip.high, address.ip.low, address.port, address.family.rawValue)
        let descriptor = clinux_bound_socket(Int32(SOCK_DGRAM.rawValue), &name, length, 0)
        guard descriptor >= 0 else { return nil }
        clinux_set_buffers(descriptor, PeerSocket.queueBytes, PeerSocket.queueBytes)
        clinux_prepare_traffic(descriptor, Int32(address.family.rawValue))
        self.descriptor = descriptor
        self.address = TransportAddress(native: clinux_local_address(descriptor))
        batch = .allocate(capacity: 1)
        buffers = .allocate(capacity: Int(CLINUX_RECEIVE_SLOTS) * PeerSocket.stride)
        clinux_receive_prepare(batch, buffers, PeerSocket.stride, PeerSocket.headroom)
        if !tellsSources { clinux_receive_nameless(batch) }
    }

    deinit {
        close(descriptor)
        batch.deallocate()
        buffers.deallocate()
    }

    /// Takes what has come, up to a batch, and calls `body` with each run: where it is, its bytes, the size of each
    /// datagram in it, its source, and when it came in nanoseconds of CLOCK_REALTIME, 0 if that is not known. Returns
    /// how many runs there were.
    @inline(__always)
    func receive(_ body: (UnsafeMutablePointer<UInt8>, Int, Int, clinux_address, UInt64) -> Void) -> Int {
        let count = Int(clinux_receive_many(descriptor, batch, Int32(CLINUX_RECEIVE_SLOTS)))
        guard count > 0 else { return 0 }
        for slot in 0..<count {
            let arrival = clinux_arrival_time(batch, Int32(slot))
            let received = clinux_take(batch, Int32(slot))
            body(
                buffers + (slot &* PeerSocket.stride &+ PeerSocket.headroom), Int(received.bytes),
                Int(received.segment_bytes), received.from, arrival)
        }
        return count
    }
}

/// Runs of datagrams from the peer's socket to many addresses, in few system calls.
struct PeerSends: ~Copyable {
    private let batch: UnsafeMutablePointer<clinux_send_batch>
    private let buffers: UnsafeMutablePointer<UInt8>
    private let stride: Int
    private(set) var count = 0

    /// Room for messages of up to `bytes` each.
    init(bytes: Int) {
        stride = bytes
        batch = .allocate(capacity: 1)
        buffers = .allocate(capacity: max(1, bytes) * Int(CLINUX_SEND_SLOTS))
        buffers.initialize(repeating: 0, count: max(1, bytes) * Int(CLINUX_SEND_SLOTS))
    }

    deinit {
        batch.deallocate()
        buffers.deallocate()
    }

    /// Whether it must be flushed before the next.
    var isFull: Bool { count == Int(CLINUX_SEND_SLOTS) }

    /// Where the next message may be written.
    var next: UnsafeMutablePointer<UInt8> { buffers + count &* stride }

    /// Queues bytes as datagrams of `segment` each.
    @inline(__always)
    mutating func queue(
        _ bytes: UnsafeMutablePointer<UInt8>, _ size: Int, segment: Int, from descriptor: Int32, to: clinux_address
    ) {
        let slot = Int32(truncatingIfNeeded: count)
        clinux_add_piece(clinux_pieces(batch, slot), 0, bytes, size)
        let segments = (size &+ segment &- 1) / segment
        clinux_complete(
            batch, slot, descriptor, to, 1, Int32(truncatingIfNeeded: segments),
            UInt16(truncatingIfNeeded: segment), 0)
        count &+= 1
    }

    /// Sends what is queued; returns how many datagrams the kernel had no room for.
    mutating func flush() -> Int {
        var from: Int32 = 0
        let end = Int32(truncatingIfNeeded: count)
        var lost = 0
        while from < end {
            let sent = clinux_send_many(batch, from, end)
            if sent > 0 {
                from += sent
            } else if sent != -EINTR {
                // Only this one failed: a full queue, or an address that is gone.
                lost += Int(clinux_datagrams(batch, from))
                from += 1
            }
        }
        count = 0
        return lost
    }
}

extension TransportAddress {
    /// From the form of the C headers.
    init(native address: clinux_address) {
        let ip =
            address.family == 2
            ? IPAddress(ipv6High: address.high, low: address.low)
            : IPAddress(ipv4: UInt32(truncatingIfNeeded: address.low))
        self.init(ip: ip, port: address.port)
    }

    /// In the form of the C headers.
    var forKernel: clinux_address {
        clinux_address(high: ip.high, low: ip.low, port: port, family: ip.family.rawValue)
    }
}
