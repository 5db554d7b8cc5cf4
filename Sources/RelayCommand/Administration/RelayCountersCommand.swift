import ArgumentParser
import RelayServer

/// `tern relay counters`
struct RelayCountersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "counters", abstract: "Show every number that a running relay counts.")

    @OptionGroup var options: AdministrationOptions

    @Flag(name: .long, help: "Show those that are 0 too.")
    var all = false

    func run() throws {
        try options.show(.counters, as: CountersDocument.self) { Self.text($0, all: all) }
    }

    static func text(_ document: CountersDocument, all: Bool) -> String {
        var table = AdministrationTable(.text("COUNTER"), .text("OF"), .number("VALUE"))
        for counter in document.counters where all || counter.value != 0 {
            let labels = counter.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            table.add(
                counter.name, labels.joined(separator: " "),
                Int64(exactly: counter.value).map { Quantity.count($0) } ?? Quantity.decimal(counter.value, places: 3))
        }
        return table.text
    }
}
