import CBPF

/// What every payload begins with: whose it is, its number, and when it was sent.
///
///     0      4         8        16        24
///     | mark | session | number | sent at |
///
/// In this machine's byte order: only the load itself reads it.
enum PacketStamp {
    static let byteCount = 24
    /// Tells a payload of ours from what else comes.
    static let mark = UInt32(TERN_STAMP_MARK)
    /// Set in the session number of what the peer sends by itself.
    static let downBit: UInt32 = 1 << 31

    /// Sets the time of a stamp.
    @inline(__always)
    static func write(_ pointer: UnsafeMutableRawPointer, nanoseconds: UInt64) {
        pointer.storeBytes(of: nanoseconds, toByteOffset: 16, as: UInt64.self)
    }

    /// Writes a stamp.
    @inline(__always)
    static func write(
        _ pointer: UnsafeMutableRawPointer, session: UInt32, number: UInt64, nanoseconds: UInt64
    ) {
        pointer.storeBytes(of: mark, as: UInt32.self)
        pointer.storeBytes(of: session, toByteOffset: 4, as: UInt32.self)
        pointer.storeBytes(of: number, toByteOffset: 8, as: UInt64.self)
        write(pointer, nanoseconds: nanoseconds)
    }
}
