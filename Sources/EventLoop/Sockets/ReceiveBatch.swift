import CLinux

/// Buffers for datagrams of one direction, and the system call that fills many at once.
///
/// Four bytes before each datagram stay free, so that a ChannelData header can be written in place:
/// ```
/// | head-room 64 B | datagram, or a merged run of equal datagrams, up to 64 KiB |
/// ```
struct ReceiveBatch: ~Copyable {
    /// Datagrams, or merged runs of them, per system call.
    static let slots = Int(CLINUX_RECEIVE_SLOTS)
    /// Bytes free before each datagram.
    static let headroom = 64
    private static let stride = Int(CLINUX_BUFFER_BYTES) + 2 * headroom

    let native: UnsafeMutablePointer<clinux_receive_batch>
    private let buffers: UnsafeMutablePointer<UInt8>

    init() {
        native = .allocate(capacity: 1)
        buffers = .allocate(capacity: Self.slots * Self.stride)
        clinux_receive_prepare(native, buffers, Self.stride, Self.headroom)
    }

    deinit {
        native.deallocate()
        buffers.deallocate()
    }

    /// Where the datagram in a slot begins.
    @inline(__always)
    func base(_ slot: Int) -> UnsafeMutablePointer<UInt8> {
        buffers + (slot &* Self.stride &+ Self.headroom)
    }
}
