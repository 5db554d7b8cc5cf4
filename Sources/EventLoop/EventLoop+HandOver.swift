import CLinux
import RelayCore
import STUN

/// Between loops: a client of this loop has a client of another one as its peer.
extension EventLoop {
    mutating func handOver(
        _ run: ChannelRun, _ base: UnsafeMutableRawPointer, _ stride: Int, to loop: UInt8, _ relay: UInt32,
        _ generation: UInt32, sender: TransportAddress, typeOfService: UInt8
    ) {
        for i in 0..<run.datagrams {
            let count = i &+ 1 == run.datagrams ? run.lastPayloadBytes : run.payloadBytes
            let payload = UnsafeRawBufferPointer(
                start: base + (stride &* i &+ ChannelData.headerByteCount), count: count)
            handOver(payload, to: loop, relay, generation, sender: sender, typeOfService: typeOfService)
        }
    }

    mutating func handOver(
        _ payload: UnsafeRawBufferPointer, to loop: UInt8, _ relay: UInt32, _ generation: UInt32,
        sender: TransportAddress, typeOfService: UInt8
    ) {
        guard Int(loop) < handOver.loops, let ring = handOver.ring(from: Int(settings.index), to: Int(loop)),
            ring.push(payload, to: relay, generation: generation, sender: sender, typeOfService: typeOfService)
        else {
            counters.handOverDropped &+= 1
            return
        }
        counters.handedOver &+= 1
        if loop < 64 { handedTo |= 1 << UInt64(loop) } else { clinux_eventfd_signal(handOver.wakeups[Int(loop)]) }
    }

    /// Wakes the loops that were handed something this turn.
    mutating func wakeLoops() {
        while handedTo != 0 {
            let loop = handedTo.trailingZeroBitCount
            handedTo &= handedTo &- 1
            clinux_eventfd_signal(handOver.wakeups[loop])
        }
    }

    /// Takes what other loops handed over.
    mutating func receiveHandOvers() {
        for source in 0..<handOver.loops {
            guard let ring = handOver.ring(from: source, to: Int(settings.index)) else { continue }
            var cursor = ring.start
            var taken = 0
            while taken < Self.handOversPerTurn, let record = ring.next(&cursor) {
                taken += 1
                let count = record.payload.count
                let verdict = core.deliverHairpin(
                    from: record.sender, on: record.slot, generation: record.generation, datagrams: 1,
                    payloadBytes: count, now: now)
                carry(
                    verdict, record.payload.baseAddress!, bytes: count, stride: count, datagrams: 1,
                    payloadBytes: count, from: record.sender, record.typeOfService)
            }
            guard taken > 0 else { continue }
            flushSendsToClients()  // the payloads lie in the ring
            ring.release(cursor)
            if taken == Self.handOversPerTurn { clinux_eventfd_signal(mailbox.wakeup) }
        }
    }
}
