public import ArgumentParser
import Companion
import ConfigurationKeys
import Foundation
import RelayCommand
import RelayServer

/// `tern companion`: runs the companion until it is told to stop.
public struct CompanionRunCommand: AsyncParsableCommand {
    /// What it does, and its flags.
    public static let configuration = CommandConfiguration(
        commandName: "companion",
        abstract: "Run the companion: accounts, signaling, documents, relay credentials.",
        usage: "tern companion [--config <file>] [<flags> ...]",
        discussion: ConfigurationOptions.help(CompanionConfiguration.schema))

    @OptionGroup var source: ConfigurationOptions

    /// For the parser.
    public init() {}

    /// Runs it.
    public mutating func run() async throws {
        let (values, provenance) = try source.sources().read(CompanionConfiguration.self)
        for warning in try CompanionConfiguration.check(values, provenance) { Terminal.note("warning: \(warning)") }
        guard !values.listeners.isEmpty || values.socket != nil else {
            throw ConfigurationProblem(
                origin: .builtIn, key: "companion.listen", problem: "there is nothing to listen on",
                remedy: "set companion.listen, or companion.socket to the relay's relay.tls.http-socket")
        }
        let log = RelayLog(.init(format: values.logFormat, level: values.logLevel))
        defer { log.stop() }
        let companion = try await CompanionProcess(values, logger: log.logger("companion")) { message in
            Terminal.print(OutboxNote(message).text)
        }
        let service = ServiceNotification()
        try await Stopping.whenTold(by: [SIGTERM, SIGINT]) {
            try await companion.run {
                service.send(.ready, .status("serving"))
                for listener in values.listeners { Terminal.print("listening on https://\(listener)") }
                if let socket = values.socket { Terminal.print("listening on unix:\(socket)") }
            }
            service.send(.stopping)
        }
    }
}
