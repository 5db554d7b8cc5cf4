import CLinux
import Glibc
import Integrity
import MediaPath
import STUN
import TURNClient

extension MediaWorker {
    /// Begins the next session.
    func begin(_ now: UInt64) {
        let place = sessions.count
        let session = MediaSession(
            place: place, number: place * plan.loops + number + 1, now: now,
            firstTimestamp: UInt32(truncatingIfNeeded: random.next()))
        sessions.append(session)
        underWay += 1
        attempt(session) { () throws(ClientSocketFailure) in
            for end in MediaOutcome.End.allCases.prefix(plan.isClientToClient ? 2 : 1) {
                try connect(session, end)
            }
        }
    }

    private func connect(_ session: MediaSession, _ end: MediaOutcome.End) throws(ClientSocketFailure) {
        let target = (session.number - 1) % plan.uris.count
        let leg = try RelayLeg(
            plan.uris[target], servers[target],
            plan.clientSettings(id: "media-\(session.number)-\(end.rawValue)"), trust: plan.trust)
        add(leg, to: session)
        var options = AllocateOptions()
        // The relayed address has to be of the family that the other end reaches it by [RFC 8656 7.1].
        if leg.family == .ipv6 { options.family = .ipv6 }
        try leg.start(.allocate(options))
    }

    private func add(_ leg: any MediaLeg, to session: MediaSession) {
        let token = UInt64(session.place) << 1 | UInt64(session.legs.count)
        session.legs.append(leg)
        _ = clinux_epoll_add(epoll, leg.descriptor, UInt32(CLINUX_READABLE), token)
    }

    /// Does something that may fail; a failure ends the session.
    func attempt(_ session: MediaSession, _ body: () throws(ClientSocketFailure) -> Void) {
        do throws(ClientSocketFailure) {
            try body()
        } catch {
            fail(error.description, session)
            end(session)
        }
    }

    // MARK: - Answers

    /// What the relay did about a session's allocation.
    func take(_ event: ClientEvent, _ session: MediaSession) {
        switch event {
        case .allocated:
            counters.allocated += 1
            setup.record(clinux_monotonic_nanoseconds() - session.startedAt)
            attempt(session) { () throws(ClientSocketFailure) in try introduce(session) }
        case .channelBound:
            if session.state == .asking, session.relayLegs.allSatisfy(\.isBound) { startHandshake(session) }
        case .refreshed(let seconds):
            counters.refreshed += 1
            if seconds == 0, session.state == .leaving { leave(session) }
        case .failed(.allocate, .refused(.allocationMismatch)) where retries < MediaWorker.retryLimit:
            // The server still holds what an earlier client with this port left behind: another port, then.
            retries += 1
            session.legs.removeAll()
            attempt(session) { () throws(ClientSocketFailure) in
                for end in MediaOutcome.End.allCases.prefix(plan.isClientToClient ? 2 : 1) {
                    try connect(session, end)
                }
            }
        case .failed(let request, let failure):
            if session.state == .leaving {
                leave(session)
            } else {
                fail("\(LoadWorker.name(request)): \(failure.advice)", session)
                end(session)
            }
        case .bound, .permitted, .data, .unreachable: break
        }
    }

    /// Opens the way between the two ends, once both have an address.
    private func introduce(_ session: MediaSession) throws(ClientSocketFailure) {
        let clients = session.relayLegs
        guard clients.allSatisfy({ $0.relayed != nil }), let relayed = clients[0].relayed else { return }
        if plan.isClientToClient {
            guard clients.count == 2 else { return }
            clients[0].peer = clients[1].relayed
            clients[1].peer = relayed
        } else {
            let peer = try PeerLeg(towards: relayed)
            clients[0].peer = peer.address
            add(peer, to: session)
        }
        for client in clients {
            guard let peer = client.peer else { continue }
            try client.start(.channelBind(channel: MediaWorker.channel, peer: peer))
        }
    }

    // MARK: - The handshake

    private func startHandshake(_ session: MediaSession) {
        guard let client = DTLSIdentity(), let peer = DTLSIdentity(),
            let first = MediaEndpoint(context, client, role: .client, expecting: peer.fingerprint),
            let second = MediaEndpoint(context, peer, role: .server, expecting: client.fingerprint)
        else {
            fail("OpenSSL can make no certificate", session)
            end(session)
            return
        }
        session.ends = [first, second]
        session.outcome.fingerprints = [client.fingerprint, peer.fingerprint]
        session.outcome.streams = MediaOutcome.End.allCases.map { end in
            MediaStream(
                source: setting.source(session.number, end),
                firstSequence: UInt16(truncatingIfNeeded: random.next()), clockRate: plan.profile.rtpClockRate)
        }
        session.state = .handshaking
        session.handshakeStartedAt = clinux_monotonic_nanoseconds()
        first.start()
        flush(session, .client)
    }

    /// Sends what an end has to say, and looks whether the handshake came to something.
    func flush(_ session: MediaSession, _ end: MediaOutcome.End) {
        attempt(session) { () throws(ClientSocketFailure) in
            for datagram in session.ends[end.rawValue].takeOutputs() {
                if setting.media.proof != nil { session.outcome.wire.look(at: datagram, for: setting.needles) }
                try session.legs[end.rawValue].send(datagram)
            }
        }
        session.outcome.verifiedEnds = session.ends.count { $0.state == .ready }
        guard session.state == .handshaking else { return }
        for end in MediaOutcome.End.allCases {
            guard case .failed(let reason) = session.ends[end.rawValue].state else { continue }
            session.outcome.failure = MediaOutcome.Failure(end: end, reason: reason)
            fail("session \(session.number): the \(end == .client ? "client" : "peer") \(reason)", session)
            return
        }
        if session.outcome.verifiedEnds == 2 {
            handshakes.record(clinux_monotonic_nanoseconds() - session.handshakeStartedAt)
            session.state = .ready
            underWay -= 1
            counters.ready += 1
            turns.append(session.place)
        }
    }

    /// Repeats and renews what is due.
    func tick(_ session: MediaSession, _ now: UInt64) {
        for leg in session.relayLegs {
            attempt(session) { () throws(ClientSocketFailure) in
                for event in try leg.tick() { take(event, session) }
            }
        }
        guard session.state == .handshaking || session.state == .broken else { return }
        for end in MediaOutcome.End.allCases where session.ends.count == 2 && session.state != .ended {
            guard session.ends[end.rawValue].timeout == 0 else { continue }
            session.ends[end.rawValue].retransmit()
            flush(session, end)
        }
        if session.state == .handshaking, now - session.handshakeStartedAt > MediaWorker.handshakePatience {
            session.outcome.failure = MediaOutcome.Failure(end: .client, reason: .handshake("no answer in 15 s"))
            fail("session \(session.number): no DTLS handshake within 15 s: does the relay pass it?", session)
        }
    }

    // MARK: - Ends

    /// Counts a session as failed. Its ends go on talking until it is ended.
    func fail(_ text: String, _ session: MediaSession) {
        guard session.state != .broken, session.state != .ended else { return }
        if failure == nil { failure = text }
        counters.failed += 1
        switch session.state {
        case .ready:
            counters.ready -= 1
            turns.removeAll { $0 == session.place }
        case .asking, .handshaking, .leaving: underWay -= 1
        case .broken, .ended: break
        }
        session.state = .broken
    }

    /// Gives all allocations back.
    func giveBack() {
        turns.removeAll()
        for session in sessions where session.state == .ready || session.state == .broken {
            let clients = session.relayLegs.filter { $0.relayed != nil }
            session.state = .leaving
            session.leaving = max(1, clients.count)
            underWay += 1
            if clients.isEmpty { leave(session) }
            for client in clients {
                attempt(session) { () throws(ClientSocketFailure) in
                    try client.start(.refresh(lifetimeSeconds: 0, family: nil))
                }
            }
        }
    }

    /// One of a session's allocations is given back.
    private func leave(_ session: MediaSession) {
        session.leaving -= 1
        guard session.leaving <= 0, session.state == .leaving else { return }
        underWay -= 1
        end(session)
    }

    /// Closes a session's sockets.
    func end(_ session: MediaSession) {
        session.state = .ended
        session.legs.removeAll()
    }
}

extension TrafficProfile {
    /// Units of RTP timestamps per second.
    var rtpClockRate: Double { self == .video ? 90_000 : 8_000 }

    /// What RTP calls the payload: PCMU, or a number that is agreed on [RFC 3551 6].
    var rtpPayloadType: UInt8 { self == .video ? 96 : 0 }
}
