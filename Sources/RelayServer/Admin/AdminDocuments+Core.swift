import RelayCore
import STUN

extension StatusDocument {
    init(_ status: RelayStatus) {
        self.init(
            version: status.version, uptimeSeconds: status.uptimeSeconds, draining: status.isDraining,
            load: status.load.rounded(toPlaces: 4),
            ports: Ports(free: status.portsFree, total: status.portsTotal), listeners: status.listeners,
            residentBytes: status.residentBytes,
            certificateExpires: status.certificateExpiresUnixSeconds.map { LogTime.secondsText($0) },
            allocations: status.allocations, connections: status.connections,
            allocationsOpened: status.loops.reduce(0) { $0 + $1.counters.allocationsOpened },
            kernelPath: status.kernelPath.map { KernelPath(interfaces: $0.interfaces, problem: $0.problem) },
            loops: status.loops.map(Loop.init))
    }
}

extension StatusDocument.Loop {
    init(_ status: LoopStatus) {
        var toPeers = Traffic()
        var toClients = Traffic()
        for transport in ClientTransport.allCases {
            toPeers += status.counters.toPeers(transport)
            toClients += status.counters.toClients(transport)
        }
        var drops: [String: UInt64] = [:]
        for reason in DropReason.allCases where status.counters.drops(reason) > 0 {
            drops[reason.name.description] = status.counters.drops(reason)
        }
        for drop in LoopMetrics.drops where drop.value(status.loopCounters) > 0 {
            drops[drop.reason] = drop.value(status.loopCounters)
        }
        self.init(
            loop: status.loop, allocations: status.allocations, connections: status.connections,
            busyPercent: status.busyPercent.rounded(toPlaces: 2), toPeers: TrafficDocument(toPeers),
            toClients: TrafficDocument(toClients), drops: drops)
    }
}

extension TrafficDocument {
    init(_ traffic: Traffic) { self.init(packets: traffic.packets, bytes: traffic.bytes) }
}

extension SessionsDocument.Session {
    init(_ session: SessionSnapshot) {
        self.init(
            id: session.id.description, username: session.username, client: session.client.description,
            transport: session.transport.name.description, relayed: session.relayed.map(\.description),
            permissions: session.permissions, channels: session.channels, ageSeconds: session.ageSeconds,
            remainingSeconds: session.remainingSeconds, toPeers: TrafficDocument(session.toPeers),
            toClient: TrafficDocument(session.toClient), dropped: session.dropped,
            path: Self.path(session.forwardedShare), kernel: TrafficDocument(session.forwarded))
    }

    private static func path(_ share: ForwardedShare) -> String {
        switch share {
        case .none: "relay"
        case .part: "both"
        case .most: "kernel"
        }
    }
}

extension RefusalsDocument.Refusal {
    init(_ record: RefusalRecord) {
        self.init(
            time: LogTime.secondsText(record.unixSeconds), client: record.client.description,
            transport: record.transport.name.description, method: record.method.description,
            code: Int(record.code.rawValue), username: record.username, reason: record.reason.text)
    }
}

extension CountersDocument {
    init(_ families: [MetricFamily]) {
        self.init(
            counters: families.flatMap { family in
                family.samples.map { sample in
                    Counter(
                        name: family.name,
                        labels: Dictionary(sample.labels.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 }),
                        value: sample.value)
                }
            })
    }
}

extension Double {
    /// Rounded to so many decimal places.
    func rounded(toPlaces places: Int) -> Double {
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        return (self * scale).rounded() / scale
    }
}
