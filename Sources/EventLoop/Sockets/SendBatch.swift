import CLinux
import Glibc
import STUN

/// Messages waiting to leave through UDP sockets: each one datagram, or a run of equal ones that the kernel splits.
struct SendBatch: ~Copyable {
    /// Messages queued before they must be flushed.
    static let slots = Int(CLINUX_SEND_SLOTS)
    /// Datagrams in one message.
    static let segmentsMax = Int(CLINUX_SEGMENTS_MAX)
    /// The largest payload of a UDP datagram, and of a run of them.
    static let bytesMax = 65_507

    let native: UnsafeMutablePointer<clinux_send_batch>
    /// Scratch bytes per message: headers that are not written in place.
    private let headers: UnsafeMutablePointer<UInt8>
    /// How many pieces make one datagram, per message; 0 when one piece holds them all.
    private let piecesPerDatagram: UnsafeMutablePointer<UInt8>
    private(set) var count = 0

    static let headerBytes = 64

    init() {
        native = .allocate(capacity: 1)
        headers = .allocate(capacity: Self.slots * Self.headerBytes)
        piecesPerDatagram = .allocate(capacity: Self.slots)
    }

    deinit {
        native.deallocate()
        headers.deallocate()
        piecesPerDatagram.deallocate()
    }

    var isFull: Bool { count == Self.slots }

    /// The pieces of the next message, to be set before `queue`.
    @inline(__always)
    var pieces: UnsafeMutablePointer<iovec> { piecesOf(count) }

    /// Room for headers of the next message.
    @inline(__always)
    var header: UnsafeMutablePointer<UInt8> { headers + count &* Self.headerBytes }

    @inline(__always)
    private func piecesOf(_ slot: Int) -> UnsafeMutablePointer<iovec> {
        clinux_pieces(native, Int32(truncatingIfNeeded: slot))
    }

    /// Completes the next message from the pieces set so far.
    ///
    /// - Parameters:
    ///   - segments: datagrams in it.
    ///   - segmentBytes: size of each but the last.
    ///   - piecesEach: pieces per datagram, 0 when a single piece holds all of them.
    @inline(__always)
    mutating func queue(
        descriptor: Int32, to address: TransportAddress, pieces pieceCount: Int, segments: Int, segmentBytes: Int,
        piecesEach: Int, typeOfService: UInt8
    ) {
        clinux_complete(
            native, Int32(truncatingIfNeeded: count), descriptor, address.native, Int32(truncatingIfNeeded: pieceCount),
            Int32(truncatingIfNeeded: segments), UInt16(truncatingIfNeeded: segmentBytes), typeOfService)
        piecesPerDatagram[count] = UInt8(truncatingIfNeeded: piecesEach)
        count &+= 1
    }

    /// Sends what is queued; each run of messages for one socket in one system call. Returns datagrams not sent.
    mutating func flush(_ counters: inout LoopCounters) -> Int {
        var lost = 0
        var from = 0
        while from < count {
            var to = from + 1
            let descriptor = self.descriptor(from)
            while to < count && self.descriptor(to) == descriptor { to += 1 }
            lost += send(from: from, to: to, &counters)
            from = to
        }
        count = 0
        return lost
    }

    private func send(from first: Int, to end: Int, _ counters: inout LoopCounters) -> Int {
        var lost = 0
        var from = first
        while from < end {
            // sendmsg is a little cheaper than sendmmsg of one.
            let sent =
                end - from == 1
                ? clinux_send_one(native, Int32(from)) : clinux_send_many(native, Int32(from), Int32(end))
            counters.sendCalls &+= 1
            if sent > 0 {
                from += Int(sent)
                continue
            }
            let code = -sent
            if code == EINTR { continue }
            if code == EAGAIN || code == ENOBUFS {
                // The socket's queue is full: what waits behind is late already.
                for slot in from..<end { lost += datagrams(slot) }
                counters.sendQueueFull &+= UInt64(lost)
                return lost
            }
            lost += sendSeparately(from, code, &counters)
            from += 1
        }
        return lost
    }

    /// A run that the path cannot take as one (segments above its MTU, no checksum offload) goes datagram by datagram;
    /// a single datagram that was refused is lost. Returns datagrams lost.
    private func sendSeparately(_ slot: Int, _ code: Int32, _ counters: inout LoopCounters) -> Int {
        let datagrams = datagrams(slot)
        guard datagrams > 1, code == EINVAL || code == EMSGSIZE || code == EIO || code == EOPNOTSUPP else {
            // An ICMP error reported by an earlier datagram costs this one a second try, not its life.
            if datagrams == 1 && (code == ECONNREFUSED || code == EHOSTUNREACH || code == ENETUNREACH)
                && clinux_send_one(native, Int32(slot)) == 1
            {
                return 0
            }
            counters.sendErrors &+= UInt64(datagrams)
            return datagrams
        }
        counters.segmentationFallbacks &+= 1
        let all = piecesOf(slot)
        let each = Int(piecesPerDatagram[slot])
        var lost = 0
        let segmentBytes = Int(clinux_segment_bytes(native, Int32(slot)))
        var piece = iovec()
        var offset = 0
        let total = all[0].iov_len
        for datagram in 0..<datagrams {
            if each == 0 {
                piece.iov_base = all[0].iov_base.advanced(by: offset)
                piece.iov_len = min(segmentBytes, total - offset)
                offset += segmentBytes
            }
            let failed =
                each == 0
                ? clinux_send_pieces(native, Int32(slot), &piece, 1)
                : clinux_send_pieces(native, Int32(slot), all + datagram * each, Int32(each))
            counters.sendCalls &+= 1
            if failed != 0 {
                lost += 1
                counters.sendErrors &+= 1
            }
        }
        return lost
    }

    private func descriptor(_ slot: Int) -> Int32 { clinux_descriptor(native, Int32(slot)) }

    private func datagrams(_ slot: Int) -> Int { Int(clinux_datagrams(native, Int32(slot))) }
}
