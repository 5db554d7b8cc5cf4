import ArgumentParser
import Foundation
import RelayServer

/// `tern config show`: the effective values, and where each came from.
struct ConfigShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show the effective values and where each came from.",
        usage: "tern config show [<file>] [--changed] [--json] [<flags> ...]")

    @Flag(help: "Leave out keys at their defaults.")
    var changed = false

    @Flag(help: "Write JSON.")
    var json = false

    @OptionGroup var source: ConfigurationOptions

    mutating func run() throws {
        let loaded = try source.loader(allowsFileArgument: true).load()
        for warning in loaded.warnings { Terminal.note("warning: \(warning)") }
        let keys = ConfigurationKey.all.filter { !changed || loaded.origin(of: $0) != .builtIn }
        Terminal.print(json ? try Self.json(keys, loaded) : Self.table(keys, loaded))
    }

    private static func table(_ keys: [ConfigurationKey], _ loaded: LoadedConfiguration) -> String {
        let rows = keys.map { key in
            let values = key.shownValues(in: loaded.relay)
            return [key.path, values.isEmpty ? "-" : values.joined(separator: ", "), "\(loaded.origin(of: key))"]
        }
        return TextColumns.align([["KEY", "VALUE", "FROM"]] + rows)
    }

    private struct Row: Encodable {
        var values: [String]
        var from: String
    }

    private static func json(_ keys: [ConfigurationKey], _ loaded: LoadedConfiguration) throws -> String {
        let rows = keys.map {
            ($0.path, Row(values: $0.shownValues(in: loaded.relay), from: "\(loaded.origin(of: $0))"))
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(Dictionary(uniqueKeysWithValues: rows)), as: UTF8.self)
    }
}
