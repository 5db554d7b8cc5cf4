import CLinux
import Glibc
import STUN

/// Packets of many sessions in one direction, sent as whole frames: one system call for a batch of sessions, where
/// sockets need one for each. Needs CAP_NET_RAW and an Ethernet; sessions that it does not carry use sockets.
final class FrameLane {
    /// How long a datagram is waited for that the kernel was asked to send.
    private static let watchMilliseconds: Int32 = 100
    private static let headerMax = Int(CLINUX_FRAME_HEADER_MAX)
    private static let slots = Int(CLINUX_FRAME_SLOTS)

    private let packetBytes: Int
    private let burst: Int
    private let stampOffset: Int
    private let headers: UnsafeMutablePointer<UInt8>
    private let headerBytes: UnsafeMutablePointer<UInt8>
    private let batch: UnsafeMutablePointer<clinux_frame_batch>
    private let buffers: UnsafeMutablePointer<UInt8>
    private let stride: Int
    private var count = 0
    private var descriptor: Int32 = -1
    private var interface: Int32 = 0
    /// How addresses are reached from here, once known; nil: not over Ethernet.
    private var links: [IPAddress: clinux_link?] = [:]
    /// Whether any session's packets go as frames.
    private(set) var isUsed = false
    /// Why a session's packets go through sockets; nil when none do.
    private(set) var obstacle: String?

    /// For so many sessions, whose packets are `packetBytes` long, `burst` of them at once; all begin with `prefix`,
    /// and then a stamp.
    init(sessions: Int, prefix: [UInt8], packetBytes: Int, burst: Int) {
        self.packetBytes = packetBytes
        self.burst = burst
        stampOffset = FrameLane.headerMax + prefix.count
        headers = .allocate(capacity: sessions * FrameLane.headerMax)
        headerBytes = .allocate(capacity: sessions)
        headerBytes.initialize(repeating: 0, count: sessions)
        stride = FrameLane.headerMax + packetBytes * burst
        batch = .allocate(capacity: 1)
        clinux_frames_prepare(batch)
        buffers = .allocate(capacity: stride * FrameLane.slots)
        buffers.initialize(repeating: 0, count: stride * FrameLane.slots)
        // Headers end where payloads begin, so that these stay where they are.
        for slot in 0..<FrameLane.slots {
            for packet in 0..<burst {
                (buffers + slot * stride + FrameLane.headerMax + packet * packetBytes).update(
                    from: prefix, count: prefix.count)
            }
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        headers.deallocate()
        headerBytes.deallocate()
        batch.deallocate()
        buffers.deallocate()
    }

    // MARK: - Sessions

    /// Carries a session's packets from `source` to `target` from now on, if it can. `probe` sends any datagram from
    /// that source to that address, at port `probePort`: how the kernel sends it is how the frames go.
    func add(
        _ session: Int, from source: TransportAddress, to target: TransportAddress, probePort: UInt16, probe: () -> Void
    ) {
        guard let link = link(from: source, to: target, probePort, probe) else { return }
        let overhead = target.family == .ipv4 ? 28 : 48
        guard packetBytes + overhead <= Int(link.mtu) else {
            obstacle = "packets of \(packetBytes + overhead) bytes are longer than the interface's \(link.mtu)"
            return
        }
        guard open(link.interface) else { return }
        var known = link
        let written = clinux_write_headers(
            headers + session * FrameLane.headerMax, &known, source.forKernel, target.forKernel, Int32(packetBytes),
            Int32(burst))
        headerBytes[session] = UInt8(written)
        isUsed = true
    }

    private func link(
        from source: TransportAddress, to target: TransportAddress, _ probePort: UInt16, _ probe: () -> Void
    ) -> clinux_link? {
        if let known = links[target.ip] { return known }
        let found = learn(from: source, to: TransportAddress(ip: target.ip, port: probePort), probe)
        links[target.ip] = .some(found)
        return found
    }

    private func learn(
        from source: TransportAddress, to target: TransportAddress, _ probe: () -> Void
    ) -> clinux_link? {
        guard burst == 1 || clinux_cuts_frames() != 0 else {
            obstacle = "bursts as frames take Linux 6.2"
            return nil
        }
        let watch = clinux_open_watch()
        guard watch >= 0 else {
            obstacle = "packet sockets take CAP_NET_RAW (\(String(cString: strerror(-watch)))): run as root"
            return nil
        }
        defer { close(watch) }
        probe()
        let link = clinux_watch_link(watch, source.forKernel, target.forKernel, FrameLane.watchMilliseconds)
        guard link.interface == 0 else { return link }
        obstacle =
            link.is_seen == 0
            ? "no datagram to \(target.ip) was seen to leave unchanged" : "\(target.ip) is not reached over Ethernet"
        return nil
    }

    /// One interface per lane: sessions that leave by another use sockets.
    private func open(_ number: Int32) -> Bool {
        guard interface != number else { return true }
        guard interface == 0 else {
            obstacle = "the servers are reached by several interfaces"
            return false
        }
        let opened = clinux_open_frames(number, burst > 1 ? 1 : 0)
        guard opened >= 0 else {
            obstacle = "no packet socket: \(String(cString: strerror(-opened)))"
            return false
        }
        descriptor = opened
        interface = number
        return true
    }

    /// Whether this session's packets go as frames.
    @inline(__always)
    func carries(_ session: Int) -> Bool { headerBytes[session] != 0 }

    // MARK: - Packets

    /// Whether it must be flushed before the next.
    var isFull: Bool { count == FrameLane.slots }

    /// Queues a session's next packets, the first of them with this number.
    @inline(__always)
    func queue(_ session: Int, name: UInt32, number: UInt64) {
        let payload = buffers + (count &* stride &+ FrameLane.headerMax)
        let header = Int(headerBytes[session])
        (payload - header).update(from: headers + session &* FrameLane.headerMax, count: header)
        var stamp = buffers + (count &* stride &+ stampOffset)
        for packet in 0..<burst {
            PacketStamp.write(
                UnsafeMutableRawPointer(stamp), session: name, number: number &+ UInt64(packet), nanoseconds: 0)
            stamp += packetBytes
        }
        clinux_set_frame(
            batch, Int32(truncatingIfNeeded: count), payload - header, header &+ packetBytes &* burst)
        count &+= 1
    }

    /// Sends what is queued, stamped with the time at which it does. Returns how many packets the system took no more
    /// of, and how many the interface had no room for: as sockets do, it counts these as sent.
    func flush() -> (refused: UInt64, dropped: UInt64) {
        guard count > 0 else { return (0, 0) }
        let now = clinux_monotonic_nanoseconds()
        for slot in 0..<count {
            var stamp = buffers + (slot &* stride &+ stampOffset)
            for _ in 0..<burst {
                PacketStamp.write(UnsafeMutableRawPointer(stamp), nanoseconds: now)
                stamp += packetBytes
            }
        }
        var from: Int32 = 0
        let end = Int32(truncatingIfNeeded: count)
        var (refused, dropped): (UInt64, UInt64) = (0, 0)
        while from < end {
            let sent = clinux_send_frames(descriptor, batch, from, end)
            if sent > 0 {
                from += sent
            } else if sent != -EINTR {
                if sent == -ENOBUFS { dropped += UInt64(burst) } else { refused += UInt64(burst) }
                from += 1
            }
        }
        count = 0
        return (refused, dropped)
    }
}
