import Credentials
import RelayServer

/// The live view as text. Pure: what is shown depends on the numbers and the size of the screen.
enum TopScreen {
    /// The screen's lines: no more than `height`, none longer than `width`.
    static func lines(_ rates: TopRates, width: Int, height: Int) -> [String] {
        var lines = head(rates) + [""] + loops(rates)
        let drops = drops(rates)
        let sessions = sessions(rates)
        // What is left is shared: drops have up to a third of it, sessions the rest.
        let left = max(0, height - lines.count)
        let dropLines = drops.isEmpty ? [] : [""] + drops.prefix(max(3, left / 3))
        lines += dropLines
        if !sessions.isEmpty { lines += [""] + sessions }
        return lines.prefix(max(0, height)).map { String($0.prefix(max(0, width))) }
    }

    /// One line per loop, and one for all when there are several: for a file or a pipe.
    static func plain(_ rates: TopRates) -> [String] {
        func line(_ name: String, _ loop: TopRates.Loop) -> String {
            "\(rates.time) \(name) busy=\(Quantity.decimal(loop.busyPercent, places: 1))% "
                + "allocations=\(loop.allocations)"
                + " connections=\(loop.connections) to-peers=\(Quantity.decimal(loop.toPeers.packets, places: 0))/s"
                + " \(Quantity.megabits(loop.toPeers.bytes))Mbit/s"
                + " to-clients=\(Quantity.decimal(loop.toClients.packets, places: 0))/s"
                + " \(Quantity.megabits(loop.toClients.bytes))Mbit/s"
                + " dropped=\(Quantity.decimal(loop.dropped, places: 0))/s"
        }
        let each = rates.loops.map { line("loop=\($0.loop)", $0) }
        return rates.loops.count > 1 ? each + [line("loop=all", rates.total)] : each
    }

    private static func head(_ rates: TopRates) -> [String] {
        let status = rates.status
        return [
            "tern \(LogText.visible(status.version))  up \(Quantity.duration(status.uptimeSeconds))  "
                + (status.draining ? "DRAINING" : "serving")
                + "  load \(Quantity.decimal(status.load * 100, places: 0)) %  "
                + "memory \(Quantity.bytes(status.residentBytes))",
            "allocations \(Quantity.count(status.allocations))  connections \(Quantity.count(status.connections))  "
                + "ports free \(Quantity.count(status.ports.free)) of \(Quantity.count(status.ports.total))",
        ]
    }

    private static func loops(_ rates: TopRates) -> [String] {
        var table = AdministrationTable(
            .number("LOOP"), .number("BUSY"), .text(""), .number("ALLOCATIONS"), .number("CONNECTIONS"),
            .number("TO PEERS/s"), .number("Mbit/s"), .number("TO CLIENTS/s"), .number("Mbit/s"), .number("DROPPED/s"))
        func add(_ name: String, _ loop: TopRates.Loop) {
            table.add(
                name, Quantity.decimal(loop.busyPercent, places: 1) + " %", bar(loop.busyPercent),
                Quantity.count(loop.allocations), Quantity.count(loop.connections), Quantity.rate(loop.toPeers.packets),
                Quantity.megabits(loop.toPeers.bytes), Quantity.rate(loop.toClients.packets),
                Quantity.megabits(loop.toClients.bytes), Quantity.rate(loop.dropped))
        }
        for loop in rates.loops { add("\(loop.loop)", loop) }
        if rates.loops.count > 1 { add("all", rates.total) }
        return table.lines
    }

    private static func drops(_ rates: TopRates) -> [String] {
        guard !rates.drops.isEmpty else { return [] }
        var table = AdministrationTable(.text("DROPPED BECAUSE"), .number("/s"), .number("SINCE START"))
        for drop in rates.drops { table.add(drop.reason, Quantity.rate(drop.perSecond), Quantity.count(drop.total)) }
        return table.lines
    }

    private static func sessions(_ rates: TopRates) -> [String] {
        guard !rates.sessions.isEmpty else { return [] }
        var table = AdministrationTable(
            .text("BUSIEST"), .text("USER"), .text("CLIENT"), .text("VIA"), .number("AGE"), .number("TO PEERS/s"),
            .number("Mbit/s"), .number("TO CLIENT/s"), .number("Mbit/s"))
        for session in rates.sessions.prefix(50) {
            table.add(
                session.id, String(session.username.prefix(32)), session.client, session.transport,
                Quantity.duration(session.ageSeconds), Quantity.rate(session.toPeers.packets),
                Quantity.megabits(session.toPeers.bytes), Quantity.rate(session.toClient.packets),
                Quantity.megabits(session.toClient.bytes))
        }
        return table.lines
    }

    /// Ten characters for 0 to 100 percent.
    private static func bar(_ percent: Double) -> String {
        let full = Int((min(max(percent, 0), 100) / 10).rounded())
        return String(repeating: "#", count: full) + String(repeating: ".", count: 10 - full)
    }
}
