import CLinux
import Glibc
import RelayCore
import STUN

/// Step 3: datagrams from peers.
extension EventLoop {
    /// Reads a relay socket: up to `relayReceivesPerTurn` datagrams or merged runs.
    mutating func readPeers(_ token: EventToken, _ mask: UInt32) {
        let relay = token.slot
        guard relays.isCurrent(relay, token.generation) else { return }
        let descriptor = relays.descriptor(relay)
        if mask & UInt32(CLINUX_FAILED) != 0 { readErrors(relay, descriptor) }
        for _ in 0..<Self.relayReceivesPerTurn {
            if fromPeersUsed == ReceiveBatch.slots { flushToClients() }
            let slot = fromPeersUsed
            var received = clinux_received()
            let failed = clinux_receive_one(descriptor, fromPeers.native, Int32(truncatingIfNeeded: slot), &received)
            counters.receiveCalls &+= 1
            if failed != 0 {
                // A pending ICMP error is reported once and the datagrams behind it are still there.
                if -failed == EAGAIN || -failed == EWOULDBLOCK { return }
                continue
            }
            if received.truncated != 0 {
                counters.truncated &+= 1
                continue
            }
            let bytes = Int(received.bytes)
            let stride = max(Int(received.segment_bytes), 1)
            let datagrams = bytes <= stride ? 1 : (bytes &+ stride &- 1) / stride
            let peer = TransportAddress(received.from)
            let verdict = core.deliver(from: peer, on: relay, datagrams: datagrams, payloadBytes: bytes, now: now)
            if case .drop = verdict { continue }
            fromPeersUsed &+= 1
            carry(
                verdict, UnsafeMutableRawPointer(fromPeers.base(slot)), bytes: bytes, stride: stride,
                datagrams: datagrams, payloadBytes: stride, from: peer, mark(received.type_of_service))
            // A second call for one datagram would mostly find the queue empty; epoll tells if it is not.
            if datagrams == 1 { return }
        }
    }

    /// Datagrams of a peer go to a client as the verdict says: `datagrams` payloads, `stride` bytes apart, of
    /// `payloadBytes` each but the last, which ends where `bytes` does. 64 bytes before the first are free.
    mutating func carry(
        _ verdict: ClientVerdict, _ base: UnsafeMutableRawPointer, bytes: Int, stride: Int, datagrams: Int,
        payloadBytes: Int, from peer: TransportAddress, _ typeOfService: UInt8
    ) {
        switch verdict {
        case .drop: return
        case .channel(let number, let route):
            if route.tuple.transport == .udp {
                queueChannel(number, base, bytes, stride, datagrams, payloadBytes, route, typeOfService)
            } else {
                streamChannel(number, base, bytes, stride, datagrams, payloadBytes, route)
            }
        case .indication(let route):
            for i in 0..<datagrams {
                let count = i &+ 1 == datagrams ? bytes &- stride &* i : payloadBytes
                indicate(base + stride &* i, count, from: peer, route, typeOfService)
            }
        }
    }

    /// ChannelData to a UDP client.
    private mutating func queueChannel(
        _ number: UInt16, _ base: UnsafeMutableRawPointer, _ bytes: Int, _ stride: Int, _ datagrams: Int,
        _ payloadBytes: Int, _ route: ClientRoute, _ typeOfService: UInt8
    ) {
        if datagrams == 1 {
            let start = base - ChannelData.headerByteCount
            Self.writeChannelHeader(start, number, bytes)
            queueForClient(
                contiguous: start, bytes: bytes &+ ChannelData.headerByteCount, segments: 1,
                segmentBytes: bytes &+ ChannelData.headerByteCount, route, typeOfService)
            return
        }
        // As many as fit into one message of the socket; a long run of large datagrams takes two.
        let perMessage = min(SendBatch.segmentsMax, SendBatch.bytesMax / (payloadBytes &+ ChannelData.headerByteCount))
        var first = 0
        while first < datagrams {
            if toClients.isFull { flushSendsToClients() }
            let count = min(perMessage, datagrams &- first)
            let header = UnsafeMutableRawPointer(toClients.header)
            Self.writeChannelHeader(header, number, payloadBytes)
            let pieces = toClients.pieces
            for i in 0..<count {
                let index = first &+ i
                var from = header
                var size = payloadBytes
                if index &+ 1 == datagrams {
                    size = bytes &- stride &* index
                    from = header + 8
                    Self.writeChannelHeader(from, number, size)
                }
                clinux_add_piece(pieces, Int32(truncatingIfNeeded: 2 &* i), from, ChannelData.headerByteCount)
                clinux_add_piece(pieces, Int32(truncatingIfNeeded: 2 &* i &+ 1), base + stride &* index, size)
            }
            toClients.queue(
                descriptor: listenerDescriptors[Int(route.tuple.listener)], to: route.tuple.client, pieces: 2 &* count,
                segments: count, segmentBytes: payloadBytes &+ ChannelData.headerByteCount, piecesEach: 2,
                typeOfService: typeOfService)
            first &+= count
        }
    }

    /// Bytes that are already as the client is to see them.
    @inline(__always)
    mutating func queueForClient(
        contiguous base: UnsafeMutableRawPointer, bytes: Int, segments: Int, segmentBytes: Int, _ route: ClientRoute,
        _ typeOfService: UInt8
    ) {
        if toClients.isFull { flushSendsToClients() }
        clinux_add_piece(toClients.pieces, 0, base, bytes)
        toClients.queue(
            descriptor: listenerDescriptors[Int(route.tuple.listener)], to: route.tuple.client, pieces: 1,
            segments: segments, segmentBytes: segmentBytes, piecesEach: 0, typeOfService: typeOfService)
    }

    /// A Data indication around one payload [RFC 8656 section 11.3].
    private mutating func indicate(
        _ payload: UnsafeMutableRawPointer, _ count: Int, from peer: TransportAddress, _ route: ClientRoute,
        _ typeOfService: UInt8
    ) {
        let padding = (4 - count & 3) & 3
        let identifier = nextTransactionID()
        if route.tuple.transport == .udp {
            if toClients.isFull { flushSendsToClients() }
            let header = UnsafeMutableRawBufferPointer(start: toClients.header, count: SendBatch.headerBytes)
            header.storeBytes(of: 0, toByteOffset: SendBatch.headerBytes - 4, as: UInt32.self)
            var bytes = header.mutableBytes
            let headerCount = DataIndication.writeHeader(
                peer: peer, payloadCount: count, transactionID: identifier, into: &bytes)
            let pieces = toClients.pieces
            clinux_add_piece(pieces, 0, header.baseAddress, headerCount)
            clinux_add_piece(pieces, 1, payload, count)
            clinux_add_piece(pieces, 2, header.baseAddress! + SendBatch.headerBytes - 4, padding)
            let size = headerCount &+ count &+ padding
            toClients.queue(
                descriptor: listenerDescriptors[Int(route.tuple.listener)], to: route.tuple.client, pieces: 3,
                segments: 1, segmentBytes: size, piecesEach: 3, typeOfService: typeOfService)
        } else {
            streamIndication(payload, count, padding, from: peer, identifier, route)
        }
    }

    /// Identifiers of indications, which nobody answers: unique is enough.
    private mutating func nextTransactionID() -> TransactionID {
        indications &+= 1
        return TransactionID(high: indicationSeed, low: indications)
    }

    /// ICMP errors for datagrams that went to peers [RFC 8656 section 11.5].
    private mutating func readErrors(_ relay: UInt32, _ descriptor: Int32) {
        var error = clinux_icmp()
        for _ in 0..<Self.relayReceivesPerTurn {
            guard clinux_receive_error(descriptor, &error) == 1 else { return }
            guard error.from_network != 0 else { continue }
            let icmp = ICMPValue(type: error.type, code: error.code, data: error.error_info)
            var bytes = reply.mutableBytes
            let verdict = core.peerUnreachable(
                icmp, from: TransportAddress(error.peer), on: relay, now: now, into: &bytes)
            if case .indication(let count, let route) = verdict { answer(route, count) }
        }
    }

    /// What is queued for UDP clients leaves, and the buffers it lay in are free again.
    mutating func flushToClients() {
        flushSendsToClients()
        fromPeersUsed = 0
    }

    @inline(__always)
    mutating func flushSendsToClients() {
        if toClients.count > 0 { _ = toClients.flush(&counters) }
    }

    @inline(__always)
    static func writeChannelHeader(_ at: UnsafeMutableRawPointer, _ number: UInt16, _ count: Int) {
        at.storeBytes(of: number.bigEndian, as: UInt16.self)
        at.storeBytes(of: UInt16(truncatingIfNeeded: count).bigEndian, toByteOffset: 2, as: UInt16.self)
    }
}
