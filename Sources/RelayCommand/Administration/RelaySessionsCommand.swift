import ArgumentParser
import RelayServer

/// `tern relay sessions`
struct RelaySessionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions", abstract: "List the allocations of a running relay.")

    @OptionGroup var options: AdministrationOptions

    @Option(name: .long, help: ArgumentHelp("List at most so many.", valueName: "number"))
    var limit = AdminAPI.listLimitDefault

    func validate() throws { try Self.check(limit: limit) }

    func run() throws {
        try options.show(.sessions(limit: limit), as: SessionsDocument.self) { Self.text($0) }
    }

    static func text(_ document: SessionsDocument) -> String {
        guard !document.sessions.isEmpty else { return "no sessions" }
        var table = AdministrationTable(
            .text("ID"), .text("USER"), .text("CLIENT"), .text("VIA"), .text("PATH"), .text("RELAYED"), .number("AGE"),
            .number("LEFT"), .number("TO PEERS"), .number("TO CLIENT"), .number("DROPPED"))
        for session in document.sessions.sorted(by: { $0.bytes > $1.bytes }) {
            table.add(
                session.id, session.username, session.client, session.transport, session.path,
                session.relayed.joined(separator: " "), Quantity.duration(session.ageSeconds),
                Quantity.duration(session.remainingSeconds), Quantity.bytes(session.toPeers.bytes),
                Quantity.bytes(session.toClient.bytes), Quantity.count(session.dropped))
        }
        guard document.total > document.sessions.count else { return table.text }
        return table.text
            + "\n\(Quantity.count(document.sessions.count)) of \(Quantity.count(document.total)); --limit shows more"
    }

    /// Refuses limits that the relay would refuse.
    static func check(limit: Int) throws {
        guard (1...AdminAPI.listLimitMax).contains(limit) else {
            throw ValidationError("--limit takes a number from 1 to \(AdminAPI.listLimitMax)")
        }
    }
}

extension SessionsDocument.Session {
    /// Payload in both directions.
    var bytes: UInt64 { toPeers.bytes &+ toClient.bytes }
}
