import ArgumentParser
import RelayServer

/// `tern config import-coturn`: a configuration file from a turnserver.conf, and what could not be translated.
struct ConfigImportCoturnCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import-coturn",
        abstract: "Translate a turnserver.conf, and list what could not be.",
        discussion: "The configuration goes to standard output, the list to standard error and, as comments, below it.")

    @Argument(help: "The turnserver.conf.")
    var file: String

    mutating func run() throws {
        let translation = try TurnserverImport.file(file)
        print(translation.document, terminator: "")
        for leftover in translation.leftovers { Terminal.note("not translated: \(leftover)") }
        for note in translation.notes { Terminal.note("different: \(note)") }
    }
}
