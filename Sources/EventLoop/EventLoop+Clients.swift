import CLinux
import Glibc
import RelayCore
import STUN

/// Step 2: datagrams from clients.
extension EventLoop {
    /// Reads a client socket: up to `clientReceivesPerTurn` batches.
    mutating func readClients(_ listener: UInt32) {
        let descriptor = listenerDescriptors[Int(listener)]
        for _ in 0..<Self.clientReceivesPerTurn {
            let count = Int(clinux_receive_many(descriptor, fromClients.native, Int32(ReceiveBatch.slots)))
            counters.receiveCalls &+= 1
            guard count > 0 else { return clientBacklogs[Int(listener)].foundEmpty() }
            for slot in 0..<count {
                let received = clinux_take(fromClients.native, Int32(truncatingIfNeeded: slot))
                if received.truncated != 0 {
                    counters.truncated &+= 1
                    continue
                }
                take(fromClients.base(slot), received, listener: UInt16(truncatingIfNeeded: listener))
            }
            // What goes to other clients of this relay lies in the buffers that the next batch fills.
            flushToClients()
            if count < ReceiveBatch.slots { return clientBacklogs[Int(listener)].foundEmpty() }
        }
        clientBacklogs[Int(listener)].leftMore()
    }

    /// One datagram, or a merged run of datagrams of one client.
    @inline(__always)
    private mutating func take(_ base: UnsafeMutablePointer<UInt8>, _ received: clinux_received, listener: UInt16) {
        let tuple = FiveTuple(client: TransportAddress(received.from), listener: listener, transport: .udp)
        let bytes = Int(received.bytes)
        let segmentBytes = Int(received.segment_bytes)
        guard tuple.client.port != 0 else { return }
        var offset = 0
        while offset < bytes {
            let rest = UnsafeMutableRawBufferPointer(start: base + offset, count: bytes &- offset)
            if base[offset] & 0xc0 == 0x40,
                let run = ChannelRun.parse(UnsafeRawBufferPointer(rest).bytes, segmentSize: segmentBytes)
            {
                forward(run, rest.baseAddress!, segmentBytes, from: tuple, typeOfService: received.type_of_service)
                offset &+= run.datagrams &* segmentBytes
            } else {
                let count = min(segmentBytes, bytes &- offset)
                receive(
                    message: UnsafeMutableRawBufferPointer(start: rest.baseAddress, count: count),
                    from: ClientRoute(tuple: tuple, connection: 0), typeOfService: received.type_of_service)
                offset &+= count
            }
        }
    }

    /// A run of equal ChannelData messages, `stride` bytes apart.
    @inline(__always)
    mutating func forward(
        _ run: ChannelRun, _ base: UnsafeMutableRawPointer, _ stride: Int, from tuple: FiveTuple, typeOfService: UInt8
    ) {
        let total = run.totalPayloadBytes
        let verdict = core.forward(
            channel: run.channel, datagrams: run.datagrams, payloadBytes: total, from: tuple, now: now)
        switch verdict {
        case .drop: return
        case .peer(let relay, let peer, _):
            send(run, base, stride, through: relays.descriptor(relay), to: peer, mark(typeOfService))
        case .hairpin(let loop, let relay, let generation, let sender):
            if loop == settings.index {
                deliver(run, base, stride, on: relay, generation, from: sender, typeOfService: mark(typeOfService))
            } else {
                handOver(
                    run, base, stride, to: loop, relay, generation, sender: sender, typeOfService: mark(typeOfService))
            }
        }
    }

    /// The payloads of a run leave through a relay socket.
    @inline(__always)
    private mutating func send(
        _ run: ChannelRun, _ base: UnsafeMutableRawPointer, _ stride: Int, through descriptor: Int32,
        to peer: TransportAddress, _ typeOfService: UInt8
    ) {
        var payload = base + ChannelData.headerByteCount
        var left = run.datagrams
        while left > 0 {
            let pieces = toPeers.pieces
            let count = min(left, SendBatch.segmentsMax)
            for i in 0..<count {
                let isLast = left == 1 || i &+ 1 == left
                clinux_add_piece(
                    pieces, Int32(truncatingIfNeeded: i), payload, isLast ? run.lastPayloadBytes : run.payloadBytes)
                payload += stride
            }
            left &-= count
            toPeers.queue(
                descriptor: descriptor, to: peer, pieces: count, segments: count, segmentBytes: run.payloadBytes,
                piecesEach: 1, typeOfService: typeOfService)
        }
        _ = toPeers.flush(&counters)
    }

    /// Hairpin within this loop: the run goes to the client behind the other allocation, its headers rewritten.
    private mutating func deliver(
        _ run: ChannelRun, _ base: UnsafeMutableRawPointer, _ stride: Int, on relay: UInt32,
        _ generation: UInt32, from sender: TransportAddress, typeOfService: UInt8
    ) {
        let total = run.totalPayloadBytes
        let verdict = core.deliverHairpin(
            from: sender, on: relay, generation: generation, datagrams: run.datagrams, payloadBytes: total, now: now)
        if case .channel(let number, let route) = verdict, route.tuple.transport == .udp,
            stride == run.payloadBytes &+ ChannelData.headerByteCount || run.datagrams == 1
        {
            for i in 0..<run.datagrams {
                (base + i &* stride).storeBytes(of: number.bigEndian, as: UInt16.self)
            }
            queueForClient(
                contiguous: base, bytes: total &+ run.datagrams &* ChannelData.headerByteCount, segments: run.datagrams,
                segmentBytes: stride, route, typeOfService)
            return
        }
        carry(
            verdict, base + ChannelData.headerByteCount, bytes: stride &* (run.datagrams &- 1) &+ run.lastPayloadBytes,
            stride: stride, datagrams: run.datagrams, payloadBytes: run.payloadBytes, from: sender, typeOfService)
    }

    /// One STUN message, or what claims to be one.
    mutating func receive(message: UnsafeMutableRawBufferPointer, from client: ClientRoute, typeOfService: UInt8) {
        var answer = reply.mutableBytes
        let verdict = core.receive(
            message: UnsafeRawBufferPointer(message).bytes, from: client, now: now, reply: &answer)
        // What the kernel forwards is over before the client is told so.
        if forwarder != nil, client.tuple.transport == .udp { carryOutEffects() }
        carryOut(verdict, message, from: client, typeOfService: typeOfService)
        carryOutEffects()
    }

    private mutating func carryOut(
        _ verdict: MessageVerdict, _ message: UnsafeMutableRawBufferPointer, from client: ClientRoute,
        typeOfService: UInt8
    ) {
        switch verdict {
        case .drop: return
        case .reply(let count): answer(client, count)
        case .openRelays:
            carryOutEffects()
            var answer = reply.mutableBytes
            let finished = core.finishAllocate(now: now, reply: &answer)
            carryOut(finished, message, from: client, typeOfService: typeOfService)
        case .closeConnection: close(client: client)
        case .send(let route, let payload):
            guard payload.upperBound <= message.count else { return }
            let base = message.baseAddress! + payload.lowerBound
            sendOne(base, Int(payload.count), route, typeOfService: mark(typeOfService))
        }
    }

    /// The payload of a Send indication leaves.
    private mutating func sendOne(
        _ payload: UnsafeMutableRawPointer, _ count: Int, _ route: PeerVerdict, typeOfService: UInt8
    ) {
        switch route {
        case .drop: return
        case .peer(let relay, let peer, let dontFragment):
            let descriptor = relays.descriptor(relay)
            let family = Int32(peer.ip.family.rawValue)
            if dontFragment { clinux_set_dont_fragment(descriptor, family, 1) }
            clinux_add_piece(toPeers.pieces, 0, payload, count)
            toPeers.queue(
                descriptor: descriptor, to: peer, pieces: 1, segments: 1, segmentBytes: count, piecesEach: 0,
                typeOfService: typeOfService)
            _ = toPeers.flush(&counters)
            if dontFragment { clinux_set_dont_fragment(descriptor, family, 0) }
        case .hairpin(let loop, let relay, let generation, let sender):
            if loop == settings.index {
                let verdict = core.deliverHairpin(
                    from: sender, on: relay, generation: generation, datagrams: 1, payloadBytes: count, now: now)
                carry(
                    verdict, payload, bytes: count, stride: count, datagrams: 1, payloadBytes: count, from: sender,
                    typeOfService)
                flushToClients()
            } else {
                handOver(
                    UnsafeRawBufferPointer(start: payload, count: count), to: loop, relay, generation, sender: sender,
                    typeOfService: typeOfService)
            }
        }
    }

    /// The answer that the core wrote goes back to where the request came from.
    mutating func answer(_ client: ClientRoute, _ count: Int) {
        guard count > 0 else { return }
        if client.tuple.transport == .udp {
            let failed = clinux_send_datagram(
                listenerDescriptors[Int(client.tuple.listener)], reply.baseAddress, count, client.tuple.client.native, 0
            )
            counters.sendCalls &+= 1
            if failed != 0 { counters.sendErrors &+= 1 }
        } else {
            queueForStream(UnsafeRawBufferPointer(rebasing: reply[0..<count]), client, kind: .answer)
        }
    }

    /// The type of service that a relayed datagram carries on: ECN always, DSCP when configured [RFC 8656 section 15].
    @inline(__always)
    func mark(_ typeOfService: UInt8) -> UInt8 {
        settings.carriesDSCP ? typeOfService : typeOfService & 0b11
    }
}
