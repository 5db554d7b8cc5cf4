import CLinux
import COpenSSL
import Glibc
import STUN
import TURNClient

extension LoadWorker {
    /// An event of a session's socket.
    func take(_ session: LoadSession, _ mask: UInt32) {
        guard session.transport != .udp else {
            receiveAtClient(session)
            return
        }
        switch session.state {
        case .connecting: continueConnecting(session)
        case .handshaking: continueHandshake(session)
        case .asking, .ready:
            if mask & UInt32(CLINUX_WRITABLE) != 0 { drain(session) }
            if mask & ~UInt32(CLINUX_WRITABLE) != 0 { receiveStream(session) }
        case .ended: break
        }
    }

    // MARK: - Setting up

    private func continueConnecting(_ session: LoadSession) {
        var code: Int32 = 0
        var count = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(session.descriptor, SOL_SOCKET, SO_ERROR, &code, &count)
        guard code == 0 else {
            fail("no connection: \(String(cString: strerror(code)))", session)
            return
        }
        guard session.transport == .tls else {
            watch(session, forRoom: false)
            ask(session)
            return
        }
        let host = plan.uris[(session.index * plan.loops + number) % plan.uris.count].host
        guard let context = context(),
            let tls = copenssl_client_session(context, session.descriptor, host, IPAddress(host) == nil ? 0 : 1)
        else {
            fail("TLS cannot be used: is the file with the authority right?", session)
            return
        }
        session.tls = tls
        session.state = .handshaking
        continueHandshake(session)
    }

    private func context() -> OpaquePointer? {
        if tlsContext == nil {
            let path: String? = if case .authorities(let path) = plan.trust { path } else { nil }
            tlsContext = copenssl_client_context(plan.trust == .anything ? 0 : 1, path)
        }
        return tlsContext
    }

    private func continueHandshake(_ session: LoadSession) {
        switch Int(copenssl_handshake(session.tls)) {
        case COPENSSL_DONE:
            watch(session, forRoom: false)
            ask(session)
        case COPENSSL_WANTS_INPUT: watch(session, forRoom: false)
        case COPENSSL_WANTS_OUTPUT: watch(session, forRoom: true)
        default:
            let problem = copenssl_certificate_problem(session.tls).map { String(cString: $0) }
            fail("no TLS: \(problem.map { "certificate not trusted: \($0)" } ?? "the handshake failed")", session)
        }
    }

    private func watch(_ session: LoadSession, forRoom: Bool) {
        session.awaitsRoom = forRoom
        let events = forRoom ? CLINUX_READABLE | CLINUX_WRITABLE : CLINUX_READABLE
        _ = clinux_epoll_change(epoll, session.descriptor, UInt32(events), UInt64(session.index))
    }

    // MARK: - Writing

    /// Sends the requests that the session's client has to send.
    func flush(_ session: LoadSession) {
        guard session.state != .ended else { return }
        while let message = session.client.nextOutput() {
            // A request has just begun to wait for its answer.
            nextDeadline = 0
            message.withUnsafeBytes { bytes in
                if session.transport == .udp {
                    _ = clinux_send_run(
                        session.descriptor, bytes.baseAddress, bytes.count, UInt16(truncatingIfNeeded: bytes.count))
                } else {
                    _ = write(session, bytes, mayRefuse: false)
                }
            }
        }
    }

    /// Writes all bytes, now or when there is room; false when there are too many waiting already.
    func write(_ session: LoadSession, _ bytes: UnsafeRawBufferPointer, mayRefuse: Bool) -> Bool {
        guard session.state == .asking || session.state == .ready else { return false }
        if !session.unsent.isEmpty {
            if mayRefuse, session.unsent.count + bytes.count > LoadSession.unsentLimit { return false }
            session.unsent.append(contentsOf: bytes)
            return true
        }
        guard let sent = writeNow(session, bytes) else {
            fail("the server closed a connection", session)
            return false
        }
        if sent < bytes.count {
            session.unsent.append(contentsOf: bytes[sent...])
            watch(session, forRoom: true)
        }
        return true
    }

    /// As many bytes as fit; nil when the connection is over.
    private func writeNow(_ session: LoadSession, _ bytes: UnsafeRawBufferPointer) -> Int? {
        if let tls = session.tls {
            let result = Int(copenssl_write(tls, bytes.baseAddress, Int32(bytes.count)))
            if result >= 0 { return result }
            return result == COPENSSL_WANTS_OUTPUT || result == COPENSSL_WANTS_INPUT ? 0 : nil
        }
        let result = send(session.descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        if result >= 0 { return result }
        return errno == EAGAIN || errno == EINTR ? 0 : nil
    }

    private func drain(_ session: LoadSession) {
        guard let sent = session.unsent.withUnsafeBytes({ writeNow(session, $0) }) else {
            fail("the server closed a connection", session)
            return
        }
        session.unsent.removeFirst(sent)
        if session.unsent.isEmpty, session.awaitsRoom { watch(session, forRoom: false) }
    }

    // MARK: - Reading

    private func receiveStream(_ session: LoadSession) {
        for _ in 0..<4 {
            let held = session.leftover.count
            // What is left from before comes first, in the same buffer.
            session.leftover.withUnsafeBufferPointer {
                if held > 0 { inboxBytes.update(from: $0.baseAddress!, count: held) }
            }
            let room = Int(CLINUX_BUFFER_BYTES)
            let count: Int
            if let tls = session.tls {
                count = Int(copenssl_read(tls, inboxBytes + held, Int32(room)))
                if count == COPENSSL_WANTS_INPUT || count == COPENSSL_WANTS_OUTPUT { return }
            } else {
                count = recv(session.descriptor, inboxBytes + held, room, 0)
                if count < 0, errno == EAGAIN || errno == EINTR { return }
            }
            guard count > 0 else {
                fail("the server closed a connection", session)
                return
            }
            let used = cut(session, held + count)
            guard session.state != .ended else { return }
            session.leftover = Array(UnsafeBufferPointer(start: inboxBytes + used, count: held + count - used))
            if session.tls == nil, count < room { return }
        }
    }

    /// Takes the whole messages among the bytes in the buffer; returns how many bytes they were.
    private func cut(_ session: LoadSession, _ count: Int) -> Int {
        let now = clinux_monotonic_nanoseconds()
        var offset = 0
        while offset < count {
            let rest = UnsafeRawBufferPointer(start: inboxBytes + offset, count: count - offset)
            switch StreamFraming.next(rest.bytes) {
            case .need: return offset
            case .invalid:
                fail("the server's answer is no TURN", session)
                return count
            case .message(let size):
                takeMessage(session, inboxBytes + offset, size, now)
                offset += size
            case .channelData(let payload, let total):
                takeMessage(session, inboxBytes + offset, payload + 4, now)
                offset += total
            }
            guard session.state != .ended else { return count }
        }
        return offset
    }

    /// Closes a session's connection.
    func end(_ session: LoadSession) {
        guard session.state != .ended else { return }
        session.state = .ended
        if let tls = session.tls {
            SSL_free(tls)
            session.tls = nil
        }
        close(session.descriptor)
    }
}
