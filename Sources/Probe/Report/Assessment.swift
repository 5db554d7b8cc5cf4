import TURNClient

/// Looks at all ways to a server together: what each alone cannot know, and what to ask for.
enum Assessment {
    /// Paths to one host, with what the host's name came to.
    struct Ways {
        var host: String
        var port: UInt16
        var path: PathReport
    }

    /// The paths with verdicts that take the others into account, and with remedies.
    static func judge(_ ways: [Ways]) -> [PathReport] {
        let hosts = Set(ways.map(\.host))
        var down: Set<String> = []
        for host in hosts {
            let all = ways.filter { $0.host == host && $0.path.status != .absent && $0.path.proxy == nil }
            let outcomes = Set(all.compactMap(\.path.blocker))
            // A rejection from every port: somebody is there to send it, and nothing listens.
            if !all.isEmpty, all.allSatisfy({ !$0.path.isUsable }), outcomes == [.refused] { down.insert(host) }
        }
        let silent = silentLimits(ways)
        return ways.map { way in
            var path = way.path
            // A family that this machine lacks is no fault, unless it has no other.
            if path.status == .absent, !ways.contains(where: { $0.host == way.host && $0.path.status != .absent }) {
                path.status = .blocked
            }
            if path.proxy == nil, path.transport != "udp", let bytes = silent[Key(way)],
                [.silentAfterHello, .silentAfterConnect, .diesAfterSeconds].contains(path.blocker)
            {
                path.problem? += "; over UDP, IP packets of more than \(bytes) bytes vanish on this way"
                path.blocker = .largePacketsLost
            }
            if down.contains(way.host), path.proxy == nil, path.blocker == .refused {
                path.blocker = .serverDown
                path.problem =
                    "refused, as is every other way to \(way.host): the host answers, and no relay runs there"
            }
            path.remedy = remedy(path, way)
            return path
        }
    }

    private struct Key: Hashable {
        let host: String
        let family: String?

        init(_ way: Ways) { (host, family) = (way.host, way.path.family) }
    }

    /// What the ways carry on which larger packets vanish unsaid, as UDP showed.
    private static func silentLimits(_ ways: [Ways]) -> [Key: Int] {
        var limits: [Key: Int] = [:]
        for way in ways where way.path.pathMTUIsSilent == true { limits[Key(way)] = way.path.pathMTU }
        return limits
    }

    /// One finding per thing to do, the counted ones first.
    static func findings(_ paths: [PathReport]) -> [ProbeReport.Finding] {
        var findings: [ProbeReport.Finding] = []
        for path in paths {
            guard let blocker = path.blocker, let problem = path.problem, path.status != .absent else { continue }
            let finding = ProbeReport.Finding(
                blocker: blocker, text: "\(label(path)): \(problem)", remedy: path.remedy, counted: path.counted)
            // The same cause once: a wrong password is wrong on every way.
            let isGeneral = Assessment.general.contains(blocker)
            if isGeneral, findings.contains(where: { $0.blocker == blocker && $0.remedy == path.remedy }) { continue }
            findings.append(finding)
        }
        return findings.filter(\.counted) + findings.filter { !$0.counted }
    }

    /// What has one cause, however many ways show it.
    private static let general: Set<Blocker> = [
        .wrongPassword, .expiredCredential, .clockSkew, .dnsFailing, .noSuchName, .serverDown, .relayFull,
        .proxyUnreachable, .proxyAuthentication, .proxyScheme,
    ]

    private static func label(_ path: PathReport) -> String {
        var label = path.uri
        if let server = path.server, !path.uri.contains(server) { label += " at \(server)" }
        if let proxy = path.proxy { label += " through the proxy \(proxy)" }
        return label
    }

    /// What to do when there is no list to try.
    static let noServerListRemedy = "check the address of the list, and that this machine may reach it"

    private static func remedy(_ path: PathReport, _ way: Ways) -> String? {
        guard let blocker = path.blocker else { return nil }
        let endpoint = "\(way.host) port \(way.port)"
        let place = path.server.map { $0.hasPrefix("[") || !$0.hasPrefix(way.host) ? "\($0) (\(way.host))" : $0 }
        let rule =
            path.transport == "udp"
            ? "allow outgoing UDP to \(place ?? endpoint), and the answers to it"
            : "allow outgoing TCP connections to \(place ?? endpoint)"
        switch blocker {
        case .timedOut: return "firewall: \(rule)"
        case .refused: return "firewall: \(rule); if it does already, no server listens on that port"
        case .unreachable: return "firewall or routing: \(rule)"
        case .localFirewall: return "firewall of this machine: \(rule)"
        case .dnsFailing:
            return
                "firewall: allow outgoing UDP and TCP to the name servers in /etc/resolv.conf, port 53; or repair them"
        case .noSuchName: return "check the spelling of \(way.host), and its zone"
        case .serverDown: return "start the relay on \(way.host); the network between lets everything through"
        case .noRoute: return "give this machine a route to \(place ?? endpoint)"
        case .proxyUnreachable: return "check the proxy's address, and allow TCP connections to it"
        case .proxyAuthentication: return "give the proxy's user and password: --proxy http://USER:PASSWORD@HOST:PORT"
        case .proxyScheme:
            return
                "proxy: allow CONNECT to \(way.host):\(way.port) without a password, or with Basic; a browser that is "
                + "signed in to the proxy may get through all the same"
        case .proxyRefused: return "proxy: allow CONNECT to \(way.host):\(way.port)"
        case .resetAfterHello, .silentAfterHello:
            return "firewall: exempt TLS to \(place ?? endpoint) from inspection and from filtering by protocol or name"
        case .silentAfterConnect, .resetAfterConnect, .notTURN:
            return "firewall: exempt \(place ?? endpoint) from filtering by protocol; or it is not the relay's port"
        case .notTLS: return "use the relay's TLS port; a device that answers in its place must let \(endpoint) pass"
        case .interceptedCertificate:
            return "firewall or proxy: exempt \(endpoint) from TLS inspection; if its authority is your own, "
                + "give it with --ca FILE"
        case .selfSignedCertificate: return "give the certificate with --ca FILE, or install one from an authority"
        case .certificateTime: return "renew the certificate on \(way.host), and check the clock of this machine"
        case .certificateName: return "use the name in the certificate, or renew it with \(way.host)"
        case .untrustedCertificate: return "give the right authority with --ca FILE"
        case .wrongPassword: return "check user and password; a time-limited one: the secret that it was made with"
        case .expiredCredential: return "get a new credential"
        case .clockSkew: return "set the clocks: run NTP on this machine and on the relay"
        case .relayFull:
            return "try later, or ask who runs the relay for a larger quota (486) or for room (508)"
        case .diesAfterSeconds:
            return path.transport == "udp"
                ? "firewall: \(rule), for as long as packets flow: no limit of time or volume, no short session timeout"
                : "firewall: \(rule), and do not end them after a time or a volume"
        case .largePacketsLost:
            return "firewall: let ICMP 'fragmentation needed' and ICMPv6 'packet too big' through on the way to "
                + "\(place ?? endpoint), or set the MTU of the tunnel on the way (and its TCP MSS) to what it carries"
        case .noServerList: return noServerListRemedy
        case .relayRefused: return "ask who runs the relay: its log names the reason"
        case .nothingRelayed, .packetLoss: return nil
        case .certificateExpiring: return "renew the certificate on \(way.host)"
        }
    }
}
