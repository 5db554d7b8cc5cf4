import ArgumentParser
import RelayServer

/// `tern relay status`
struct RelayStatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show how a running relay is doing.")

    @OptionGroup var options: AdministrationOptions

    func run() throws {
        try options.show(.status, as: StatusDocument.self) { Self.text($0) }
    }

    private static func kernelPath(_ path: StatusDocument.KernelPath?) -> String {
        guard let path else { return "off" }
        let problem = path.problem.map { path.interfaces.isEmpty ? "none: \($0)" : "not everywhere: \($0)" }
        return (path.interfaces + [problem].compactMap(\.self)).joined(separator: ", ")
    }

    static func text(_ status: StatusDocument) -> String {
        var rows = [
            ["version", status.version],
            ["state", status.draining ? "draining: no new allocations" : "serving"],
            ["up", Quantity.duration(status.uptimeSeconds)],
            ["load", "\(Quantity.decimal(status.load * 100, places: 0)) %"],
            ["ports", "\(Quantity.count(status.ports.free)) free of \(Quantity.count(status.ports.total))"],
            [
                "allocations",
                "\(Quantity.count(status.allocations)) now, "
                    + "\(Quantity.count(status.allocationsOpened)) since the start",
            ],
            ["connections", Quantity.count(status.connections)],
            ["memory", Quantity.bytes(status.residentBytes)],
        ]
        if let expiry = status.certificateExpires { rows.append(["certificate", "expires \(expiry)"]) }
        rows.append(["kernel path", kernelPath(status.kernelPath)])
        for (index, listener) in status.listeners.enumerated() {
            rows.append([index == 0 ? "listeners" : "", listener])
        }
        var table = AdministrationTable(
            .number("LOOP"), .number("BUSY"), .number("ALLOCATIONS"), .number("CONNECTIONS"), .number("TO PEERS"),
            .number("BYTES"), .number("TO CLIENTS"), .number("BYTES"), .number("DROPPED"))
        for loop in status.loops {
            table.add(
                "\(loop.loop)", Quantity.decimal(loop.busyPercent, places: 1) + " %", Quantity.count(loop.allocations),
                Quantity.count(loop.connections), Quantity.count(loop.toPeers.packets),
                Quantity.bytes(loop.toPeers.bytes), Quantity.count(loop.toClients.packets),
                Quantity.bytes(loop.toClients.bytes), Quantity.count(loop.drops.values.reduce(0, &+)))
        }
        var drops: [String: UInt64] = [:]
        for loop in status.loops { drops.merge(loop.drops, uniquingKeysWith: &+) }
        var parts = [TextColumns.align(rows), table.text]
        if !drops.isEmpty {
            var table = AdministrationTable(.text("DROPPED BECAUSE"), .number("COUNT"))
            for (reason, count) in drops.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
                table.add(reason, Quantity.count(count))
            }
            parts.append(table.text)
        }
        return parts.joined(separator: "\n\n")
    }
}
