import CLinux
import Glibc
import Integrity
import STUN
import TURNClient

extension LoadWorker {
    /// Begins sessions as the ramp says, a few under way at once.
    func beginSessions(_ now: UInt64) {
        guard order.phase == .setup, plan.profile != .allocations else { return }
        let pace = plan.rampPerSecond.map { 1e9 * Double(plan.loops) / $0 }
        nextBegin = .max
        while began < limit, underWay < LoadWorker.underWayLimit {
            if let pace {
                let due = startedAt + UInt64(Double(began) * pace)
                guard due <= now else {
                    nextBegin = due
                    return
                }
            }
            if plan.profile == .flood { beginFlooder() } else { begin(now) }
            began += 1
        }
    }

    /// A cycle of the profile `allocations`.
    func beginCycle() {
        guard underWay < limit, !freePlaces.isEmpty else {
            // The server has not answered as many as there may be: that is its pace, not the generator's.
            counters.missed += 1
            counters.refused += 1
            return
        }
        counters.sent += 1
        begin(clinux_monotonic_nanoseconds())
    }

    /// A new session in a free place.
    func begin(_ now: UInt64) {
        guard let place = freePlaces.popLast() else { return }
        let uri = plan.uris[(place * plan.loops + number) % plan.uris.count]
        let server = servers[(place * plan.loops + number) % plan.uris.count]
        guard let descriptor = connect(server, isStream: uri.transport != .udp) else {
            fail("no socket: \(String(cString: strerror(errno)))")
            freePlaces.append(place)
            return
        }
        let session = LoadSession(
            index: place, transport: uri.transport, descriptor: descriptor, client: makeClient(uri, place),
            state: uri.transport == .udp ? .asking : .connecting, now: now)
        sessions[place] = session
        underWay += 1
        let events = uri.transport == .udp ? CLINUX_READABLE : CLINUX_READABLE | CLINUX_WRITABLE
        _ = clinux_epoll_add(epoll, descriptor, UInt32(events), UInt64(place))
        if uri.transport == .udp {
            clinux_set_buffers(descriptor, 1 << 20, 1 << 20)
            clinux_prepare_traffic(descriptor, Int32(server.family.rawValue))
            descriptors[place] = descriptor
            ask(session)
        }
    }

    /// A connected socket, or one that is being connected.
    private func connect(_ server: TransportAddress, isStream: Bool) -> Int32? {
        let kind = Int32((isStream ? SOCK_STREAM : SOCK_DGRAM).rawValue)
        let descriptor = socket(
            server.family == .ipv4 ? AF_INET : AF_INET6,
            kind | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        let result = ClientSocket.withKernelAddress(server) { Glibc.connect(descriptor, $0, $1) }
        guard result == 0 || errno == EINPROGRESS else {
            close(descriptor)
            return nil
        }
        if isStream { _ = clinux_no_delay(descriptor) }
        return descriptor
    }

    private func makeClient(_ uri: RelayURI, _ place: Int) -> RelayClient {
        RelayClient(
            plan.clientSettings(id: "load-\(number)-\(place)"),
            framing: uri.transport == .udp ? .datagram : .stream, random: SecureRandom())
    }

    /// The first request.
    func ask(_ session: LoadSession) {
        session.state = .asking
        var options = AllocateOptions()
        // The relayed address has to be of the peer's family [RFC 8656 7.1].
        if (plan.remotePeer ?? peer.address).family == .ipv6 { options.family = .ipv6 }
        session.client.start(.allocate(options), now: clinux_monotonic_nanoseconds() / 1_000_000)
        flush(session)
    }

    // MARK: - Answers

    /// What an answer means for its session.
    func take(_ event: ClientEvent, _ session: LoadSession) {
        switch event {
        case .allocated(let allocation):
            session.relayed = allocation.relayed.first
            counters.allocated += 1
            setup.record(clinux_monotonic_nanoseconds() - session.startedAt)
            switch plan.profile {
            case .allocations: start(.refresh(lifetimeSeconds: allocation.lifetimeSeconds, family: nil), session)
            case .idle: becomeReady(session)
            case .voice, .video, .bulk, .flood, .trace: introduce(session)
            }
        case .permitted, .channelBound: becomeReady(session)
        case .refreshed(let seconds):
            counters.refreshed += 1
            if seconds == 0 {
                finish(session)
            } else if plan.profile == .allocations {
                start(.refresh(lifetimeSeconds: 0, family: nil), session)
            }
        case .failed(.allocate, .refused(.allocationMismatch)) where retries < LoadWorker.retryLimit:
            // The server still holds what an earlier client with this port left behind: another port, then.
            retries += 1
            retry(session)
        case .failed(let request, let failure):
            fail("\(LoadWorker.name(request)): \(failure.advice)", session)
        case .bound, .data, .unreachable: break
        }
    }

    /// Opens the way to the session's peer.
    private func introduce(_ session: LoadSession) {
        guard plan.isClientToClient else {
            let address = plan.remotePeer ?? peer.address
            start(
                plan.usesIndications
                    ? .createPermission([address]) : .channelBind(channel: LoadWorker.channel, peer: address), session)
            return
        }
        // Neighbours are each other's peer; who comes second introduces both.
        guard let other = sessions[session.index ^ 1], let theirs = other.relayed, let own = session.relayed else {
            return
        }
        start(.channelBind(channel: LoadWorker.channel, peer: theirs), session)
        start(.channelBind(channel: LoadWorker.channel, peer: own), other)
        flush(other)
    }

    private func start(_ request: ClientRequest, _ session: LoadSession) {
        session.client.start(request, now: clinux_monotonic_nanoseconds() / 1_000_000)
    }

    private func becomeReady(_ session: LoadSession) {
        guard session.state == .asking else { return }
        session.state = .ready
        underWay -= 1
        counters.ready += 1
        turns.append(Int32(truncatingIfNeeded: session.index))
        shorten(session)
    }

    /// Begins a session anew from another port.
    private func retry(_ session: LoadSession) {
        underWay -= 1
        end(session)
        descriptors[session.index] = -1
        sessions[session.index] = nil
        freePlaces.append(session.index)
        begin(clinux_monotonic_nanoseconds())
    }

    static func name(_ request: ClientRequest) -> String {
        switch request {
        case .binding: "Binding"
        case .allocate: "Allocate"
        case .refresh: "Refresh"
        case .createPermission: "CreatePermission"
        case .channelBind: "ChannelBind"
        }
    }

    // MARK: - Ends

    /// Gives all allocations back.
    func giveBack() {
        turns.removeAll()
        for session in sessions {
            guard let session, session.state == .ready, plan.profile != .flood else { continue }
            underWay += 1
            session.state = .asking
            start(.refresh(lifetimeSeconds: 0, family: nil), session)
            flush(session)
        }
    }

    /// A session that has given its allocation back.
    private func finish(_ session: LoadSession) {
        if plan.profile == .allocations, order.phase != .teardown {
            counters.received += 1
            latency.record(clinux_monotonic_nanoseconds() - session.startedAt)
        }
        remove(session)
    }

    func fail(_ text: String, _ session: LoadSession? = nil) {
        if failure == nil { failure = text }
        counters.failed += 1
        guard let session, session.state != .ended else { return }
        if session.state == .ready {
            counters.ready -= 1
            turns.removeAll { Int($0) == session.index }
            underWay += 1
        }
        // Over a stream the allocation ends with the connection.
        if session.relayed != nil, session.transport == .udp {
            start(.refresh(lifetimeSeconds: 0, family: nil), session)
            flush(session)
        }
        remove(session)
    }

    private func remove(_ session: LoadSession) {
        guard session.state != .ended else { return }
        underWay -= 1
        end(session)
        descriptors[session.index] = -1
        // A place that failed during a run stays empty: its flow record tells of its packets.
        if plan.profile == .allocations {
            sessions[session.index] = nil
            freePlaces.append(session.index)
        }
    }

    // MARK: - Flood

    /// A socket that sends what no client sends.
    private func beginFlooder() {
        guard let place = freePlaces.popLast() else { return }
        let server = servers[place % servers.count]
        guard let descriptor = connect(server, isStream: false) else {
            fail("no socket: \(String(cString: strerror(errno)))")
            return
        }
        let session = LoadSession(
            index: place, transport: .udp, descriptor: descriptor, client: makeClient(plan.uris[0], place),
            state: .ready, now: clinux_monotonic_nanoseconds())
        sessions[place] = session
        descriptors[place] = descriptor
        _ = clinux_epoll_add(epoll, descriptor, UInt32(CLINUX_READABLE), UInt64(place))
        counters.ready += 1
        turns.append(Int32(truncatingIfNeeded: place))
    }

    /// The next of the hostile datagrams, from the next socket.
    func sendHostile(_ event: UInt64) {
        guard !turns.isEmpty else { return }
        let place = Int(turns[Int(event % UInt64(turns.count))])
        let datagram = HostileDatagrams.all[Int(event / UInt64(turns.count)) % HostileDatagrams.all.count]
        let result = datagram.withUnsafeBytes {
            clinux_send_run(descriptors[place], $0.baseAddress, $0.count, UInt16(truncatingIfNeeded: $0.count))
        }
        if result == 0 { counters.sent += 1 } else { counters.missed += 1 }
    }
}
