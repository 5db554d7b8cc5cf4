public import ArgumentParser
import Foundation
import TURNClient

/// `tern probe`: proves that a relay works by relaying packets between two clients of its own.
public struct ProbeCommand: ParsableCommand {
    /// One call probes several ways to the relay.
    public static let configuration = CommandConfiguration(
        commandName: "probe",
        abstract: "Relay packets between two clients and report what arrived.",
        discussion: """
            Opens two allocations per URI, binds channels between them, and sends numbered packets from one client \
            through the relay to the other and back.
            Exit code 0 when every packet came back, 1 when some were lost or a URI gave no path, 2 when none did.
            """)

    @Argument(
        help: ArgumentHelp(
            "turn:HOST:PORT?transport=udp, turn:HOST:PORT?transport=tcp or turns:HOST:PORT.", valueName: "uri"))
    var uris: [String]

    @Option(help: "The user's name.")
    var user: String

    @Option(help: "The password; without it TERN_PASSWORD is taken from the environment, or it is asked for.")
    var password: String?

    @Option(
        help: ArgumentHelp("Trust the certificate authorities, or the certificate, in this file.", valueName: "file"))
    var ca: String?

    @Flag(help: "Accept any certificate.")
    var insecureCertificate = false

    @Option(help: ArgumentHelp("How long packets are sent.", valueName: "n"))
    var seconds = 2.0

    @Option(help: ArgumentHelp("Packets per second; 50 is a voice call's rate.", valueName: "n"))
    var rate = 50

    @Option(help: ArgumentHelp("Bytes of payload per packet.", valueName: "n"))
    var size = 160

    @Flag(help: "Write JSON.")
    var json = false

    /// For the parser.
    public init() {}

    /// Refuses what cannot be carried out, before anything is sent.
    public func validate() throws {
        guard !uris.isEmpty else { throw ValidationError("name at least one URI, as in turn:127.0.0.1:3478") }
        guard seconds > 0, seconds <= 3_600 else { throw ValidationError("--seconds must be from 0 to 3600") }
        guard (1...10_000).contains(rate) else { throw ValidationError("--rate must be from 1 to 10000") }
        guard (4...1_200).contains(size) else { throw ValidationError("--size must be from 4 to 1200") }
        guard !(insecureCertificate && ca != nil) else {
            throw ValidationError("--ca and --insecure-certificate exclude each other")
        }
    }

    /// Probes one URI after the other and prints the report.
    public mutating func run() throws {
        var targets: [RelayURI] = []
        for text in uris {
            do {
                targets.append(try RelayURI.parse(text))
            } catch {
                throw CommandFailure(error.description, exitCode: 2)
            }
        }
        guard
            let secret = password ?? ProcessInfo.processInfo.environment["TERN_PASSWORD"]
                ?? Terminal.readSecret(prompt: "password: ")
        else { throw CommandFailure("no password: give --password or set TERN_PASSWORD", exitCode: 2) }

        let plan = RelayProbe.Plan(
            user: user, password: secret, trust: trust, seconds: seconds, packetsPerSecond: rate, payloadBytes: size)
        let report = ProbeReport(paths: targets.map { RelayProbe.run($0, plan) })
        Terminal.print(json ? try report.json() : report.table)
        for path in report.paths {
            if let problem = path.problem { Terminal.note("tern: \(path.uri): \(problem)") }
        }
        if report.exitCode != 0 { throw ExitCode(report.exitCode) }
    }

    private var trust: CertificateTrust {
        if insecureCertificate { return .anything }
        return ca.map { .authorities(path: $0) } ?? .system
    }
}
