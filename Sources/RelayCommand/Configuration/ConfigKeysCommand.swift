import ArgumentParser
import ConfigurationKeys

/// `tern config keys`: every key with its variable, its flag and what it does.
struct ConfigKeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "List every key with its environment variable and its flag.")

    mutating func run() throws {
        let keys = CommandLineTool.parts.flatMap(\.schema.keys)
        let rows = keys.map { [$0.path, $0.environmentVariable, $0.usage] }
        Terminal.print(TextColumns.align([["KEY", "VARIABLE", "FLAG"]] + rows))
    }
}
