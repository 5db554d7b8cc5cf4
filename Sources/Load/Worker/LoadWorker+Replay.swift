import CLinux
import Glibc
import STUN
import TURNClient

extension LoadWorker {
    /// The golden ratio's fraction: multiples of it spread evenly over 0 to 1, however many there are.
    private static let spread = 0.618_033_988_749_895

    /// Gives every session that is ready its place in the trace.
    func beginReplay(_ trace: TrafficTrace) {
        let flows = trace.flows(for: plan)
        replay = ReplaySchedule(flows, speed: order.rate * Double(plan.loops) / max(plan.ownRate, 1e-9))
        for turn in turns {
            // Sessions of all workers take the flows in turn; pairs stay together.
            let place = Int(turn)
            let unit = plan.isClientToClient ? 2 : 1
            let session = ((place / unit) * plan.loops + number) * unit + place % unit
            let phase = (Double(session / unit + 1) * LoadWorker.spread).truncatingRemainder(dividingBy: 1)
            replay.add(place: turn, flow: session % flows.count, phase: phase)
        }
    }

    /// Sends what is due and returns when the next is.
    func replayDue(_ now: UInt64) -> UInt64 {
        guard replay.speed > 0 else { return .max }
        var left = LoadWorker.packetsPerTurn
        while let turn = replay.next {
            // A trace that is slowed down to nothing is due in a lifetime: the number stays one.
            let due = startedAt + UInt64(min(Double(turn.due) / replay.speed, 1e18))
            guard due <= now, left > 0 else {
                flushPeer()
                return left > 0 ? max(due, now + plan.paceNanoseconds) : due
            }
            left -= 1
            let place = Int(turn.place)
            guard sessions[place]?.state == .ready else {
                replay.drop()
                continue
            }
            let packet = replay.packet(turn)
            let bytes = max(packet.bytes, PacketStamp.byteCount)
            if due + SendSchedule.latenessLimit < now {
                // Too late to be caught up: said, and left out.
                counters.missed += 1
            } else if packet.isDown {
                sendDown(place, bytes)
            } else {
                sendUp(place, bytes)
            }
            replay.advance()
        }
        flushPeer()
        return .max
    }

    /// One packet of this size from a client.
    private func sendUp(_ place: Int, _ payload: Int) {
        let first = up[place].sent
        let count = template.resize(payload)
        PacketStamp.write(
            UnsafeMutableRawPointer(template.bytes + template.payloadOffset),
            session: UInt32(truncatingIfNeeded: place), number: first, nanoseconds: clinux_monotonic_nanoseconds())
        let bytes = UnsafeRawBufferPointer(start: template.bytes, count: count)
        guard sendOnce(place, bytes) else {
            counters.missed += 1
            counters.refused += 1
            return
        }
        up[place].sent = first &+ 1
        counters.sent &+= 1
    }

    private func sendOnce(_ place: Int, _ bytes: UnsafeRawBufferPointer) -> Bool {
        let descriptor = descriptors[place]
        guard descriptor >= 0 else {
            return sessions[place].map { write($0, bytes, mayRefuse: true) } ?? false
        }
        let size = UInt16(truncatingIfNeeded: bytes.count)
        var result = clinux_send_run(descriptor, bytes.baseAddress, bytes.count, size)
        // As with bursts: an ICMP error that an earlier datagram met is told in place of sending.
        if result == -ECONNREFUSED || result == -EINTR {
            result = clinux_send_run(descriptor, bytes.baseAddress, bytes.count, size)
        }
        return result == 0
    }

    /// One packet of this size from the peer.
    private func sendDown(_ place: Int, _ payload: Int) {
        guard let relayed = sessions[place]?.relayed else { return }
        if sends.isFull { flushPeer() }
        let first = down[place].sent
        let bytes = sends.next
        PacketStamp.write(
            UnsafeMutableRawPointer(bytes), session: UInt32(truncatingIfNeeded: place) | PacketStamp.downBit,
            number: first, nanoseconds: clinux_monotonic_nanoseconds())
        sends.queue(bytes, payload, segment: payload, from: peer.descriptor, to: relayed.forKernel)
        down[place].sent = first &+ 1
        counters.sent &+= 1
    }
}
