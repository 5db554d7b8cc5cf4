import ArgumentParser
import ConfigurationKeys
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
        let loaded = try CommandLineTool.parts.load(source.sources(allowsFileArgument: true))
        for warning in loaded.flatMap(\.warnings) { Terminal.note("warning: \(warning)") }
        let rows = loaded.flatMap(\.rows).filter { !changed || $0.origin != .builtIn }
        Terminal.print(json ? try Self.json(rows) : Self.table(rows))
    }

    private static func table(_ rows: [ConfigurationPart.Row]) -> String {
        let cells = rows.map { row in
            [row.key.path, row.values.isEmpty ? "-" : row.values.joined(separator: ", "), "\(row.origin)"]
        }
        return TextColumns.align([["KEY", "VALUE", "FROM"]] + cells)
    }

    private struct Row: Encodable {
        var values: [String]
        var from: String
    }

    private static func json(_ rows: [ConfigurationPart.Row]) throws -> String {
        let values = rows.map { ($0.key.path, Row(values: $0.values, from: "\($0.origin)")) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(Dictionary(uniqueKeysWithValues: values)), as: UTF8.self)
    }
}
