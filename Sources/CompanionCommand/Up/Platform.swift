import Companion
import CompanionServer
import ConfigurationKeys
import Foundation
import Logging
import RelayCommand
import RelayServer
import STUN
import Synchronization

/// Relay and companion in one process, as `tern up` runs them: one port, one certificate, one folder.
struct Platform {
    let folder: DataFolder
    let relay: LoadedConfiguration
    let warnings: [String]

    private let loader: ConfigurationLoader
    private let companion: CompanionConfiguration
    /// Where the pages are: as the user gave it, or on this host.
    private let givenOrigin: Origin?
    private let localOrigin: Origin

    /// What flags, environment and file say, above what makes both work at once.
    init(folder: DataFolder, port: UInt16, tlsPort: UInt16, sources: ConfigurationSources) throws {
        self.folder = folder
        var relaySources = sources
        var companionSources = sources
        companionSources.flags = CompanionConfiguration.schema.takeFlags(from: &relaySources.flags)
        relaySources.presets = [
            "--listen", "udp://*:\(port)", "--listen", "tcp://*:\(port)", "--listen", "tls://*:\(tlsPort)",
            "--secret-file", folder.secrets.currentPath, "--secret-file", folder.secrets.previousPath,
            "--certificate", folder.certificateFile, "--private-key", folder.keyFile, "--admin", folder.adminSocket,
            "--http-socket", folder.webSocket, "--log-level", "notice",
        ]
        loader = ConfigurationLoader(relaySources)
        relay = try loader.load()

        let pagePort = relay.relay.listeners.first { $0.transport == .tls }?.port ?? tlsPort
        guard let local = Origin("https://localhost:\(pagePort)") else { preconditionFailure("a port is a number") }
        localOrigin = local
        let given = try companionSources.read(CompanionConfiguration.self)
        givenOrigin = given.values.origins.first
        companionSources.presets = [
            "--companion-folder", folder.companionFolder, "--web-socket", relay.relay.httpSocket ?? folder.webSocket,
            "--relay-admin", relay.relay.adminSocket ?? folder.adminSocket, "--turn-secrets", folder.path,
        ]
        companionSources.presets += Self.origins(pagePort).flatMap { ["--origin", $0.description] }
        let uris = UpGreeting.uris(relay.relay.listeners, givenOrigin)
        companionSources.presets += uris.flatMap { ["--turn-uri", $0] }
        companion = try companionSources.read(CompanionConfiguration.self).values
        // Of what the user wrote: nobody is warned of a preset.
        warnings = try relay.warnings + CompanionConfiguration.check(given.values, given.provenance)
    }

    /// Runs both until the process is told to stop, or one of them fails.
    ///
    /// - Parameter onReady: called once with what to tell the user, when both serve.
    func run(administrator: String, onReady: @escaping @Sendable (String) -> Void) async throws {
        let log = RelayLog(.init(format: companion.logFormat, level: companion.logLevel))
        defer { log.stop() }
        let process = try await CompanionProcess(companion, logger: log.logger("companion")) { message in
            Terminal.print(OutboxNote(message).text)
        }
        let first: FirstAdministrator?
        do {
            first = try await process.services.accounts.ensureAdministrator(email: administrator)
        } catch {
            await process.close()
            throw error
        }
        let secret = try SecretFileReader.secret(inFile: folder.secrets.currentPath)
        let app = RelayServerApp(relay, loader: loader)
        try await Stopping.whenTold(by: [SIGTERM, SIGINT]) {
            let listening = AsyncStream<[ListenerAddress]>.makeStream()
            // No child of this task: the companion asks it to end what it still relays for people, and ends first.
            let relaying = Task { try await app.run(endsOnSignals: false) { listening.continuation.yield($0) } }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await relaying.value }
                group.addTask {
                    guard let listeners = await listening.stream.first(where: { _ in true }) else {
                        return await process.close()
                    }
                    try await process.run { onReady(greeting(listeners, secret, first).text) }
                    relaying.cancel()
                }
                defer { group.cancelAll() }
                // Whichever ends first ends the other.
                do { try await group.next() } catch {
                    relaying.cancel()
                    throw error
                }
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }

    private func greeting(_ listeners: [ListenerAddress], _ secret: String, _ first: FirstAdministrator?) -> UpGreeting
    {
        UpGreeting(
            listeners: listeners, configuration: relay.relay, dataFolder: folder.path, secret: secret,
            authorityFile: relay.relay.certificateFile == folder.certificateFile ? folder.certificateFile : nil,
            unixSeconds: Int64(Date().timeIntervalSince1970), origin: givenOrigin,
            pages: (givenOrigin ?? localOrigin).description + "/", administrator: first)
    }

    /// Where browsers may come from: this host by all its names.
    private static func origins(_ port: UInt16) -> [Origin] {
        let hosts = HostAddresses.all().map { $0.family == .ipv6 ? "[\($0)]" : "\($0)" }
        return (["localhost", HostAddresses.name] + hosts).compactMap { Origin("https://\($0):\(port)") }
    }
}
