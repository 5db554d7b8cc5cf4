import CLinux
import Glibc
import MediaPath
import STUN
import TURNClient

extension MediaWorker {
    /// Datagrams in clear that each end of a session sends for the self-check.
    static let openDatagrams = 4

    // MARK: - Sending

    /// Sends what is due and returns when the next is.
    func sendDue(_ now: UInt64) -> UInt64 {
        guard !schedule.isEmpty, !turns.isEmpty else { return .max }
        counters.missed += schedule.skipLate(now) * UInt64(plan.burst)
        var left = max(1, LoadWorker.packetsPerTurn / plan.burst)
        while left > 0, !turns.isEmpty, let event = schedule.take(now) {
            let session = sessions[turns[Int(event >> 1) % turns.count]]
            sendBurst(session, from: event & 1 == 0 ? .client : .peer)
            left -= 1
        }
        return schedule.nextTurn(after: now, isCutShort: left == 0)
    }

    private func sendBurst(_ session: MediaSession, from end: MediaOutcome.End) {
        let started = clinux_monotonic_nanoseconds()
        // All packets of a picture were sampled at the same time.
        let units = Double(started - session.startedAt) * plan.profile.rtpClockRate / 1e9
        let timestamp = session.firstTimestamp &+ UInt32(truncatingIfNeeded: UInt64(units))
        for index in 0..<plan.burst {
            guard session.state == .ready else { return }
            send(session, from: end, timestamp, isLast: index == plan.burst - 1)
        }
    }

    private func send(_ session: MediaSession, from end: MediaOutcome.End, _ timestamp: UInt32, isLast: Bool) {
        let stream = session.outcome.streams[end.rawValue]
        let header = RTPHeader(
            marker: isLast && plan.burst > 1, payloadType: plan.profile.rtpPayloadType,
            sequence: stream.firstSequence &+ UInt16(truncatingIfNeeded: stream.sent), timestamp: timestamp,
            source: stream.source)
        var payload = [UInt8](repeating: 0, count: PacketStamp.byteCount) + filler
        let name = UInt32(truncatingIfNeeded: session.number)
        let now = clinux_monotonic_nanoseconds()
        payload.withUnsafeMutableBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            PacketStamp.write(
                base, session: end == .client ? name : name | PacketStamp.downBit, number: stream.sent,
                nanoseconds: now)
        }
        guard let packet = session.ends[end.rawValue].protect(header, payload) else {
            counters.missed += 1
            return
        }
        if setting.media.proof != nil { session.outcome.wire.look(at: packet, for: setting.needles) }
        session.outcome.streams[end.rawValue].sent += 1
        counters.sent += 1
        attempt(session) { () throws(ClientSocketFailure) in try session.legs[end.rawValue].send(packet) }
    }

    /// Sends in clear what the scans must find, in both directions of every session.
    func sendOpenly() {
        let datagram = setting.needles.openDatagram
        for _ in 0..<MediaWorker.openDatagrams {
            for session in sessions where session.state == .ready {
                for end in MediaOutcome.End.allCases where session.state == .ready {
                    session.outcome.wire.look(at: datagram, for: setting.needles)
                    attempt(session) { () throws(ClientSocketFailure) in
                        try session.legs[end.rawValue].sendOpenly(datagram)
                    }
                }
            }
        }
    }

    // MARK: - Receiving

    /// Takes what came to an end of a session.
    func receive(_ session: MediaSession, at end: MediaOutcome.End) {
        guard session.state != .ended, session.legs.indices.contains(end.rawValue) else { return }
        let leg = session.legs[end.rawValue]
        attempt(session) { () throws(ClientSocketFailure) in
            try leg.receive { input in
                switch input {
                case .event(let event): take(event, session)
                case .payload(let payload): arrived(payload, session, at: end)
                }
            }
        }
    }

    private func arrived(_ payload: [UInt8], _ session: MediaSession, at end: MediaOutcome.End) {
        guard session.ends.count == 2, session.state != .ended else { return }
        if setting.media.proof != nil {
            session.outcome.wire.look(at: payload, for: setting.needles)
            if setting.needles.open.isIn(payload) {
                session.outcome.openArrivals += 1
                return
            }
        }
        let sender = end.other.rawValue
        switch session.ends[end.rawValue].receive(payload) {
        case .handshake: flush(session, end)
        case .media(let header, let payload): accept(header, payload, session, from: end.other)
        case .rejected(.authentication, let source):
            session.outcome.streams[sender].authenticationFailures += 1
            if let owner = source.flatMap({ setting.owner(of: $0) }), owner != session.number {
                session.outcome.streams[sender].swapped[owner, default: 0] += 1
            }
        case .rejected(.replay, _):
            session.outcome.streams[sender].replays += 1
            counters.duplicates += 1
        case .rejected(.malformed, _): session.outcome.streams[sender].malformed += 1
        case .other: break
        }
    }

    private func accept(
        _ header: RTPHeader, _ payload: [UInt8], _ session: MediaSession, from end: MediaOutcome.End
    ) {
        let now = clinux_monotonic_nanoseconds()
        var name: UInt32 = 0
        var sentAt: UInt64 = now
        if payload.count >= PacketStamp.byteCount {
            payload.withUnsafeBytes { bytes in
                guard bytes.loadUnaligned(as: UInt32.self) == PacketStamp.mark else { return }
                name = bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self)
                sentAt = bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
            }
        }
        let isDown = name & PacketStamp.downBit != 0
        guard Int(name & ~PacketStamp.downBit) == session.number, isDown == (end == .peer),
            header.source == session.outcome.streams[end.rawValue].source
        else {
            session.outcome.streams[end.rawValue].foreign += 1
            return
        }
        let transit = now > sentAt ? now - sentAt : 0
        let before = session.outcome.streams[end.rawValue].record.reordered
        session.outcome.streams[end.rawValue].record.receive(header.sequence)
        session.outcome.streams[end.rawValue].jitter.receive(timestamp: header.timestamp, arrivalNanoseconds: now)
        session.outcome.streams[end.rawValue].received += 1
        session.outcome.streams[end.rawValue].delaySum += transit
        counters.reordered += session.outcome.streams[end.rawValue].record.reordered - before
        counters.received += 1
        counters.receivedBytes += UInt64(payload.count)
        latency.record(transit)
    }
}
