import ArgumentParser
import Companion
import ConfigurationKeys
import Foundation
import Logging
import RelayCommand
import RelayServer
import Store

/// Which companion's data a command works on: `--companion-folder`, or what the configuration says.
struct CompanionDataOptions: ParsableArguments {
    @OptionGroup var source: ConfigurationOptions

    init() {}

    /// Folders that are looked for when none is named: one started by hand here, `tern up` here, the system's service.
    static let usualFolders = ["companion-data", "tern-data/companion", "/var/lib/tern/companion"]

    /// Keeps the folder from a companion for the time of `body`.
    func withLockedFolder<R>(_ body: (CompanionFolder) async throws -> R) async throws -> R {
        let (folder, _) = try folder()
        guard access(folder.database, F_OK) == 0 else { throw folder.nothingThere }
        let lock = try folder.lock()
        let result = try await body(folder)
        withExtendedLifetime(lock) {}
        return result
    }

    /// The folder that is named, or the usual one with data in it.
    private func folder() throws -> (CompanionFolder, CompanionConfiguration) {
        let (values, provenance) = try source.sources().read(CompanionConfiguration.self)
        if !provenance.isGiven("companion.folder"),
            let usual = Self.usualFolders.map(CompanionFolder.init).first(where: { access($0.database, F_OK) == 0 })
        {
            return (usual, values)
        }
        return (CompanionFolder(path: values.folder), values)
    }

    /// Opens the data for the time of `body`.
    func withCore(_ body: (CompanionCore, CompanionFolder) async throws -> Void) async throws {
        let (folder, values) = try folder()
        let log = RelayLog(.init(format: .text, level: .warning))
        defer { log.stop() }
        let core = try await folder.openExisting(settings: try values.settings(), logger: log.logger("companion"))
        do {
            try await body(core, folder)
        } catch {
            try? await core.store.close()
            throw error
        }
        try await core.store.close()
    }
}
