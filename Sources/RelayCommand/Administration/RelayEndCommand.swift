import ArgumentParser
import RelayServer

/// `tern relay end ID`
struct RelayEndCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "end", abstract: "End an allocation of a running relay.",
        discussion: "Its client may make another one; 'tern relay revoke' keeps it from doing so.")

    @OptionGroup var options: AdministrationOptions

    @Argument(help: "The allocation's id, as 'tern relay sessions' shows it.")
    var id: String

    func run() throws {
        try options.show(.end(id), as: ActionDocument.self) { _ in "session \(id) ended" }
    }
}
