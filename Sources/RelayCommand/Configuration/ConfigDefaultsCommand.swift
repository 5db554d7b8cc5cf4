import ArgumentParser
import ConfigurationKeys

/// `tern config defaults`: a configuration file with every key at its default, to begin with.
struct ConfigDefaultsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "defaults", abstract: "Print a configuration file with every key, its default and a comment.")

    mutating func run() throws {
        print(CommandLineTool.parts.document, terminator: "")
    }
}
