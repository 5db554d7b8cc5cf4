import ArgumentParser
import RelayServer

/// `tern relay reload`
struct RelayReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Let a running relay read its configuration again.",
        discussion: "What is wrong with it is told, and then nothing has changed. No packet is lost.")

    @OptionGroup var options: AdministrationOptions

    func run() throws {
        try options.show(.reload, as: ActionDocument.self, timeoutSeconds: 30) { Self.text($0) }
    }

    static func text(_ document: ActionDocument) -> String {
        let changes = document.changes ?? []
        return changes.isEmpty ? "reloaded; nothing has changed" : changes.joined(separator: "\n")
    }
}
