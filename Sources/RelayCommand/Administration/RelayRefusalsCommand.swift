import ArgumentParser
import RelayServer

/// `tern relay refusals`
struct RelayRefusalsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refusals",
        abstract: "Show which requests a running relay refused lately, and why.")

    @OptionGroup var options: AdministrationOptions

    @Option(name: .long, help: ArgumentHelp("Show at most so many.", valueName: "number"))
    var limit = AdminAPI.listLimitDefault

    func validate() throws { try RelaySessionsCommand.check(limit: limit) }

    func run() throws {
        try options.show(.refusals(limit: limit), as: RefusalsDocument.self) { Self.text($0) }
    }

    static func text(_ document: RefusalsDocument) -> String {
        guard !document.refusals.isEmpty else { return "no request was refused lately" }
        var table = AdministrationTable(
            .text("TIME"), .text("CLIENT"), .text("VIA"), .text("REQUEST"), .number("CODE"), .text("USER"),
            .text("BECAUSE"))
        for refusal in document.refusals {
            table.add(
                refusal.time, refusal.client, refusal.transport, refusal.method, "\(refusal.code)",
                refusal.username.isEmpty ? "-" : refusal.username, refusal.reason)
        }
        return table.text
    }
}
