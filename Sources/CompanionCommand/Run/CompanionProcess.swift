import Companion
import CompanionServer
import ConfigurationKeys
import Foundation
import Logging
import RelayServer
import Store

/// The companion with its data open: what `tern companion` and `tern up` run.
struct CompanionProcess {
    let services: CompanionServices

    private let core: CompanionCore
    private let app: CompanionServerApp
    private let lock: FolderLock

    /// Opens the data and puts the services around it; nothing runs and nothing listens yet.
    ///
    /// - Parameter show: called with each message that stays in the outbox because there is no mail server.
    init(
        _ configuration: CompanionConfiguration, logger: Logger,
        show: @escaping @Sendable (OutgoingMessage) -> Void
    ) async throws {
        let mail = try configuration.mailTransport(show: show)
        let text = try configuration.textTransport()
        let folder = CompanionFolder(path: configuration.folder)
        try folder.make()
        lock = try folder.lock()
        core = try await folder.open(settings: configuration.settings(), logger: logger)
        services = CompanionServices(
            core: core,
            outside: CompanionServices.Outside(
                mail: mail, text: text,
                relay: RelaySocket(path: configuration.relayAdminSocket ?? AdminAPI.defaultSocketPath),
                secrets: try RelaySecrets(folder: configuration.relaySecrets ?? configuration.folder),
                documentsFolder: folder.documents, auditHeadFile: folder.auditHead,
                auditCheckpointFile: folder.auditCheckpoints))
        app = CompanionServerApp(
            core: core, services: services,
            settings: CompanionServerSettings(
                edge: configuration.edge, allowedOrigins: configuration.origins.map(\.description)))
    }

    /// Serves until the task is cancelled, then closes the data.
    ///
    /// - Parameter onReady: called once when clients are served.
    func run(onReady: @escaping @Sendable () async -> Void) async throws {
        do {
            try await app.run { _ in await onReady() }
        } catch {
            await close()
            throw error
        }
        await close()
    }

    /// Closes the data, whether or not this task was cancelled.
    func close() async {
        await Task {
            do {
                try await core.store.close()
            } catch {
                core.logger.error("the database was not closed cleanly", metadata: ["cause": "\(error)"])
            }
        }.value
    }
}
