import CLinux
import Glibc
import STUN
import TURNClient

extension LoadWorker {
    // MARK: - Sending

    /// Sends what is due and returns when the next is.
    func sendDue(_ now: UInt64) -> UInt64 {
        if plan.profile == .trace { return replayDue(now) }
        guard !schedule.isEmpty else { return .max }
        counters.missed += schedule.skipLate(now) * UInt64(plan.packetsPerEvent)
        var left = max(1, LoadWorker.packetsPerTurn / plan.packetsPerEvent)
        while left > 0, let event = schedule.take(now) {
            switch plan.profile {
            case .voice, .video, .bulk: sendBurst(event)
            case .flood: sendHostile(event)
            case .allocations: beginCycle()
            case .idle, .trace: return .max
            }
            left -= 1
        }
        flushPeer()
        flushFrames()
        return schedule.nextTurn(after: now, isCutShort: left == 0)
    }

    private func sendBurst(_ event: UInt64) {
        guard !turns.isEmpty else { return }
        let isDown: Bool
        let turn: UInt64
        switch plan.direction {
        case .up, .echo: (isDown, turn) = (false, event)
        case .down: (isDown, turn) = (true, event)
        case .both: (isDown, turn) = (event & 1 == 1, event >> 1)
        }
        let place = Int(turns[Int(turn % UInt64(turns.count))])
        if isDown { sendDown(place) } else { sendUp(place) }
    }

    private func sendUp(_ place: Int) {
        if let upFrames, upFrames.carries(place) {
            if upFrames.isFull { flush(upFrames) }
            upFrames.queue(place, name: UInt32(truncatingIfNeeded: place), number: up[place].sent)
            up[place].sent &+= UInt64(plan.burst)
            counters.sent &+= UInt64(plan.burst)
            return
        }
        let time = clinux_monotonic_nanoseconds()
        let first = up[place].sent
        var stamp = template.bytes + template.payloadOffset
        for index in 0..<plan.burst {
            PacketStamp.write(
                UnsafeMutableRawPointer(stamp), session: UInt32(truncatingIfNeeded: place),
                number: first &+ UInt64(index), nanoseconds: time)
            stamp += template.packetBytes
        }
        let descriptor = descriptors[place]
        let burst = UInt64(plan.burst)
        if descriptor >= 0 {
            var result = clinux_send_run(
                descriptor, template.bytes, template.count, UInt16(truncatingIfNeeded: template.packetBytes))
            // An ICMP error that an earlier datagram met is told in place of sending: once more, then.
            if result == -ECONNREFUSED || result == -EINTR {
                result = clinux_send_run(
                    descriptor, template.bytes, template.count, UInt16(truncatingIfNeeded: template.packetBytes))
            }
            guard result == 0 else {
                counters.missed += burst
                counters.refused += burst
                return
            }
        } else {
            guard let session = sessions[place],
                write(session, UnsafeRawBufferPointer(start: template.bytes, count: template.count), mayRefuse: true)
            else {
                counters.missed += burst
                counters.refused += burst
                return
            }
        }
        up[place].sent = first &+ burst
        counters.sent &+= burst
    }

    private func sendDown(_ place: Int) {
        if let downFrames, downFrames.carries(place) {
            if downFrames.isFull { flush(downFrames) }
            downFrames.queue(
                place, name: UInt32(truncatingIfNeeded: place) | PacketStamp.downBit, number: down[place].sent)
            down[place].sent &+= UInt64(plan.burst)
            counters.sent &+= UInt64(plan.burst)
            return
        }
        guard let relayed = sessions[place]?.relayed else { return }
        if sends.isFull { flushPeer() }
        let time = clinux_monotonic_nanoseconds()
        let first = down[place].sent
        let bytes = sends.next
        for index in 0..<plan.burst {
            PacketStamp.write(
                UnsafeMutableRawPointer(bytes + index &* plan.payloadBytes),
                session: UInt32(truncatingIfNeeded: place) | PacketStamp.downBit, number: first &+ UInt64(index),
                nanoseconds: time)
        }
        sends.queue(
            bytes, plan.payloadBytes &* plan.burst, segment: plan.payloadBytes, from: peer.descriptor,
            to: relayed.forKernel)
        down[place].sent = first &+ UInt64(plan.burst)
        counters.sent &+= UInt64(plan.burst)
    }

    private func flushFrames() {
        if let upFrames { flush(upFrames) }
        if let downFrames { flush(downFrames) }
    }

    private func flush(_ lane: FrameLane) {
        let (refused, dropped) = lane.flush()
        counters.sent &-= refused
        counters.missed += refused
        counters.refused += refused
        interfaceDrops += dropped
    }

    func flushPeer() {
        guard sends.count > 0 else { return }
        let lost = UInt64(sends.flush())
        guard lost > 0 else { return }
        // What the peer sends back is not counted as sent, so neither is its loss here.
        if plan.direction != .echo { counters.sent &-= lost }
        counters.missed += lost
        counters.refused += lost
    }

    // MARK: - Receiving

    /// What came to the peer: counted, or sent back.
    func receiveAtPeer() {
        let echoes = plan.direction == .echo
        let difference = clinux_realtime_to_monotonic()
        for _ in 0..<LoadWorker.batchesPerLook {
            let runs = peer.receive { bytes, count, segment, from, arrival in
                if echoes {
                    if sends.isFull { flushPeer() }
                    sends.queue(bytes, count, segment: max(1, segment), from: peer.descriptor, to: from)
                } else {
                    let came = arrival == 0 ? clinux_monotonic_nanoseconds() : arrival &+ difference
                    var offset = 0
                    while offset < count {
                        arrived(bytes + offset, min(segment, count - offset), came, at: LoadWorker.peerPlace)
                        offset += max(1, segment)
                    }
                }
            }
            // Before the buffers are filled anew: the queue points into them.
            if echoes { flushPeer() }
            if runs < Int(CLINUX_RECEIVE_SLOTS) { return }
        }
    }

    /// What came to a client over UDP.
    func receiveAtClient(_ session: LoadSession) {
        var received = clinux_received()
        var arrival: UInt64 = 0
        for _ in 0..<4 {
            guard clinux_receive_timed(session.descriptor, inbox, 0, &received, &arrival) == 0 else { return }
            let now = arrival == 0 ? clinux_monotonic_nanoseconds() : arrival &+ clinux_realtime_to_monotonic()
            let count = Int(received.bytes)
            let segment = max(1, Int(received.segment_bytes))
            var offset = 0
            while offset < count {
                takeMessage(session, inboxBytes + offset, min(segment, count - offset), now)
                offset += segment
            }
        }
    }

    /// One message from the server to a client.
    func takeMessage(_ session: LoadSession, _ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ now: UInt64) {
        guard count >= 4 else { return }
        if ChannelData.isChannelData(firstByte: bytes[0]) {
            let payload = Int(bytes[2]) << 8 | Int(bytes[3])
            guard payload + 4 <= count else { return }
            arrived(bytes + 4, payload, now, at: session.index)
            return
        }
        counters.answers &+= 1
        guard plan.profile != .flood else { return }
        let message = UnsafeRawBufferPointer(start: bytes, count: count)
        guard let event = session.client.receive(message.bytes, now: now / 1_000_000) else {
            flush(session)
            return
        }
        if case .data(_, _, let range) = event {
            counters.answers &-= 1
            arrived(bytes + range.lowerBound, range.count, now, at: session.index)
        } else {
            take(event, session)
            flush(session)
        }
    }

    /// A payload reached the socket of this place.
    @inline(__always)
    private func arrived(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ now: UInt64, at socket: Int) {
        guard count >= PacketStamp.byteCount else { return }
        let raw = UnsafeRawPointer(bytes)
        guard raw.loadUnaligned(as: UInt32.self) == PacketStamp.mark else { return }
        let name = raw.loadUnaligned(fromByteOffset: 4, as: UInt32.self)
        let place = Int(name & ~PacketStamp.downBit)
        let isDown = name & PacketStamp.downBit != 0
        guard place < limit, self.place(ofArrivals: place, isDown: isDown) == socket,
            plan.profile == .trace || count == plan.payloadBytes
        else {
            counters.strays &+= 1
            return
        }
        let number = raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        let sentAt = raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
        let transit = Int64(bitPattern: now &- sentAt)
        let arrival =
            isDown ? down[place].receive(number, transit: transit) : up[place].receive(number, transit: transit)
        switch arrival {
        case .duplicate:
            counters.duplicates &+= 1
            return
        case .late: counters.reordered &+= 1
        case .inOrder: break
        }
        counters.received &+= 1
        counters.receivedBytes &+= UInt64(count)
        latency.record(UInt64(max(0, transit)))
    }
}
