import Foundation
import RelayServer

/// What the relay told at one moment.
struct TopSample {
    /// Seconds of a steady clock.
    var seconds: Double
    var status: StatusDocument
    var sessions: [SessionsDocument.Session]
}

/// What happened between two moments, per second.
struct TopRates: Codable {
    /// Packets and bytes per second.
    struct Flow: Codable, Equatable {
        var packets = 0.0
        var bytes = 0.0
    }

    struct Loop: Codable {
        var loop: Int
        var busyPercent: Double
        var allocations: Int
        var connections: Int
        var toPeers: Flow
        var toClients: Flow
        var dropped: Double
    }

    struct Drop: Codable {
        var reason: String
        var perSecond: Double
        var total: UInt64
    }

    struct Session: Codable {
        var id: String
        var username: String
        var client: String
        var transport: String
        var ageSeconds: Int
        var toPeers: Flow
        var toClient: Flow
    }

    var time: String
    var status: StatusDocument
    var loops: [Loop]
    /// Those that occurred since the relay's start, most frequent now first.
    var drops: [Drop]
    /// Busiest first.
    var sessions: [Session]

    init(from earlier: TopSample, to later: TopSample, now: Date = Date()) {
        let seconds = max(later.seconds - earlier.seconds, 0.001)
        // A number that went down belongs to a relay that was started anew: nothing is known of this interval.
        func rate(_ before: UInt64, _ after: UInt64) -> Double { after > before ? Double(after - before) / seconds : 0 }
        func flow(_ before: TrafficDocument?, _ after: TrafficDocument) -> Flow {
            guard let before else { return Flow() }
            return Flow(packets: rate(before.packets, after.packets), bytes: rate(before.bytes, after.bytes))
        }
        time = now.formatted(.iso8601)
        status = later.status
        let loopsBefore = Dictionary(earlier.status.loops.map { ($0.loop, $0) }) { $1 }
        loops = later.status.loops.map { loop in
            let before = loopsBefore[loop.loop]
            return Loop(
                loop: loop.loop, busyPercent: loop.busyPercent, allocations: loop.allocations,
                connections: loop.connections, toPeers: flow(before?.toPeers, loop.toPeers),
                toClients: flow(before?.toClients, loop.toClients),
                dropped: before.map { rate($0.drops.values.reduce(0, &+), loop.drops.values.reduce(0, &+)) } ?? 0)
        }
        func drops(_ status: StatusDocument) -> [String: UInt64] {
            status.loops.reduce(into: [:]) { $0.merge($1.drops, uniquingKeysWith: &+) }
        }
        let dropsBefore = drops(earlier.status)
        self.drops = drops(later.status).map { reason, total in
            Drop(reason: reason, perSecond: rate(dropsBefore[reason] ?? 0, total), total: total)
        }.sorted { ($1.perSecond, $1.total, $0.reason) < ($0.perSecond, $0.total, $1.reason) }
        let sessionsBefore = Dictionary(earlier.sessions.map { ($0.id, $0) }) { $1 }
        sessions = later.sessions.map { session in
            let before = sessionsBefore[session.id]
            return Session(
                id: session.id, username: session.username, client: session.client, transport: session.transport,
                ageSeconds: session.ageSeconds, toPeers: flow(before?.toPeers, session.toPeers),
                toClient: flow(before?.toClient, session.toClient))
        }.sorted { ($1.bytes, $0.id) < ($0.bytes, $1.id) }
    }

    /// The sum over all loops.
    var total: Loop {
        loops.reduce(
            into: Loop(
                loop: loops.count, busyPercent: 0, allocations: 0, connections: 0, toPeers: Flow(), toClients: Flow(),
                dropped: 0)
        ) { sum, loop in
            sum.busyPercent = max(sum.busyPercent, loop.busyPercent)
            sum.allocations += loop.allocations
            sum.connections += loop.connections
            sum.toPeers.packets += loop.toPeers.packets
            sum.toPeers.bytes += loop.toPeers.bytes
            sum.toClients.packets += loop.toClients.packets
            sum.toClients.bytes += loop.toClients.bytes
            sum.dropped += loop.dropped
        }
    }

    /// One line of JSON.
    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}

extension TopRates.Session {
    /// Bytes per second in both directions.
    var bytes: Double { toPeers.bytes + toClient.bytes }
}
