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

    /// Opens the data for the time of `body`.
    func withCore(_ body: (CompanionCore, CompanionFolder) async throws -> Void) async throws {
        let (values, provenance) = try source.sources().read(CompanionConfiguration.self)
        var folder = CompanionFolder(path: values.folder)
        if !provenance.isGiven("companion.folder"),
            let usual = Self.usualFolders.map(CompanionFolder.init).first(where: { access($0.database, F_OK) == 0 })
        {
            folder = usual
        }
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
