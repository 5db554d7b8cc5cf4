import Credentials
import Glibc
import STUN
import TURNClient

/// Tries one way to a server, step by step, and notes how far it came.
struct PathProbe {
    /// The channel each client binds to the other.
    private static let channel: UInt16 = 0x4000
    /// Days before its end from which a certificate is worth a warning.
    private static let certificateWarningDays = 14
    /// Seconds by which clocks may differ before it is worth a warning where a credential was refused.
    private static let skewTolerance: Int64 = 60

    let item: ProbePlan.Item
    /// The server's address; nil through a proxy, which looks up the name itself.
    let address: TransportAddress?
    let proxy: ProxyAddress?
    let plan: ProbePlan

    private var uri: RelayURI { item.target.uri }
    private var isStream: Bool { uri.transport != .udp }

    /// An empty report of this way.
    var blank: PathReport {
        var path = PathReport(uri: item.target.description, transport: uri.transport.rawValue)
        path.counted = item.isCounted
        path.server = address?.description
        path.family = address.map { $0.family == .ipv4 ? "ipv4" : "ipv6" }
        path.proxy = proxy?.description
        return path
    }

    /// Tries it. What goes wrong is part of the result.
    func run() -> PathReport {
        var path = blank
        do throws(PathProblem) {
            try walk(&path)
            conclude(&path)
        } catch {
            // Other ways may have a route: the assessment of all of them makes more of it when none has.
            path.status = error.blocker == .noRoute ? .absent : .blocked
            path.blocker = error.blocker
            path.problem = error.text
        }
        return path
    }

    private func walk(_ path: inout PathReport) throws(PathProblem) {
        if let address, !isStream { try bind(address, &path) }
        let socket = try open(&path)
        path.local = socket.local.description
        let answer = try greet(socket, &path)
        var caller = ClientDriver(over: socket, framing: isStream ? .stream : .datagram, settings)
        if isStream { try bind(&caller, &path) }
        guard item.target.service == .turn else { return }
        if item.user.isEmpty {
            // Without a credential, a relay that asks for one is all that can be seen.
            guard answer != nil else {
                throw PathProblem(.notTURN, "the server answers Binding requests, and relays nothing")
            }
            return
        }
        let callerAddress = try allocate(&caller, path)
        path.relayed = callerAddress.description
        var unused = blank
        var callee = ClientDriver(over: try open(&unused), framing: isStream ? .stream : .datagram, settings)
        let calleeAddress = try allocate(&callee, path)
        defer {
            // Gives the allocations back; whether that is answered does not matter.
            _ = try? caller.perform(.refresh(lifetimeSeconds: 0, family: nil), timeoutMilliseconds: 500)
            _ = try? callee.perform(.refresh(lifetimeSeconds: 0, family: nil), timeoutMilliseconds: 500)
        }
        let measurement = RelayMeasurement(
            callerAddress: callerAddress, calleeAddress: calleeAddress,
            packets: max(1, Int(plan.seconds * Double(plan.packetsPerSecond))),
            packetsPerSecond: plan.packetsPerSecond, payloadBytes: plan.payloadBytes)
        do throws(ClientDriverFailure) {
            _ = try caller.perform(.channelBind(channel: PathProbe.channel, peer: calleeAddress))
            _ = try callee.perform(.channelBind(channel: PathProbe.channel, peer: callerAddress))
            try measurement.relay(&caller, &callee, &path)
            guard path.lost == 0, path.diedAfterSeconds == nil, plan.throughputSeconds > 0 else { return }
        } catch {
            throw problem(error, path)
        }
        do throws(ClientDriverFailure) {
            path.megabitsPerSecond = try measurement.throughput(&caller, &callee, seconds: plan.throughputSeconds)
        } catch {
            // Small packets have passed: what fails now is what large ones meet, and the conclusion says so.
        }
        path.largePacketsPass = path.megabitsPerSecond != nil
    }

    /// What the finished walk means.
    private func conclude(_ path: inout PathReport) {
        path.status = .works
        if path.sent > 0, path.returned == 0 {
            path.status = .blocked
            path.blocker = .nothingRelayed
            path.problem =
                path.received == 0
                ? "no packet arrived: the relay accepted both channels and forwarded nothing"
                : "packets arrived at the second client, and none came back"
        } else if let seconds = path.diedAfterSeconds {
            path.status = .blocked
            path.blocker = .diesAfterSeconds
            path.problem =
                "packets passed for \(Words.tenths(seconds)) s, and then no more: \(path.lost) of \(path.sent) lost"
        } else if path.lost > 0 {
            path.status = .degraded
            path.blocker = .packetLoss
            path.problem = "\(path.lost) of \(path.sent) packets lost"
        } else if path.largePacketsPass == false {
            path.status = .degraded
            path.blocker = .largePacketsLost
            path.problem =
                "packets of \(plan.payloadBytes) bytes pass, and of \(RelayMeasurement.largePayload) bytes none"
        } else if path.pathMTUIsSilent == true, let bytes = path.pathMTU {
            path.status = .degraded
            path.blocker = .largePacketsLost
            path.problem = "IP packets of more than \(bytes) bytes vanish, and no ICMP message says so"
        } else if let days = path.tls?.daysLeft, days < PathProbe.certificateWarningDays {
            path.status = .degraded
            path.blocker = .certificateExpiring
            path.problem = "the certificate expires in \(days) days"
        }
    }

    // MARK: - Steps

    private var settings: ClientSettings {
        var settings = ClientSettings(username: item.user, password: item.password)
        settings.keepsAlive = false
        return settings
    }

    /// Binding requests over UDP: reachability, NAT, path MTU.
    private func bind(_ server: TransportAddress, _ path: inout PathReport) throws(PathProblem) {
        var exchange = try BindingExchange(to: server)
        guard let answer = try exchange.ask(server) else {
            throw PathProblem(ClientSocketFailure.timedOut, .talking(isStream: false))
        }
        path.mapped = answer.mapped.description
        path.stunUs = Double(answer.roundTrip) / 1_000
        path.software = answer.software
        let behavior = NATBehavior.measure(at: server, answer)
        path.natMapping = behavior.mapping?.rawValue
        path.natFiltering = behavior.filtering?.rawValue
        let mtu = PathMTU.measure(to: server)
        path.pathMTU = mtu?.bytes
        path.pathMTUIsSilent = mtu?.isSilent
    }

    /// A Binding request over a stream.
    private func bind(_ client: inout ClientDriver, _ path: inout PathReport) throws(PathProblem) {
        let sentAt = ClientClock.nanoseconds
        do throws(ClientDriverFailure) {
            if case .bound(let mapped) = try client.perform(.binding, timeoutMilliseconds: plan.timeout) {
                path.mapped = mapped.description
            }
        } catch {
            throw problem(error, path)
        }
        path.stunUs = Double(ClientClock.nanoseconds - sentAt) / 1_000
    }

    /// A connection as this way has it: direct or through the proxy, with TLS or without.
    private func open(_ path: inout PathReport) throws(PathProblem) -> ClientSocket {
        let startedAt = ClientClock.nanoseconds
        let descriptor: Int32
        let remote: TransportAddress
        if let proxy {
            (descriptor, remote) = try ProxyTunnel.open(
                to: uri.host, port: uri.port, through: proxy, timeoutMilliseconds: plan.timeout)
        } else if let address {
            do throws(ClientSocketFailure) {
                descriptor = try ClientSocket.connect(
                    to: address, uri.transport, timeoutMilliseconds: plan.timeout)
            } catch {
                throw PathProblem(error, .connecting)
            }
            remote = address
        } else {
            throw PathProblem(.noSuchName, "\(uri.host) has no address")
        }
        let connectedAt = ClientClock.nanoseconds
        if isStream { path.connectUs = Double(connectedAt - startedAt) / 1_000 }
        if !isStream { SocketOptions.reportErrors(descriptor, remote.family) }
        let socket: ClientSocket
        do throws(ClientSocketFailure) {
            socket = try ClientSocket(
                connected: descriptor, remote: remote, transport: uri.transport, host: uri.host, trust: plan.trust,
                judgesCertificate: false, timeoutMilliseconds: plan.timeout)
        } catch {
            throw PathProblem(error, .handshake)
        }
        guard let facts = socket.tlsFacts else { return socket }
        path.handshakeUs = Double(ClientClock.nanoseconds - connectedAt) / 1_000
        path.tls = PathReport.TLS(facts, unixSeconds: WallClock.unixSeconds)
        // A password's proof must not reach whoever sits in the middle.
        if plan.trust != .anything, let problem = PathProblem(facts, host: uri.host) { throw problem }
        return socket
    }

    /// An Allocate request without a credential: nil when the server has no relay to offer.
    private func greet(
        _ socket: borrowing ClientSocket, _ path: inout PathReport
    ) throws(PathProblem) -> ServerGreeting? {
        guard item.target.service == .turn else { return nil }
        let message: [UInt8]?
        do throws(ClientSocketFailure) {
            message = try GreetingExchange.ask(socket, isStream: isStream, timeoutMilliseconds: plan.timeout)
        } catch {
            throw PathProblem(error, .talking(isStream: isStream))
        }
        guard let message, let greeting = ServerGreeting(message, unixSeconds: WallClock.unixSeconds) else {
            return nil
        }
        path.realm = greeting.realm
        path.clockSkewSeconds = greeting.clockSkewSeconds
        if path.software == nil { path.software = greeting.software }
        return greeting
    }

    private func allocate(
        _ client: inout ClientDriver, _ path: PathReport
    ) throws(PathProblem) -> TransportAddress {
        var options = AllocateOptions()
        do throws(ClientDriverFailure) {
            do {
                if let relayed = try client.allocate(options, timeoutMilliseconds: plan.timeout).relayed.first {
                    return relayed
                }
            } catch .request(_, .refused(.addressFamilyNotSupported)) {
                // A relay with IPv6 alone.
                options.family = .ipv6
                if let relayed = try client.allocate(options, timeoutMilliseconds: plan.timeout).relayed.first {
                    return relayed
                }
            }
        } catch {
            throw problem(error, path)
        }
        throw PathProblem(.relayRefused, "the relay's answer has no address")
    }

    // MARK: - Failures

    private func problem(_ failure: ClientDriverFailure, _ path: PathReport) -> PathProblem {
        switch failure {
        case .socket(let failure): return PathProblem(failure, .talking(isStream: isStream))
        case .request(_, .timedOut): return PathProblem(ClientSocketFailure.timedOut, .talking(isStream: isStream))
        case .request(_, .credentialsRefused(let code)): return refusedCredential(code, path)
        case .request(_, .refused(.allocationQuotaReached)):
            return PathProblem(.relayFull, "486: this user has as many allocations on the relay as allowed")
        case .request(_, .refused(.insufficientCapacity)):
            return PathProblem(.relayFull, "508: the relay is full, or draining before it stops")
        case .request(let request, let failure):
            return PathProblem(
                .relayRefused,
                request == .binding ? "the server refuses a Binding request: \(failure.advice)" : failure.advice)
        }
    }

    /// Tells an expired credential from a wrong one: the relay's answer is the same for both.
    private func refusedCredential(_ code: ErrorCode, _ path: PathReport) -> PathProblem {
        let now = WallClock.unixSeconds
        let skew = path.clockSkewSeconds ?? 0
        let isSkewed = abs(skew) > PathProbe.skewTolerance
        guard let name = TimeLimitedCredential.parse(username: item.user), name.expiresAtUnixSeconds > 1_000_000_000
        else {
            return PathProblem(.wrongPassword, "\(code): the relay does not accept this user and password")
        }
        let left = name.expiresAtUnixSeconds - now
        if left <= 0 {
            return PathProblem(.expiredCredential, "\(code): the credential expired \(Words.duration(-left)) ago")
        }
        if isSkewed, left - skew <= 0 {
            return PathProblem(
                .clockSkew,
                "\(code): by the relay's clock, \(Words.duration(skew)) ahead of this machine's, "
                    + "the credential has expired")
        }
        return PathProblem(
            .wrongPassword,
            "\(code): the credential has \(Words.duration(left)) left, and the relay does not accept its password")
    }
}
