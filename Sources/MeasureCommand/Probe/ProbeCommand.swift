public import ArgumentParser
import Foundation
import Glibc
import Probe
import RelayCommand
import TURNClient

/// `tern probe`: does it work from here?
public struct ProbeCommand: ParsableCommand {
    /// One call tries every way to the servers that it names.
    public static let configuration = CommandConfiguration(
        commandName: "probe",
        abstract: "Try every way to a relay from this machine, and tell what is in the way.",
        discussion: """
            Looks up the names (A, AAAA, SRV, NAPTR), asks for its own address over UDP, TCP and TLS, over IPv4 and \
            IPv6, directly and through an HTTP proxy, opens two allocations on each way, and sends numbered packets \
            from one client through the relay to the other and back. The answer is a table, and what to ask the \
            network's people for. Without a user name only whether the relay answers is tried.
            Exit code 0 when all is well, 1 when something is in the way, 2 when there is no path.
            """)

    @Argument(
        help: ArgumentHelp(
            "turn:HOST:PORT?transport=udp, turn:HOST:PORT?transport=tcp, turns:HOST:PORT or stun:HOST:PORT.",
            valueName: "uri"))
    var uris: [String] = []

    @Option(
        help: ArgumentHelp(
            "Servers and credentials as a web application gets them, in JSON: a file, - to read them, or an https:// "
                + "address to fetch them from (through the proxy, if there is one). TERN_ICE_SERVERS_TOKEN in the "
                + "environment is sent as a bearer token.",
            valueName: "url|file"))
    var iceServers: String?

    @Option(help: "The user's name.")
    var user: String?

    @Option(help: "The password; without it TERN_PASSWORD is taken from the environment, or it is asked for.")
    var password: String?

    @Option(
        help: ArgumentHelp("Trust the certificate authorities, or the certificate, in this file.", valueName: "file"))
    var ca: String?

    @Flag(help: "Accept any certificate.")
    var insecureCertificate = false

    @Option(
        help: ArgumentHelp(
            "An HTTP proxy to try streams through, http://[USER:PASSWORD@]HOST:PORT; none ignores $https_proxy.",
            valueName: "url"))
    var proxy: String?

    @Flag(help: "Try what is named alone, not the other usual ports of the same host and what SRV records name.")
    var onlyListed = false

    @Option(help: ArgumentHelp("How long packets are sent.", valueName: "n"))
    var seconds = 2.0

    @Option(help: ArgumentHelp("Packets per second; 50 is a voice call's rate.", valueName: "n"))
    var rate = 50

    @Option(help: ArgumentHelp("Bytes of payload per packet.", valueName: "n"))
    var size = 160

    @Option(help: ArgumentHelp("Seconds that each step may take.", valueName: "n"))
    var timeout = 5.0

    @Option(help: ArgumentHelp("Probe again and again, so many seconds after the last time.", valueName: "seconds"))
    var watch: Double?

    @Flag(help: "Write JSON; with --watch one object per line.")
    var json = false

    /// For the parser.
    public init() {}

    /// Refuses what cannot be carried out, before anything is sent.
    public func validate() throws {
        guard !uris.isEmpty || iceServers != nil else {
            throw ValidationError("name at least one URI, as in turn:127.0.0.1:3478, or give --ice-servers URL or FILE")
        }
        guard seconds > 0, seconds <= 3_600 else { throw ValidationError("--seconds must be from 0 to 3600") }
        guard (1...10_000).contains(rate) else { throw ValidationError("--rate must be from 1 to 10000") }
        guard (4...1_200).contains(size) else { throw ValidationError("--size must be from 4 to 1200") }
        guard timeout >= 0.1, timeout <= 60 else { throw ValidationError("--timeout must be from 0.1 to 60") }
        if let watch, !(0...86_400 ~= watch) { throw ValidationError("--watch must be from 0 to 86400") }
        guard !(insecureCertificate && ca != nil) else {
            throw ValidationError("--ca and --insecure-certificate exclude each other")
        }
    }

    /// Probes once, or until interrupted.
    public mutating func run() throws {
        let named = try namedItems()
        let first = try makePlan(named)
        guard let watch else {
            let report = ConnectivityProbe.run(first)
            Terminal.print(json ? try report.json() : report.text)
            // The table has them; who reads JSON by program wants them in its log.
            if json { for finding in report.findings { Terminal.note("tern: \(finding.text)") } }
            if report.exitCode != 0 { throw ExitCode(report.exitCode) }
            return
        }
        var report = ConnectivityProbe.run(first)
        while true {
            if json {
                Terminal.print(try report.json(compact: true))
            } else if isatty(STDOUT_FILENO) == 1 {
                // A screen of its own each time: home, and nothing of the last one.
                Terminal.print("\u{1B}[H\u{1B}[2J" + report.timeText + "\n\n" + report.text)
            } else {
                Terminal.print(report.line)
            }
            Thread.sleep(forTimeInterval: watch)
            do {
                // A list that is fetched has credentials that end: each time gets its own.
                let isFetched = iceServers.map(ICEServerSource.isAddress) ?? false
                report = ConnectivityProbe.run(isFetched ? try makePlan(named) : first)
            } catch let failure as CommandFailure {
                report = ProbeReport(withoutServers: failure.description)
            }
        }
    }

    // MARK: - Plan

    /// The servers on the command line.
    private func namedItems() throws -> [ProbePlan.Item] {
        guard !uris.isEmpty else { return [] }
        let secret = try user.map { _ in try secretOfUser() }
        return try uris.map { ProbePlan.Item(target: try target($0), user: user ?? "", password: secret ?? "") }
    }

    private func makePlan(_ named: [ProbePlan.Item]) throws -> ProbePlan {
        var items = try listedItems() + named
        if !onlyListed { items = ProbePlan.withUsualPorts(items) }
        let proxy = try chosenProxy(for: items.first?.target.uri.host ?? "")
        var plan = ProbePlan(items: items, trust: trust, proxy: proxy)
        plan.isProxyCounted = self.proxy != nil
        plan.followsServices = !onlyListed
        plan.seconds = seconds
        plan.packetsPerSecond = rate
        plan.payloadBytes = size
        plan.timeout = UInt64(timeout * 1_000)
        return plan
    }

    private func listedItems() throws -> [ProbePlan.Item] {
        guard let servers = try iceServers.map({ try list($0) }) else { return [] }
        return try servers.entries.flatMap { entry in
            try entry.uris.map {
                ProbePlan.Item(
                    target: try target($0), user: entry.username ?? user ?? "",
                    password: entry.credential ?? password ?? "")
            }
        }
    }

    private func list(_ place: String) throws -> ICEServers {
        if ICEServerSource.isAddress(place) {
            do {
                var source = try ICEServerSource(place)
                source.trust = trust
                source.proxy = try chosenProxy(for: source.url.host() ?? "")
                source.token = ProcessInfo.processInfo.environment["TERN_ICE_SERVERS_TOKEN"]
                return try source.fetch()
            } catch let failure as ICEServerSource.Failure {
                throw CommandFailure(failure.description, exitCode: 2)
            }
        }
        guard
            let data = place == "-"
                ? FileHandle.standardInput.readDataToEndOfFile() : try? Data(contentsOf: URL(filePath: place))
        else { throw CommandFailure("\(place) cannot be read: does it exist, and may you read it?", exitCode: 2) }
        do {
            return try ICEServers(json: data)
        } catch {
            throw CommandFailure("\(place == "-" ? "the input" : place): \(error)", exitCode: 2)
        }
    }

    private func target(_ text: String) throws -> ProbeTarget {
        do {
            return try ProbeTarget.parse(text)
        } catch {
            throw CommandFailure(error.description, exitCode: 2)
        }
    }

    private func secretOfUser() throws -> String {
        guard
            let secret = password ?? ProcessInfo.processInfo.environment["TERN_PASSWORD"]
                ?? Terminal.readSecret(prompt: "password: ")
        else { throw CommandFailure("no password: give --password or set TERN_PASSWORD", exitCode: 2) }
        return secret
    }

    private func chosenProxy(for host: String) throws -> ProxyAddress? {
        switch proxy {
        case "none"?: return nil
        case let text?:
            guard let address = ProxyAddress(text) else {
                throw CommandFailure("\(text) is no HTTP proxy: write http://HOST:PORT", exitCode: 2)
            }
            return address
        case nil: return ProxyAddress.named(in: ProcessInfo.processInfo.environment, for: host)
        }
    }

    private var trust: CertificateTrust {
        if insecureCertificate { return .anything }
        return ca.map { .authorities(path: $0) } ?? .system
    }
}
