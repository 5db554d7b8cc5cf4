public import ArgumentParser
import ConfigurationKeys
import Foundation
import Glibc
import RelayServer

/// `tern up`: a relay to try out, at once and without a configuration.
public struct UpCommand: AsyncParsableCommand {
    /// What it does, and its flags.
    public static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Start a relay at once: makes a secret and a certificate, prints how to use it.",
        usage: "tern up [--data <folder>] [--port <number>] [--tls-port <number>] [<flags> ...]",
        discussion: """
            Makes the folder with a random secret and a self-signed certificate unless they are there, and listens on \
            all local addresses. All flags of 'tern relay' can be added, for example --relay-address or --allow-peer.
            """)

    @Option(help: ArgumentHelp("Folder of the secret and the certificate.", valueName: "folder"))
    var data = "./tern-data"

    @Option(help: ArgumentHelp("Port for UDP and TCP.", valueName: "number"))
    var port: UInt16 = 3478

    @Option(help: ArgumentHelp("Port for TLS.", valueName: "number"))
    var tlsPort: UInt16 = 5349

    @OptionGroup var source: ConfigurationOptions

    /// For the parser.
    public init() {}

    /// Runs the relay until it is told to stop.
    public mutating func run() async throws {
        let folder = DataFolder(path: data)
        try folder.prepare()
        let loader = loader(folder)
        let configuration = try loader.load()
        for warning in configuration.warnings { Terminal.note("warning: \(warning)") }
        if let (listener, code) = PortCheck.firstUnavailable(of: configuration.relay.listeners) {
            throw Self.failure(listener, code)
        }
        let secret = try SecretFileReader.secret(inFile: folder.secretFile)
        let data = data
        try await RelayServerApp(configuration, loader: loader).run { listeners in
            let greeting = UpGreeting(
                listeners: listeners, configuration: configuration.relay, dataFolder: data, secret: secret,
                certificateFile: folder.certificateFile, unixSeconds: Int64(Date().timeIntervalSince1970))
            Terminal.print(greeting.text)
        }
    }

    /// The configuration: what makes it work at once, and above that whatever else is set.
    private func loader(_ folder: DataFolder) -> ConfigurationLoader {
        var loader = ConfigurationLoader(source.sources())
        loader.sources.presets = [
            "--listen", "udp://*:\(port)", "--listen", "tcp://*:\(port)", "--listen", "tls://*:\(tlsPort)",
            "--secret-file", folder.secretFile, "--certificate", folder.certificateFile,
            "--private-key", folder.keyFile, "--admin", folder.adminSocket, "--log-level", "notice",
        ]
        return loader
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
