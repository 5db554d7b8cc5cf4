import CLinux
import COpenSSL
import Glibc
import RelayCore
import STUN

/// Sizes of the buffers that all streams of a loop share.
enum StreamInput {
    /// Bytes read from one connection per turn: room for the longest message with what was left of it before.
    static let readBytes = 64 * 1024
    /// The longest message: ChannelData with its header and padding, or a STUN message.
    static let messageBytesMax = 20 + 65_535 + 3
    /// Wire bytes of TLS, a gap for an unfinished message, then plain bytes.
    static let plainOffset = readBytes + messageBytesMax
    static let byteCount = plainOffset + readBytes
    /// Encrypted bytes of one flush.
    static let cipherBytes = 256 * 1024
    /// Plain bytes of one TLS record.
    static let recordBytes = 16_384
}

/// Step 4: TCP and TLS connections [RFC 8656 section 3.1].
extension EventLoop {
    // MARK: Accepting

    /// Accepts what waits at a listener.
    mutating func accept(_ listenerIndex: UInt32) {
        guard let listener = listeners.first(where: { UInt32($0.index) == listenerIndex }) else { return }
        for _ in 0..<Self.acceptsPerTurn {
            var peer = clinux_address()
            let descriptor = clinux_accept(listener.descriptor, &peer)
            guard descriptor >= 0 else {
                if -descriptor == EMFILE || -descriptor == ENFILE { refuseForLackOfDescriptors(listener) }
                return
            }
            let client = TransportAddress(peer)
            let tuple = FiveTuple(client: client, listener: listener.index, transport: listener.transport)
            let milliseconds = now.monotonic.milliseconds
            guard settings.directory.addConnection(from: client.ip, limit: settings.streams.connectionsPerSource) else {
                clinux_close_with_reset(descriptor)
                counters.connectionsOverSource &+= 1
                observer?.trouble(.sourceExhausted)
                continue
            }
            guard client.port != 0,
                let slot = connections.add(Connection(descriptor: descriptor, tuple: tuple, now: milliseconds))
            else {
                Glibc.close(descriptor)
                settings.directory.removeConnection(from: client.ip)
                counters.connectionsRefused &+= 1
                observer?.trouble(.connectionsExhausted)
                continue
            }
            counters.connectionsAccepted &+= 1
            open(slot, listener.transport)
        }
    }

    private mutating func open(_ slot: UInt32, _ transport: ClientTransport) {
        let connection = connections[slot]
        connection.pointee.state = .open
        _ = clinux_no_delay(connection.pointee.descriptor)
        if transport == .tls {
            connection.pointee.state = .handshaking
            connection.pointee.session = tls?.session(pipe)
            if connection.pointee.session == nil {
                close(connection: slot)
                return
            }
        }
        let token = EventToken(.connection, slot: slot, generation: connection.pointee.generation)
        if clinux_epoll_add(epoll, connection.pointee.descriptor, UInt32(CLINUX_READABLE), token.rawValue) != 0 {
            close(connection: slot)
        }
    }

    /// No descriptor is left: the one in reserve takes the connection so that it can be refused, not left hanging.
    private mutating func refuseForLackOfDescriptors(_ listener: ListeningSocket) {
        counters.descriptorsExhausted &+= 1
        observer?.trouble(.descriptorsExhausted)
        guard reserveDescriptor >= 0 else {
            reserveDescriptor = Glibc.open("/dev/null", O_RDONLY | O_CLOEXEC)
            return
        }
        Glibc.close(reserveDescriptor)
        var peer = clinux_address()
        let refused = clinux_accept(listener.descriptor, &peer)
        if refused >= 0 { Glibc.close(refused) }
        reserveDescriptor = Glibc.open("/dev/null", O_RDONLY | O_CLOEXEC)
    }

    // MARK: Reading

    /// A connection has something to read, or room to write.
    mutating func serve(_ token: EventToken, _ mask: UInt32) {
        guard Int(token.slot) < connections.highWater else { return }
        let connection = connections[token.slot]
        guard connection.pointee.state != .free,
            connection.pointee.generation & EventToken.generationMask == token.generation
        else { return }
        if connection.pointee.state.isForCompanion {
            servePassed(token.slot, mask)
            return
        }
        if mask & UInt32(CLINUX_WRITABLE) != 0 { flush(connection: token.slot) }
        guard connection.pointee.state != .free, mask & ~UInt32(CLINUX_WRITABLE) != 0 else { return }
        // Plain bytes lie behind a gap in which the first part of an unfinished message is put.
        let isPlain = connection.pointee.session == nil
        let wire = streamInput.baseAddress! + (isPlain ? StreamInput.plainOffset : 0)
        let count = recv(connection.pointee.descriptor, wire, StreamInput.readBytes, 0)
        guard count > 0 else {
            if count < 0 && (errno == EAGAIN || errno == EINTR) { return }
            close(connection: token.slot)
            return
        }
        if isPlain {
            take(plain: wire.assumingMemoryBound(to: UInt8.self), count, token.slot)
        } else {
            decrypt(wire.assumingMemoryBound(to: UInt8.self), count, token.slot)
            if connection.pointee.state == .passed { settle(connection.pointee.passage) }
        }
    }

    /// Wire bytes of a TLS connection: what they hold is taken.
    mutating func decrypt(_ wire: UnsafePointer<UInt8>, _ count: Int, _ slot: UInt32) {
        pipe.pointee.input = wire
        pipe.pointee.input_count = count
        decryptInput(slot)
        pipe.pointee.input_count = 0
    }

    private mutating func decryptInput(_ slot: UInt32) {
        let connection = connections[slot]
        guard let session = connection.pointee.session else { return }
        if connection.pointee.state == .handshaking {
            let outcome = copenssl_handshake(session)
            if pipe.pointee.output_count > 0 { sendCipher(slot) }
            guard connection.pointee.state != .free else { return }
            if outcome == COPENSSL_WANTS_INPUT { return }
            guard outcome == 0 else {
                counters.handshakeFailures &+= 1
                close(connection: slot)
                return
            }
            let isForTURN = companion == nil || copenssl_agreed_on_stun(session) != 0
            connection.pointee.state = isForTURN ? .open : .greeting
            connection.pointee.lastProgress = now.monotonic.milliseconds
            counters.handshakes &+= 1
        }
        let plain = streamInput.baseAddress! + StreamInput.plainOffset
        while connection.pointee.state != .free {
            var filled = 0
            var outcome: Int32 = 0
            while filled < StreamInput.readBytes {
                outcome = copenssl_read(session, plain + filled, Int32(StreamInput.readBytes - filled))
                if outcome <= 0 { break }
                filled += Int(outcome)
            }
            if pipe.pointee.output_count > 0 { sendCipher(slot) }  // alerts, key updates
            if filled > 0 { take(plain: plain.assumingMemoryBound(to: UInt8.self), filled, slot) }
            if outcome > 0 { continue }
            if outcome == COPENSSL_WANTS_INPUT || connection.pointee.state == .free { return }
            if connection.pointee.state.isForCompanion && outcome == COPENSSL_CLOSED {
                clientEnded(slot)
            } else {
                close(connection: slot)
            }
            return
        }
    }

    /// Plain bytes of a connection: whole messages go to the core, an unfinished one is kept until its rest comes.
    private mutating func take(plain bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ slot: UInt32) {
        let connection = connections[slot]
        var start = bytes
        var left = count
        if connection.pointee.partialCount > 0 {
            let held = connection.pointee.partialCount
            start -= held
            start.update(from: connection.pointee.partial!, count: held)
            connection.pointee.partialCount = 0
            left += held
        }
        if connection.pointee.state != .open, takeOther(start, left, slot) { return }
        while left > 0 {
            let rest = UnsafeRawBufferPointer(start: start, count: left)
            let consumed: Int
            switch StreamFraming.next(rest.bytes) {
            case .message(let size):
                receive(
                    message: UnsafeMutableRawBufferPointer(start: start, count: size),
                    from: ClientRoute(tuple: connection.pointee.tuple, connection: slot), typeOfService: 0)
                consumed = size
            case .channelData(_, let padded):
                if let run = ChannelRun.parse(rest.bytes.extracting(0..<padded), segmentSize: padded) {
                    forward(
                        run, UnsafeMutableRawPointer(start), padded, from: connection.pointee.tuple, typeOfService: 0)
                }
                flushSendsToClients()  // a hairpin's bytes lie in this buffer
                consumed = padded
            case .need(let size):
                keep(start, left, needed: size, slot)
                return
            case .invalid:
                counters.connectionsInvalid &+= 1
                close(connection: slot)
                return
            }
            guard connection.pointee.state == .open else { return }
            connection.pointee.lastProgress = now.monotonic.milliseconds
            start += consumed
            left -= consumed
        }
    }

    /// Bytes kept for unfinished messages at first: a datagram's worth.
    private static let partialBytesUsual = 2_048

    /// Keeps the beginning of a message, which has `needed` bytes, until the rest comes.
    mutating func keep(_ start: UnsafeMutablePointer<UInt8>, _ count: Int, needed: Int, _ slot: UInt32) {
        let connection = connections[slot]
        if !connection.pointee.isKnown { connection.pointee.isKnown = core.hasAllocation(connection.pointee.tuple) }
        guard connection.pointee.isKnown || needed <= settings.streams.strangerMessageBytesMax else {
            counters.connectionsInvalid &+= 1
            close(connection: slot)
            return
        }
        if connection.pointee.partialCapacity < count {
            connection.pointee.partial?.deallocate()
            connection.pointee.partialCapacity = max(count, min(needed, Self.partialBytesUsual))
            connection.pointee.partial = .allocate(capacity: connection.pointee.partialCapacity)
        }
        connection.pointee.partial!.update(from: start, count: count)
        connection.pointee.partialCount = count
    }

    // MARK: Writing

    /// Queues a whole message for a stream; it leaves with everything else of this turn.
    mutating func queueForStream(_ bytes: UnsafeRawBufferPointer, _ client: ClientRoute, kind: OutputRecord.Kind) {
        guard let room = reserve(bytes.count, client, kind) else { return }
        UnsafeMutableRawPointer(room).copyMemory(from: bytes.baseAddress!, byteCount: bytes.count)
    }

    private mutating func reserve(_ count: Int, _ client: ClientRoute, _ kind: OutputRecord.Kind)
        -> UnsafeMutablePointer<UInt8>?
    {
        let slot = client.connection
        guard Int(slot) < connections.highWater else { return nil }
        let connection = connections[slot]
        guard connection.pointee.state == .open, connection.pointee.tuple == client.tuple else { return nil }
        let room = connection.pointee.output.reserve(
            count, kind: kind, now: now.monotonic.milliseconds, limit: settings.streams.outputBytesMax, pool: &blocks,
            dropped: &counters.outputDroppedFull)
        guard let room else {
            counters.outputDroppedFull &+= 1
            return nil
        }
        if !connection.pointee.isDirty && !connection.pointee.waitsToWrite {
            connection.pointee.isDirty = true
            dirty[dirtyCount] = slot
            dirtyCount += 1
        }
        return room
    }

    /// ChannelData to a stream client, padded to four bytes [RFC 8656 section 12.5].
    mutating func streamChannel(
        _ number: UInt16, _ base: UnsafeMutableRawPointer, _ bytes: Int, _ stride: Int, _ datagrams: Int,
        _ payloadBytes: Int, _ route: ClientRoute
    ) {
        for i in 0..<datagrams {
            let count = i &+ 1 == datagrams ? bytes &- stride &* i : payloadBytes
            let padding = (4 - count & 3) & 3
            guard let room = reserve(ChannelData.headerByteCount + count + padding, route, .media) else { return }
            let at = UnsafeMutableRawPointer(room)
            Self.writeChannelHeader(at, number, count)
            at.advanced(by: ChannelData.headerByteCount).copyMemory(from: base + stride &* i, byteCount: count)
            for k in 0..<padding { room[ChannelData.headerByteCount + count + k] = 0 }
        }
    }

    /// A Data indication to a stream client.
    mutating func streamIndication(
        _ payload: UnsafeMutableRawPointer, _ count: Int, _ padding: Int, from peer: TransportAddress,
        _ identifier: TransactionID, _ route: ClientRoute
    ) {
        var bytes = reply.mutableBytes
        let headerCount = DataIndication.writeHeader(
            peer: peer, payloadCount: count, transactionID: identifier, into: &bytes)
        guard let room = reserve(headerCount + count + padding, route, .media) else { return }
        let at = UnsafeMutableRawPointer(room)
        at.copyMemory(from: reply.baseAddress!, byteCount: headerCount)
        at.advanced(by: headerCount).copyMemory(from: payload, byteCount: count)
        for k in 0..<padding { room[headerCount + count + k] = 0 }
    }

    /// Step 6 for streams: each connection that has output gets one write.
    mutating func flushStreams() {
        let count = dirtyCount
        dirtyCount = 0
        for i in 0..<count {
            let slot = dirty[i]
            connections[slot].pointee.isDirty = false
            if connections[slot].pointee.state != .free { flush(connection: slot) }
        }
    }

    private mutating func flush(connection slot: UInt32) {
        let connection = connections[slot]
        guard writePending(slot) else { return }
        while connection.pointee.state == .open, !connection.pointee.output.isEmpty {
            let isWritten = connection.pointee.session == nil ? writePlain(slot) : writeEncrypted(slot)
            guard isWritten else { return }
        }
        if connection.pointee.state == .open {
            connection.pointee.output.clear(pool: &blocks)
            waitToWrite(slot, false)
        }
    }

    /// Writes wire bytes left over from before. False while some are still left.
    mutating func writePending(_ slot: UInt32) -> Bool {
        let connection = connections[slot]
        guard let pending = connection.pointee.pending else { return true }
        let written = Glibc.send(
            connection.pointee.descriptor, pending + connection.pointee.pendingOffset, connection.pointee.pendingCount,
            Int32(MSG_NOSIGNAL))
        if written < 0 && errno != EAGAIN && errno != EINTR {
            close(connection: slot)
            return false
        }
        connection.pointee.pendingOffset += max(written, 0)
        connection.pointee.pendingCount -= max(written, 0)
        guard connection.pointee.pendingCount == 0 else {
            waitToWrite(slot, true)
            return false
        }
        pending.deallocate()
        connection.pointee.pending = nil
        return true
    }

    private mutating func writePlain(_ slot: UInt32) -> Bool {
        let connection = connections[slot]
        guard
            let bytes = connection.pointee.output.next(
                limit: BlockPool.payloadBytes, messages: BlockPool.recordsMax, pool: &blocks)
        else { return true }
        let written = Glibc.send(
            connection.pointee.descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        if written < 0 {
            if errno == EAGAIN || errno == EINTR { waitToWrite(slot, true) } else { close(connection: slot) }
            return false
        }
        connection.pointee.output.consume(written)
        if written < bytes.count {
            waitToWrite(slot, true)
            return false
        }
        return true
    }

    /// Encrypts as many messages as fit into the pipe and writes them in one call. Each is a TLS record of its own:
    /// clients exist that take what one read returns for one message.
    private mutating func writeEncrypted(_ slot: UInt32) -> Bool {
        let connection = connections[slot]
        guard let session = connection.pointee.session else { return false }
        let recordOverhead = 256
        while !connection.pointee.output.isEmpty,
            pipe.pointee.output_capacity - pipe.pointee.output_count > StreamInput.recordBytes + recordOverhead,
            let bytes = connection.pointee.output.next(limit: StreamInput.recordBytes, messages: 1, pool: &blocks)
        {
            let written = copenssl_write(session, bytes.baseAddress, Int32(bytes.count))
            guard written > 0 else {
                pipe.pointee.output_count = 0
                close(connection: slot)
                return false
            }
            connection.pointee.output.consume(Int(written))
        }
        return sendCipher(slot)
    }

    /// Writes what the session put into the pipe; keeps what the kernel has no room for. False when some is kept.
    @discardableResult
    mutating func sendCipher(_ slot: UInt32) -> Bool {
        let connection = connections[slot]
        let count = pipe.pointee.output_count
        pipe.pointee.output_count = 0
        guard let output = pipe.pointee.output, count > 0 else { return true }
        var written = 0
        if connection.pointee.pending == nil {
            written = send(connection.pointee.descriptor, output, count, Int32(MSG_NOSIGNAL))
            if written < 0 && errno != EAGAIN && errno != EINTR {
                close(connection: slot)
                return false
            }
            written = max(written, 0)
            if written == count { return true }
        }
        // Behind what is already pending, if anything is: TLS records must keep their order.
        let held = connection.pointee.pendingCount
        let joined = UnsafeMutablePointer<UInt8>.allocate(capacity: held + count - written)
        if let pending = connection.pointee.pending {
            joined.update(from: pending + connection.pointee.pendingOffset, count: held)
            pending.deallocate()
        }
        (joined + held).update(from: output + written, count: count - written)
        connection.pointee.pending = joined
        connection.pointee.pendingOffset = 0
        connection.pointee.pendingCount = held + count - written
        waitToWrite(slot, true)
        return false
    }

    func waitToWrite(_ slot: UInt32, _ wait: Bool) {
        guard connections[slot].pointee.waitsToWrite != wait else { return }
        connections[slot].pointee.waitsToWrite = wait
        watch(connection: slot)
    }

    /// Reads no more from a connection, or reads from it again.
    func pause(_ slot: UInt32, _ isPaused: Bool) {
        guard connections[slot].pointee.isPaused != isPaused else { return }
        connections[slot].pointee.isPaused = isPaused
        watch(connection: slot)
    }

    private func watch(connection slot: UInt32) {
        let connection = connections[slot]
        let token = EventToken(.connection, slot: slot, generation: connection.pointee.generation)
        let events =
            (connection.pointee.isPaused ? 0 : UInt32(CLINUX_READABLE))
            | (connection.pointee.waitsToWrite ? UInt32(CLINUX_WRITABLE) : 0)
        _ = clinux_epoll_change(epoll, connection.pointee.descriptor, events, token.rawValue)
    }

    // MARK: Closing

    /// Closes the connection of a client, if it has one.
    mutating func close(client: ClientRoute) {
        guard client.tuple.transport != .udp, Int(client.connection) < connections.highWater,
            connections[client.connection].pointee.tuple == client.tuple
        else { return }
        close(connection: client.connection)
    }

    /// Closes a connection; the allocation on it ends with it, unless it was the core that asked.
    mutating func close(connection slot: UInt32, tellsCore: Bool = true) {
        guard Int(slot) < connections.highWater else { return }
        let connection = connections[slot]
        guard connection.pointee.state != .free else { return }
        let tuple = connection.pointee.tuple
        if connection.pointee.passage != SlotTable<Passage>.none { dropPassage(connection.pointee.passage) }
        if let session = connection.pointee.session { SSL_free(session) }
        connection.pointee.session = nil
        Glibc.close(connection.pointee.descriptor)
        connection.pointee.releasePartial()
        connection.pointee.pending?.deallocate()
        connection.pointee.pending = nil
        connection.pointee.output.clear(pool: &blocks)
        connections.remove(slot)
        settings.directory.removeConnection(from: tuple.client.ip)
        if tellsCore { core.connectionClosed(tuple, now: now) }
    }

    /// Closes connections that do nothing useful, and drops media that has waited too long.
    mutating func sweepConnections() {
        let slots = connections.highWater
        guard slots > 0 else { return }
        // A tenth of the table each time, so that a large one does not hold up a turn.
        let count = min(slots, slots / 10 + 64)
        let time = now.monotonic.milliseconds
        for _ in 0..<count {
            if sweepCursor >= slots { sweepCursor = 0 }
            let slot = UInt32(sweepCursor)
            sweepCursor += 1
            let connection = connections[slot]
            guard connection.pointee.state != .free else { continue }
            let silent = time &- connection.pointee.lastProgress
            if isOverdue(connection, silent) {
                counters.connectionsTimedOut &+= 1
                close(connection: slot)
                carryOutEffects()
                continue
            }
            if silent > 1_000, connection.pointee.partialCount == 0 { connection.pointee.releasePartial() }
            if connection.pointee.waitsToWrite, time > settings.streams.outputAgeMax {
                connection.pointee.output.dropMedia(
                    bytes: .max, olderThan: time - settings.streams.outputAgeMax, dropped: &counters.outputDroppedLate)
                connection.pointee.output.releaseDropped(pool: &blocks)
            }
        }
    }

    private mutating func isOverdue(_ connection: UnsafeMutablePointer<Connection>, _ silent: UInt64) -> Bool {
        switch connection.pointee.state {
        case .handshaking: return silent > settings.streams.handshakeTimeMax
        case .passed, .closing: return isOverdue(passed: connection, silent)
        case .free, .open, .greeting: break
        }
        let shortest = min(settings.streams.partialTimeMax, settings.streams.idleTimeMax)
        if silent <= shortest { return false }
        if core.hasAllocation(connection.pointee.tuple) {
            return connection.pointee.partialCount > 0 && silent > settings.streams.partialTimeMax
        }
        connection.pointee.isKnown = false
        return connection.pointee.partialCount > 0 || silent > settings.streams.idleTimeMax
    }
}
