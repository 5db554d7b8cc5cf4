import CBPF
import CLinux
import STUN
import TURNClient

/// Which ways packets take through the generator's own machine.
struct LoadWays: Sendable, Equatable {
    /// Whether packets leave as frames through a packet socket.
    var sendsFrames = false
    /// Whether arrivals are counted by a program in the kernel.
    var countsInKernel = false
    /// Why packets leave through sockets although frames were to be used.
    var sendsSocketsBecause: String?
    /// Why arrivals are read from sockets although they were to be counted in the kernel.
    var readsSocketsBecause: String?

    /// Takes up those of another loop.
    mutating func add(_ other: LoadWays) {
        sendsFrames = sendsFrames || other.sendsFrames
        countsInKernel = countsInKernel || other.countsInKernel
        sendsSocketsBecause = sendsSocketsBecause ?? other.sendsSocketsBecause
        readsSocketsBecause = readsSocketsBecause ?? other.readsSocketsBecause
    }
}

/// The short ways in the kernel for packets over UDP: frames in place of sockets, and counting in place of reading.
extension LoadWorker {
    /// Where nobody is expected to listen [RFC 863].
    private static let discardPort: UInt16 = 9
    /// A Binding indication: it asks for nothing [RFC 8489 6.3.2].
    private static let indication: [UInt8] =
        [0x00, 0x11, 0, 0, 0x21, 0x12, 0xA4, 0x42] + [UInt8](repeating: 0x5A, count: 12)

    /// What counts in the kernel for so many sessions, or why nothing does.
    static func sink(_ plan: LoadPlan, _ sessions: Int) -> (KernelSink?, String?) {
        guard plan.profile.carriesData, !plan.usesSocketsOnly else { return (nil, nil) }
        do {
            return (try KernelSink(sessions: sessions), nil)
        } catch {
            return (nil, "\(error)")
        }
    }

    /// Lanes for frames in the directions that a plan sends in.
    static func lanes(
        _ plan: LoadPlan, _ sessions: Int, _ template: PacketTemplate
    ) -> (up: FrameLane?, down: FrameLane?) {
        // A trace's packets differ in size.
        guard plan.profile.carriesData, !plan.usesSocketsOnly, plan.trace == nil else { return (nil, nil) }
        let prefix = [UInt8](UnsafeBufferPointer(start: template.bytes, count: template.payloadOffset))
        let up = FrameLane(sessions: sessions, prefix: prefix, packetBytes: template.packetBytes, burst: plan.burst)
        let down = FrameLane(sessions: sessions, prefix: [], packetBytes: plan.payloadBytes, burst: plan.burst)
        switch plan.direction {
        case .up, .echo: return (up, nil)
        case .down: return (nil, down)
        case .both: return (up, down)
        }
    }

    /// Takes the short ways for a session that is ready, where there are any.
    func shorten(_ session: LoadSession) {
        guard plan.profile.carriesData else { return }
        let local = TransportAddress(native: clinux_local_address(session.descriptor))
        if let sink { count(session, at: local.port, sink) }
        if session.transport == .udp, let upFrames { addUp(session, from: local, upFrames) }
        if let relayed = session.relayed, let downFrames { addDown(session, to: relayed, downFrames) }
    }

    private func addUp(_ session: LoadSession, from local: TransportAddress, _ lane: FrameLane) {
        let server = servers[(session.index * plan.loops + number) % plan.uris.count]
        lane.add(session.index, from: local, to: server, probePort: server.port) {
            _ = clinux_send_run(
                session.descriptor, LoadWorker.indication, LoadWorker.indication.count,
                UInt16(LoadWorker.indication.count))
        }
    }

    private func addDown(_ session: LoadSession, to relayed: TransportAddress, _ lane: FrameLane) {
        lane.add(session.index, from: peer.address, to: relayed, probePort: LoadWorker.discardPort) {
            // Not to the relayed address itself: the server would relay it.
            var target = relayed.forKernel
            target.port = LoadWorker.discardPort
            _ = clinux_send_datagram(
                peer.descriptor, LoadWorker.indication, LoadWorker.indication.count, target, 0)
        }
    }

    /// Says where a session's packets are to arrive, and has the kernel count those that come to it.
    private func count(_ session: LoadSession, at port: UInt16, _ sink: KernelSink) {
        let bytes = plan.trace == nil ? plan.payloadBytes : 0
        if plan.isClientToClient {
            sink.expect(session.index ^ 1, isDown: false, at: port, bytes: bytes)
        } else {
            sink.expect(
                session.index, isDown: false, at: plan.direction == .echo ? port : peer.address.port, bytes: bytes)
        }
        sink.expect(session.index, isDown: true, at: port, bytes: bytes)
        if session.transport == .udp { attach(sink, to: session.descriptor) }
    }

    /// Has the kernel count what comes to a socket.
    func attach(_ sink: KernelSink, to socket: Int32) {
        if !sink.attach(to: socket) { readsSocketsBecause = "a socket does not take the program" }
    }

    /// The ways that this loop's packets take.
    var ways: LoadWays {
        let lanes = [upFrames, downFrames].compactMap(\.self)
        return LoadWays(
            sendsFrames: lanes.contains(where: \.isUsed), countsInKernel: sink != nil,
            sendsSocketsBecause: lanes.compactMap(\.obstacle).first, readsSocketsBecause: readsSocketsBecause)
    }

    /// The socket at which a session's payloads are to arrive: the session whose it is, or the peer's.
    @inline(__always)
    func place(ofArrivals session: Int, isDown: Bool) -> Int {
        if isDown || plan.direction == .echo { return session }
        return plan.isClientToClient ? session ^ 1 : LoadWorker.peerPlace
    }

    /// Everything counted, by this loop and by the kernel for it.
    var summedCounters: LoadCounters {
        guard let totals = sink?.totals else { return counters }
        var sum = counters
        sum.received &+= totals.received
        sum.receivedBytes &+= totals.received_bytes
        sum.duplicates &+= totals.duplicates
        sum.reordered &+= totals.reordered
        sum.strays &+= totals.strays
        return sum
    }

    /// Datagrams that the kernel dropped at this loop's sockets because their queue was full.
    var socketDrops: UInt64 {
        var drops = clinux_receive_drops(peer.descriptor)
        for place in 0..<limit where descriptors[place] >= 0 {
            drops &+= clinux_receive_drops(descriptors[place])
        }
        // What the kernel's program counted and took counts as dropped at its socket. The sums wrap around together.
        guard let swallowed = sink?.totals.swallowed else { return UInt64(drops) }
        return UInt64(max(0, Int32(bitPattern: drops &- UInt32(truncatingIfNeeded: swallowed))))
    }
}
