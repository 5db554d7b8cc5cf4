import CLinux
import COpenSSL
import Glibc
import RelayCore
import STUN

/// Step 4 once more: clients that speak HTTP on a TLS listener are passed on to the companion, byte for byte.
///
/// Each side is read only while the other has room, so a passage holds at most what one read brings each way. What one
/// turn moves over all passages is bounded too: media does not wait for somebody's download.
extension EventLoop {
    /// Bytes that passages may move each way per turn, shared among those that have something to move ...
    private static let passedBytesPerTurn = 256 * 1024
    /// ... but at least so many each.
    private static let passedBytesLeast = 4 * 1024

    /// What one passage may move in this turn.
    static func share(of passages: Int) -> Int {
        min(max(passedBytesPerTurn / max(passages, 1), passedBytesLeast), StreamInput.readBytes)
    }

    /// Bytes that the kernel may hold for a client and has not sent yet.
    private static let unsentBytesMax: Int32 = 256 * 1024

    // MARK: Opening

    /// Plain bytes of a connection that exchanges no STUN messages. False: it does now, and these are the first.
    mutating func takeOther(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ slot: UInt32) -> Bool {
        let connection = connections[slot]
        switch connection.pointee.state {
        case .passed: passOn(bytes, count, slot)
        case .greeting:
            switch Greeting(UnsafeBufferPointer(start: bytes, count: count)) {
            case .stun:
                connection.pointee.state = .open
                return false
            case .http: openPassage(bytes, count, slot)
            case .undecided: keep(bytes, count, needed: Greeting.byteCountMax, slot)
            case .neither:
                counters.connectionsInvalid &+= 1
                close(connection: slot)
            }
        case .open: return false
        case .free, .handshaking, .closing: break
        }
        return true
    }

    private mutating func openPassage(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ slot: UInt32) {
        let connection = connections[slot]
        connection.pointee.releasePartial()
        guard let index = passages.add(Passage(connection: slot)) else {
            refuse(slot, code: ENOBUFS)
            return
        }
        connection.pointee.state = .passed
        connection.pointee.passage = index
        connection.pointee.lastProgress = now.monotonic.milliseconds
        passagesWaiting += 1
        _ = clinux_limit_unsent(connection.pointee.descriptor, Self.unsentBytesMax)
        let listener = TransportAddress(clinux_local_address(connection.pointee.descriptor))
        let header = ProxyHeader.bytes(client: connection.pointee.tuple.client, listener: listener)
        passages[index].pointee.hold(header, header.count)
        passages[index].pointee.hold(bytes, count)
        connect(index)
    }

    private mutating func connect(_ index: UInt32) {
        let passage = passages[index]
        let slot = passage.pointee.connection
        let descriptor = companion?.connect() ?? -ECONNREFUSED
        guard descriptor >= 0 else {
            if descriptor == -EAGAIN {
                pause(slot, true)
                return
            }
            dropPassage(index)
            refuse(slot, code: -descriptor)
            return
        }
        passage.pointee.descriptor = descriptor
        passage.pointee.state = .open
        passagesWaiting -= 1
        counters.passagesOpened &+= 1
        drain(index)
        settle(index)
    }

    /// Tries the passages again for which the companion's queue was full.
    mutating func retryPassages() {
        guard passagesWaiting > 0 else { return }
        for index in 0..<UInt32(passages.highWater) where passages[index].pointee.state == .waiting {
            let slot = passages[index].pointee.connection
            let waited = now.monotonic.milliseconds &- connections[slot].pointee.lastProgress
            if waited > settings.streams.passageWaitTimeMax {
                dropPassage(index)
                refuse(slot, code: EAGAIN)
            } else {
                connect(index)
            }
        }
    }

    /// The client gets a short answer and the end.
    private mutating func refuse(_ slot: UInt32, code: Int32) {
        counters.passagesRefused &+= 1
        if code == EMFILE || code == ENFILE { counters.descriptorsExhausted &+= 1 }
        observer?.trouble(code == EMFILE || code == ENFILE ? .descriptorsExhausted : .companion(code: code))
        beginClosing(slot)
        Unavailable.answer.withUnsafeBufferPointer { write($0.baseAddress!, $0.count, slot) }
        if connections[slot].pointee.state == .closing { sendEnd(slot) }
    }

    // MARK: From the client

    /// The connection of a passage, or one that is closing, can be read or written.
    mutating func servePassed(_ slot: UInt32, _ mask: UInt32) {
        passageEvents += 1
        let connection = connections[slot]
        if mask & UInt32(CLINUX_WRITABLE) != 0, connection.pointee.pending != nil {
            let before = connection.pointee.pendingCount
            let isWritten = writePending(slot)
            guard connection.pointee.state != .free else { return }
            if connection.pointee.pendingCount < before { noteProgress(slot) }
            if isWritten { waitToWrite(slot, false) }
        }
        let isBroken = mask & UInt32(CLINUX_FAILED | CLINUX_HUNG_UP) != 0
        if connection.pointee.isPaused {
            // Nothing can be read now, and a connection that is gone both ways would be told of over and over.
            if isBroken {
                close(connection: slot)
                return
            }
        } else if isBroken || mask & UInt32(CLINUX_READABLE) != 0 {
            readPassed(slot)
            guard connection.pointee.state != .free else { return }
        }
        if connection.pointee.state == .passed {
            settle(connection.pointee.passage)
        } else if connection.pointee.pending == nil {
            sendEnd(slot)
            if connection.pointee.state != .free, connection.pointee.isPaused { close(connection: slot) }
        }
    }

    private mutating func readPassed(_ slot: UInt32) {
        let connection = connections[slot]
        let wire = streamInput.baseAddress!
        let count = recv(connection.pointee.descriptor, wire, passageShare, 0)
        guard count > 0 else {
            if count < 0 && (errno == EAGAIN || errno == EINTR) { return }
            if count < 0 { close(connection: slot) } else { clientEnded(slot) }
            return
        }
        guard connection.pointee.state == .passed else { return }
        noteProgress(slot)
        decrypt(wire.assumingMemoryBound(to: UInt8.self), count, slot)
    }

    /// Nothing more comes from the client; what is on its way to it still goes.
    mutating func clientEnded(_ slot: UInt32) {
        let connection = connections[slot]
        if connection.pointee.state == .passed {
            passages[connection.pointee.passage].pointee.clientEnded = true
        } else if connection.pointee.pending == nil {
            close(connection: slot)
        } else {
            pause(slot, true)
        }
    }

    private mutating func passOn(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ slot: UInt32) {
        let passage = passages[connections[slot].pointee.passage]
        if passage.pointee.isDeaf { return }
        var sent = 0
        if passage.pointee.state == .open, passage.pointee.heldCount == 0 {
            sent = send(passage.pointee.descriptor, bytes, count, Int32(MSG_NOSIGNAL))
            if sent < 0 {
                guard errno == EAGAIN || errno == EINTR else {
                    passage.pointee.isDeaf = true
                    return
                }
                sent = 0
            }
        }
        passage.pointee.hold(bytes + sent, count - sent)
    }

    /// Writes to the companion what waited for room.
    private mutating func drain(_ index: UInt32) {
        let passage = passages[index]
        guard let held = passage.pointee.held, passage.pointee.heldCount > 0 else { return }
        let sent = send(
            passage.pointee.descriptor, held + passage.pointee.heldOffset, passage.pointee.heldCount,
            Int32(MSG_NOSIGNAL))
        if sent < 0 {
            // What the companion said before it went can still be read.
            if errno != EAGAIN && errno != EINTR { passage.pointee.isDeaf = true }
            return
        }
        noteProgress(passage.pointee.connection)
        passage.pointee.heldOffset += sent
        passage.pointee.heldCount -= sent
        if passage.pointee.heldCount == 0 { passage.pointee.releaseHeld() }
    }

    // MARK: From the companion

    /// The companion's side of a passage can be read or written.
    mutating func servePassage(_ token: EventToken, _ mask: UInt32) {
        guard Int(token.slot) < passages.highWater else { return }
        let passage = passages[token.slot]
        guard passage.pointee.state == .open,
            passage.pointee.generation & EventToken.generationMask == token.generation
        else { return }
        passageEvents += 1
        if mask & UInt32(CLINUX_WRITABLE) != 0 { drain(token.slot) }
        let isGone = mask & UInt32(CLINUX_FAILED | CLINUX_HUNG_UP) != 0
        if isGone { passage.pointee.isDeaf = true }
        if passage.pointee.interest & UInt32(CLINUX_READABLE) != 0, isGone || mask & UInt32(CLINUX_READABLE) != 0 {
            let slot = passage.pointee.connection
            readCompanion(token.slot)
            guard connections[slot].pointee.state == .passed else { return }
        }
        settle(token.slot)
    }

    private mutating func readCompanion(_ index: UInt32) {
        let passage = passages[index]
        let bytes = (streamInput.baseAddress! + StreamInput.plainOffset).assumingMemoryBound(to: UInt8.self)
        let count = recv(passage.pointee.descriptor, bytes, passageShare, 0)
        guard count > 0 else {
            if count < 0 && (errno == EAGAIN || errno == EINTR) { return }
            // A reset is no more than an end: the companion closed before it had read everything.
            if count < 0 { passage.pointee.isDeaf = true }
            passage.pointee.companionEnded = true
            return
        }
        noteProgress(passage.pointee.connection)
        write(bytes, count, passage.pointee.connection)
    }

    /// Encrypts bytes for the client and writes them; what the kernel has no room for stays pending.
    private mutating func write(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ slot: UInt32) {
        guard let session = connections[slot].pointee.session else { return }
        var done = 0
        while done < count {
            let written = copenssl_write(session, bytes + done, Int32(min(count - done, StreamInput.recordBytes)))
            guard written > 0 else {
                pipe.pointee.output_count = 0
                close(connection: slot)
                return
            }
            done += Int(written)
        }
        sendCipher(slot)
    }

    // MARK: Both ways

    /// Brings in line with where a passage stands what is watched of its two sides and what they have been told.
    mutating func settle(_ index: UInt32) {
        let passage = passages[index]
        let slot = passage.pointee.connection
        let connection = connections[slot]
        if passage.pointee.isDeaf { passage.pointee.releaseHeld() }
        if passage.pointee.clientEnded, passage.pointee.heldCount == 0, passage.pointee.state == .open,
            !passage.pointee.hasToldCompanion
        {
            passage.pointee.hasToldCompanion = true
            shutdown(passage.pointee.descriptor, Int32(SHUT_WR))
        }
        if passage.pointee.companionEnded {
            if connection.pointee.pending == nil { sendEnd(slot) }
            guard connection.pointee.state != .free else { return }
            let clientEnded = passage.pointee.clientEnded
            if clientEnded && connection.pointee.pending == nil {
                close(connection: slot)
                return
            }
            if clientEnded || passage.pointee.isDeaf {
                dropPassage(index)
                beginClosing(slot)
                pause(slot, clientEnded)
                return
            }
        }
        pause(
            slot, passage.pointee.heldCount > 0 || passage.pointee.clientEnded || passage.pointee.state == .waiting)
        watch(index)
    }

    /// Tells epoll what is to be known of the companion's side.
    private mutating func watch(_ index: UInt32) {
        let passage = passages[index]
        guard passage.pointee.state == .open else { return }
        var interest: UInt32 = 0
        if !passage.pointee.companionEnded, connections[passage.pointee.connection].pointee.pending == nil {
            interest |= UInt32(CLINUX_READABLE)
        }
        if passage.pointee.heldCount > 0 { interest |= UInt32(CLINUX_WRITABLE) }
        let before = passage.pointee.interest
        guard interest != before else { return }
        passage.pointee.interest = interest
        let descriptor = passage.pointee.descriptor
        let token = EventToken(.passage, slot: index, generation: passage.pointee.generation).rawValue
        let failed =
            if interest == 0 {
                clinux_epoll_remove(epoll, descriptor)
            } else if before == 0 {
                clinux_epoll_add(epoll, descriptor, interest, token)
            } else {
                clinux_epoll_change(epoll, descriptor, interest, token)
            }
        if failed != 0 { close(connection: passage.pointee.connection) }
    }

    private func noteProgress(_ slot: UInt32) {
        connections[slot].pointee.lastProgress = now.monotonic.milliseconds
    }

    // MARK: Closing

    /// Whether nothing has happened for too long.
    func isOverdue(passed connection: UnsafeMutablePointer<Connection>, _ silent: UInt64) -> Bool {
        guard connection.pointee.state == .passed else {
            let limit =
                connection.pointee.pending == nil
                ? settings.streams.lingerTimeMax : settings.streams.passageHalfTimeMax
            return silent > limit
        }
        let passage = passages[connection.pointee.passage]
        let isHalf = passage.pointee.clientEnded || passage.pointee.companionEnded
        return silent > (isHalf ? settings.streams.passageHalfTimeMax : settings.streams.passageIdleTimeMax)
    }

    /// The connection has no passage any more: what is queued for the client leaves, and then the end. It is not closed
    /// at once, for the kernel would reset it if the client had sent more, and the client might lose the answer.
    private mutating func beginClosing(_ slot: UInt32) {
        let connection = connections[slot]
        connection.pointee.state = .closing
        connection.pointee.lastProgress = now.monotonic.milliseconds
        pause(slot, false)
    }

    /// Tells the client that nothing more comes.
    private mutating func sendEnd(_ slot: UInt32) {
        let connection = connections[slot]
        if !connection.pointee.hasSentEnd, let session = connection.pointee.session {
            connection.pointee.hasSentEnd = true
            copenssl_close_notify(session)
            sendCipher(slot)
        }
        if connection.pointee.state != .free, connection.pointee.pending == nil {
            shutdown(connection.pointee.descriptor, Int32(SHUT_WR))
        }
    }

    /// Gives back what a passage holds.
    mutating func dropPassage(_ index: UInt32) {
        let passage = passages[index]
        if passage.pointee.state == .waiting { passagesWaiting -= 1 }
        if passage.pointee.descriptor >= 0 { Glibc.close(passage.pointee.descriptor) }
        passage.pointee.releaseHeld()
        connections[passage.pointee.connection].pointee.passage = SlotTable<Passage>.none
        passages.remove(index)
    }
}
