import COpenSSL
import Companion
import Foundation
import Logging
import Store
import Synchronization
import Vault

@testable import CompanionServer

/// A whole companion in a folder of its own, reached over the relay's socket and over TLS.
final class TestServer: Sendable {
    let folder: URL
    let core: CompanionCore
    let services: CompanionServices
    let app: CompanionServerApp
    let relay: FakeRelay
    let log: LogLines
    let port: Mutex<Int> = Mutex(0)

    var socketPath: String { folder.path + "/run/companion.sock" }
    var certificate: String { folder.path + "/certificate.pem" }
    var privateKey: String { folder.path + "/key.pem" }

    /// The site as the browser knows it.
    static let origin = "https://call.example"

    private init(
        settings: CompanionSettings, limits: EdgeLimits, rateFactor: Double, now: @escaping @Sendable () -> Int64
    ) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "web-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let log = LogLines()
        self.log = log
        let vault = Vault(masterKey: [UInt8](repeating: 7, count: VaultKeys.keyLength))
        var cost = PasswordHasher.Settings()
        cost.kibibytes = 64
        cost.passes = 1
        let live = Surroundings.live
        core = CompanionCore(
            store: try SQLiteStore(path: folder.path + "/companion.db"), vault: vault,
            hasher: PasswordHasher(settings: cost, pepper: vault.secret(for: "pepper")),
            surroundings: Surroundings(now: now, random: live.random),
            logger: Logger(label: "test") { _ in log.handler() }, settings: settings)
        relay = FakeRelay()
        services = CompanionServices(
            core: core,
            outside: .init(
                mail: OutboxTransport(), relay: relay, secrets: try RelaySecrets(folder: folder.path),
                documentsFolder: folder.path + "/documents", auditHeadFile: folder.path + "/audit-head",
                auditCheckpointFile: folder.path + "/audit-checkpoints"))
        try Self.makeCertificate(folder.path + "/certificate.pem", folder.path + "/key.pem")
        var edge = EdgeSettings(
            tls: .init(
                host: "127.0.0.1", port: 0, certificateFile: folder.path + "/certificate.pem",
                privateKeyFile: folder.path + "/key.pem"), handOverSocket: folder.path + "/run/companion.sock")
        edge.limits = limits
        var server = CompanionServerSettings(edge: edge, allowedOrigins: [Self.origin])
        server.rateFactor = rateFactor
        server.certificateCheckSeconds = 1
        app = CompanionServerApp(core: core, services: services, settings: server)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Runs a companion around `body`.
    static func run(
        settings: CompanionSettings = .forTests, limits: EdgeLimits = EdgeLimits(), rateFactor: Double = 0,
        now: @escaping @Sendable () -> Int64 = Surroundings.live.now,
        _ body: @Sendable (TestServer) async throws -> Void
    ) async throws {
        let server = try TestServer(settings: settings, limits: limits, rateFactor: rateFactor, now: now)
        let ready = AsyncStream<[BoundListener]>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { ready.continuation.finish() }
                try await server.app.run { bound in
                    ready.continuation.yield(bound)
                    ready.continuation.finish()
                }
            }
            for await bound in ready.stream {
                server.port.withLock { $0 = bound.first { $0.kind == .tls }?.port ?? 0 }
            }
            defer { server.app.stop() }
            try await body(server)
            server.app.stop()
            try await group.waitForAll()
        }
        try? await server.core.store.close()
    }

    static func makeCertificate(_ certificate: String, _ key: String) throws {
        if let reason = copenssl_make_self_signed(certificate, key, "call.example", "DNS:call.example", 30) {
            throw ListenFailure(String(cString: reason))
        }
    }

    /// A connection of the client at `address`.
    func wire(from address: String = "192.0.2.1") async throws -> Wire {
        try await .handOver(socketPath, header: ProxyBytes.ipv4(address, 50_000))
    }
}

extension CompanionSettings {
    /// A companion with a relay.
    static var forTests: CompanionSettings {
        var settings = CompanionSettings()
        settings.relayAccess.turnURIs = ["turn:relay.example:3478"]
        settings.publicURL = TestServer.origin
        settings.accounts.answerMilliseconds = 0
        return settings
    }
}

/// A relay that takes everything and carries one allocation.
final class FakeRelay: RelayAdministration {
    func status() async throws(RelayFailure) -> [UInt8] { Array(#"{"version":"0","sessions":{"total":1}}"#.utf8) }
    func sessions(limit: Int) async throws(RelayFailure) -> RelaySessions {
        do {
            return try JSONDecoder().decode(RelaySessions.self, from: Data(Self.sessions.utf8))
        } catch {
            throw .unexpected("\(error)")
        }
    }
    func end(_ allocation: String) async throws(RelayFailure) -> Bool { allocation == "a1" }
    func revoke(_ id: String, forgetAfterUnixSeconds: Int64?) async throws(RelayFailure) -> Int { 0 }
    func reload() async throws(RelayFailure) {}
    func usage(after sequence: Int64, limit: Int) async throws(RelayFailure) -> RelayUsage {
        do {
            return try JSONDecoder().decode(
                RelayUsage.self, from: Data(#"{"epoch":"e","lost":0,"entries":[]}"#.utf8))
        } catch {
            throw .unexpected("\(error)")
        }
    }

    private static let sessions = """
        {"total":1,"sessions":[{"id":"a1","username":"1:x","client":"192.0.2.1:1","transport":"udp",
        "relayed":["192.0.2.2:2"],"ageSeconds":3,"toPeers":{"packets":1,"bytes":2},"toClient":{"packets":3,"bytes":4}}]}
        """
}

/// What was logged.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])
    var text: String { lines.withLock { $0.joined(separator: "\n") } }

    func handler() -> any LogHandler { Handler(lines: self) }

    private struct Handler: LogHandler {
        let lines: LogLines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }
        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }
            lines.lines.withLock { $0.append("\(event.level) \(event.message) \(all)") }
        }
    }
}
