public import ArgumentParser
import Foundation
import Glibc
import Load
import RelayCommand
import TURNClient

/// `tern load`: how much does a server carry?
public struct LoadCommand: ParsableCommand {
    /// One call drives one server.
    public static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Drive a TURN server at a controlled rate, and report what it delivered.",
        discussion: """
            Sets up sessions, sends numbered and timestamped packets through the server for a while, and gives \
            everything back. Delivered packets, loss, latency (p50 to p99.9), jitter and CPU are reported, and whether \
            the generator was the bottleneck rather than the server. The peer is built in; on another host, run \
            `tern load --peer-only ADDRESS:PORT` there and give --peer ADDRESS:PORT --direction echo here. \
            The server's policy must let its clients reach the peer. With --media each session is a call: DTLS-SRTP \
            in both directions, and --prove shows that nobody on the way can read or change it.
            """)

    @Argument(help: ArgumentHelp("URIs of the server; sessions take them in turn.", valueName: "uri"))
    var uris: [String] = []

    @Option(help: "The user's name.")
    var user: String?

    @Option(help: "The password; without it TERN_PASSWORD is taken from the environment.")
    var password: String?

    @Option(
        help: ArgumentHelp(
            "The server's secret in this file: each session gets a time-limited credential.", valueName: "file"))
    var secretFile: String?

    @Option(help: ArgumentHelp("Trust the certificate authorities in this file.", valueName: "file"))
    var ca: String?

    @Flag(help: "Accept any certificate.")
    var insecureCertificate = false

    @Option(help: "voice, video, bulk, allocations, idle, flood or trace.")
    var profile = TrafficProfile.voice

    @Option(
        help: ArgumentHelp(
            "What --profile trace replays: a capture of UDP (pcap or pcapng), or lines of SECONDS BYTES up|down [FLOW]"
                + ". Sessions take its flows in turn, each beginning elsewhere in its flow, again and again.",
            valueName: "file"))
    var trace: String?

    @Option(help: ArgumentHelp("Sessions.", valueName: "n"))
    var sessions = 100

    @Option(help: ArgumentHelp("How long packets are sent; with --find-capacity each step.", valueName: "n"))
    var seconds = 10.0

    @Option(help: ArgumentHelp("Sessions set up per second; as fast as they are answered without it.", valueName: "n"))
    var ramp: Double?

    @Option(
        help: ArgumentHelp(
            "Packets per second in all, for `allocations` cycles; the profile's own without it. A trace is replayed so "
                + "much faster or slower.", valueName: "n"))
    var rate: Double?

    @Option(help: ArgumentHelp("Payload in all, in place of --rate.", valueName: "mbit/s"))
    var bandwidth: Double?

    @Option(help: "up, down, both or echo; up without it, and as recorded (both) with a trace.")
    var direction: LoadPlan.Direction?

    @Flag(help: "Send indications in place of channels.")
    var indications = false

    @Flag(help: "Two sessions are each other's peer, both behind the server.")
    var clientToClient = false

    @Option(help: ArgumentHelp("Bytes of each payload.", valueName: "n"))
    var size: Int?

    @Option(help: ArgumentHelp("Packets that leave together.", valueName: "n"))
    var burst: Int?

    @Option(
        help: ArgumentHelp(
            "Packets that are due leave every so many microseconds, together: 50 to 5000, without it "
                + "\(LoadPlan.ownPaceMicroseconds). A longer pace costs the generator less, and the server, too: it "
                + "then gets more packets at once.", valueName: "microseconds"))
    var pace: Int?

    @Option(help: ArgumentHelp("Event loops; one per core without it.", valueName: "n"))
    var loops: Int?

    @Option(help: ArgumentHelp("A peer elsewhere that sends everything back.", valueName: "address:port"))
    var peer: String?

    @Option(help: ArgumentHelp("The address of the built-in peer.", valueName: "address"))
    var peerAddress: String?

    @Option(help: ArgumentHelp("Be the peer, and nothing else.", valueName: "address:port"))
    var peerOnly: String?

    @Flag(
        help: ArgumentHelp(
            "Plain sockets alone. As root, packets over Ethernet leave as frames, many sessions' at once, and arrivals "
                + "are counted in the kernel: both cost the generator less."))
    var socketsOnly = false

    @Option(help: ArgumentHelp("The server's process, when it runs here: its CPU is reported.", valueName: "pid"))
    var serverPid: Int32?

    @OptionGroup(title: "Media")
    var media: MediaOptions

    @Flag(
        help: ArgumentHelp(
            "Search for the highest rate within --max-loss and --max-latency. A step that loses less than 3 % is tried "
                + "twice."))
    var findCapacity = false

    @Option(help: ArgumentHelp("Loss that is accepted.", valueName: "percent"))
    var maxLoss = 0.1

    @Option(help: ArgumentHelp("p99 that is accepted.", valueName: "ms"))
    var maxLatency = 20.0

    @Flag(help: "Write the result as JSON to standard output.")
    var json = false

    @Option(help: ArgumentHelp("Write the result as JSON into this file.", valueName: "file"))
    var output: String?

    @Option(help: ArgumentHelp("Write a page with charts into this file.", valueName: "file"))
    var html: String?

    @Option(help: ArgumentHelp("An earlier result in JSON, to be shown beside this one.", valueName: "file"))
    var compare: String?

    /// For the parser.
    public init() {}

    /// Refuses what cannot be carried out, before anything is sent.
    public func validate() throws {
        guard peerOnly == nil else { return }
        guard !uris.isEmpty else { throw ValidationError("name at least one URI, as in turn:127.0.0.1:3478") }
        guard (1...1_000_000).contains(sessions) else { throw ValidationError("--sessions must be from 1 to 1000000") }
        guard seconds >= 0.1, seconds <= 604_800 else { throw ValidationError("--seconds must be from 0.1 to 604800") }
        guard rate == nil || bandwidth == nil else {
            throw ValidationError("--rate and --bandwidth exclude each other")
        }
        if let rate, !(rate > 0 && rate <= 100_000_000) { throw ValidationError("--rate must be more than 0") }
        if let size, !(LoadPlan.payloadMinimum...65_000 ~= size) {
            throw ValidationError("--size must be from \(LoadPlan.payloadMinimum) to 65000")
        }
        if let burst, !(1...64 ~= burst) { throw ValidationError("--burst must be from 1 to 64") }
        guard (burst ?? profile.burst) * ((size ?? profile.payloadBytes) + 40) <= 65_000 else {
            throw ValidationError("a burst must fit into 65000 bytes: lower --size or --burst")
        }
        if let pace, !(LoadPlan.paceLimitsMicroseconds ~= pace) {
            let limits = LoadPlan.paceLimitsMicroseconds
            throw ValidationError("--pace must be from \(limits.lowerBound) to \(limits.upperBound) microseconds")
        }
        if let loops, !(1...64 ~= loops) { throw ValidationError("--loops must be from 1 to 64") }
        guard (profile == .trace) == (trace != nil) else {
            throw ValidationError("--profile trace and --trace FILE go together")
        }
        guard !(trace != nil && (size != nil || burst != nil)) else {
            throw ValidationError("a trace has its own sizes and spacing: leave out --size and --burst")
        }
        guard !(clientToClient && (indications || (direction ?? .up) != .up || peer != nil)) else {
            throw ValidationError("--client-to-client goes through channels, up, without --peer")
        }
        guard !(peer != nil && direction != .echo) else {
            throw ValidationError("a peer elsewhere sends back what it gets: give --direction echo")
        }
        guard (user != nil) != (secretFile != nil) || profile == .flood else {
            throw ValidationError("give either --user and --password, or --secret-file")
        }
        guard !(findCapacity && !profile.carriesData) else {
            throw ValidationError("--find-capacity goes with the profiles voice, video, bulk and trace")
        }
        guard !(insecureCertificate && ca != nil) else {
            throw ValidationError("--ca and --insecure-certificate exclude each other")
        }
        if media.media { try media.check(self) }
    }

    /// Runs the load, or the peer.
    public mutating func run() throws {
        if let peerOnly {
            let peer = try EchoPeer(at: try address(peerOnly))
            Terminal.print("sends back what comes to \(peer.address); Ctrl-C ends it")
            peer.run()
        }
        let plan = try makePlan()
        let view = LoadView(plan)
        let run = LoadRun(plan, serverProcess: serverPid) { view.show($0) }
        run.onDetour = { view.showDetour($0) }
        run.onSetup = { view.showSetup(ready: $0, failed: $1) }
        Interruption.expect()
        run.shouldStop = { Interruption.hasCome }
        let result: LoadResult
        do {
            result =
                findCapacity
                ? try run.findCapacity(lossPercent: maxLoss, latency: maxLatency * 1_000) { view.show($0) }
                : try run.run()
        } catch let failure as LoadFailure {
            throw CommandFailure(failure.description)
        } catch let failure as ClientSocketFailure {
            throw CommandFailure(failure.description)
        }
        view.end()
        try write(result)
        if let failure = result.proof?.failure { throw CommandFailure("the proof failed: \(failure)") }
        if let failure = result.media?.failure { throw CommandFailure(failure) }
        if result.failed > 0 || (result.profile != "flood" && result.profile != "idle" && result.received == 0) {
            throw ExitCode(1)
        }
    }

    private func write(_ result: LoadResult) throws {
        let text = try result.json()
        Terminal.print(json ? text : LoadView.summary(result))
        do {
            if let output { try text.write(toFile: output, atomically: true, encoding: .utf8) }
            guard let html else { return }
            let earlier = try compare.map { try LoadResult(json: Data(contentsOf: URL(filePath: $0))) }
            try LoadPage.html(result, beside: earlier).write(toFile: html, atomically: true, encoding: .utf8)
        } catch {
            throw CommandFailure("the result cannot be written: \(error.localizedDescription)")
        }
    }
}

extension TrafficProfile: ExpressibleByArgument {}
extension LoadPlan.Direction: ExpressibleByArgument {}
