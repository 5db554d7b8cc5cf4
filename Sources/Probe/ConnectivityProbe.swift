import Credentials
import Foundation
import STUN
import Synchronization
import TURNClient

/// Tries every way of a plan at once and puts the results together.
public enum ConnectivityProbe {
    /// Runs the plan. What goes wrong is part of the result.
    public static func run(_ plan: ProbePlan) -> ProbeReport {
        var names: [NameFacts] = []
        var known: [String: (facts: NameFacts, addresses: [TransportAddress])] = [:]
        for item in plan.items where known[item.target.uri.host] == nil {
            let (facts, addresses) = NameLookup.facts(of: item.target.uri.host, port: 0)
            known[item.target.uri.host] = (facts, addresses)
            names.append(facts)
        }
        var plan = plan
        if plan.followsServices { plan.items += discovered(plan.items, names) }

        var probes: [PathProbe] = []
        var unresolved: [Int: PathReport] = [:]
        for item in plan.items {
            let uri = item.target.uri
            let (facts, found) = known[uri.host] ?? NameLookup.facts(of: uri.host, port: 0)
            let addresses = [AddressFamily.ipv4, .ipv6].compactMap { family in found.first { $0.family == family } }
            for address in addresses {
                probes.append(
                    PathProbe(
                        item: item, address: TransportAddress(ip: address.ip, port: uri.port), proxy: nil, plan: plan))
            }
            if addresses.isEmpty {
                let probe = PathProbe(item: item, address: nil, proxy: nil, plan: plan)
                var path = probe.blank
                path.blocker = facts.blocker ?? .noSuchName
                path.problem = facts.problem ?? "\(uri.host) has no address"
                unresolved[probes.count] = path
                probes.append(probe)
            }
            let isLocal = found.contains { $0.ip.isLoopback }
            if let proxy = plan.proxy, uri.transport != .udp, !isLocal {
                var item = item
                // A proxy that the environment names for the web need not pass this.
                item.isCounted = item.isCounted && plan.isProxyCounted
                probes.append(PathProbe(item: item, address: nil, proxy: proxy, plan: plan))
            }
        }

        let results = inParallel(probes, unresolved)
        let ways = zip(probes, results).map {
            Assessment.Ways(host: $0.item.target.uri.host, port: $0.item.target.uri.port, path: $1)
        }
        let paths = Assessment.judge(ways)
        var report = ProbeReport(paths: paths)
        report.time = WallClock.unixSeconds
        report.names = names
        report.credentials = credentials(plan.items)
        report.findings = Assessment.findings(paths)
        return report
    }

    /// What SRV records name and the plan does not [RFC 5928]; with the credential for the same host.
    private static func discovered(_ items: [ProbePlan.Item], _ names: [NameFacts]) -> [ProbePlan.Item] {
        var more: [ProbePlan.Item] = []
        for facts in names {
            guard let first = items.first(where: { $0.target.uri.host == facts.host && $0.target.service == .turn })
            else { continue }
            for text in facts.services {
                guard let uri = RelayURI(text), !(items + more).contains(where: { $0.target.uri == uri }) else {
                    continue
                }
                var item = first
                item.target = ProbeTarget(service: .turn, uri: uri)
                // A bare `turn:HOST` means what DNS says; a URI with a port means itself.
                item.isCounted = first.isCounted && !first.target.isExplicit
                more.append(item)
            }
        }
        return more
    }

    private static func inParallel(_ probes: [PathProbe], _ known: [Int: PathReport]) -> [PathReport] {
        let results = Mutex([Int: PathReport]())
        let group = DispatchGroup()
        for (index, probe) in probes.enumerated() {
            if let path = known[index] {
                results.withLock { $0[index] = path }
                continue
            }
            group.enter()
            // A thread each: every step waits, and the slowest way should decide how long all take.
            Thread.detachNewThread {
                let path = probe.run()
                results.withLock { $0[index] = path }
                group.leave()
            }
        }
        group.wait()
        return results.withLock { all in probes.indices.map { all[$0] ?? probes[$0].blank } }
    }

    private static func credentials(_ items: [ProbePlan.Item]) -> [ProbeReport.Credential] {
        var seen: Set<String> = []
        return items.compactMap { item in
            guard seen.insert(item.user).inserted,
                let name = TimeLimitedCredential.parse(username: item.user), name.expiresAtUnixSeconds > 1_000_000_000
            else { return nil }
            return ProbeReport.Credential(
                user: item.user, secondsLeft: name.expiresAtUnixSeconds - WallClock.unixSeconds)
        }
    }
}
