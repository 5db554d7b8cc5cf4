public import ArgumentParser
import ConfigurationKeys
import Foundation
import Glibc
import RelayCommand
import RelayServer

/// `tern up`: relay and companion to try out, at once and without a configuration.
public struct UpCommand: AsyncParsableCommand {
    /// What it does, and its flags.
    public static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Start relay and companion at once: makes keys, certificate and a first administrator.",
        usage: "tern up [--data <folder>] [--port <number>] [--tls-port <number>] [<flags> ...]",
        discussion: """
            Makes the folder with random secrets, a self-signed certificate, the companion's database and its key \
            unless they are there, and listens on all local addresses. One TLS port carries the pages, the signaling \
            and the relay. All flags of 'tern relay' and 'tern companion' can be added, for example --relay-address, \
            --allow-peer or --mail-server.
            """)

    @Option(help: ArgumentHelp("Folder of secrets, certificate and data.", valueName: "folder"))
    var data = "./tern-data"

    @Option(help: ArgumentHelp("Port for UDP and TCP.", valueName: "number"))
    var port: UInt16 = 3478

    @Option(help: ArgumentHelp("Port for TLS: pages, signaling and relay.", valueName: "number"))
    var tlsPort: UInt16 = 5349

    @Option(help: ArgumentHelp("Address that the first administrator signs in with.", valueName: "email"))
    var administrator = "admin@tern.local"

    @OptionGroup var source: ConfigurationOptions

    /// For the parser.
    public init() {}

    /// Runs both until they are told to stop.
    public mutating func run() async throws {
        let folder = try DataFolder(making: data)
        let platform = try Platform(folder: folder, port: port, tlsPort: tlsPort, sources: source.sources())
        for warning in platform.warnings { Terminal.note("warning: \(warning)") }
        if let (listener, code) = PortCheck.firstUnavailable(of: platform.relay.relay.listeners) {
            throw Self.failure(listener, code)
        }
        try await platform.run(administrator: administrator) { greeting in Terminal.print(greeting) }
    }

    static func failure(_ listener: ListenerAddress, _ code: CInt) -> CommandFailure {
        let flag = listener.transport == .tls ? "--tls-port" : "--port"
        let name = "port \(listener.port) (\(listener.transport.rawValue.uppercased()))"
        switch code {
        case EADDRINUSE:
            return CommandFailure("\(name) is taken by another program; choose another with \(flag) NUMBER")
        case EACCES:
            return CommandFailure(
                "\(name) needs more rights than this user has; choose one above 1023 with \(flag) NUMBER")
        default:
            return CommandFailure(
                "cannot listen on \(listener): \(String(cString: strerror(code)).lowercased()); "
                    + "choose another port with \(flag) NUMBER, or another address with --listen")
        }
    }
}
