import Companion
import Foundation
import Logging
import Store
import Vault

/// A companion of one test: a new database in a folder of its own, a clock that stands still, cheap password hashes.
/// The folder is deleted with it.
final class TestCompanion: Sendable {
    let folder: URL
    let surroundings: TestSurroundings
    let store: SQLiteStore
    let core: CompanionCore

    init(
        seed: UInt64 = 1, settings: CompanionSettings = CompanionSettings(), hashKibibytes: UInt32 = 64,
        in place: URL = FileManager.default.temporaryDirectory
    ) throws {
        folder = place.appending(path: "companion-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        surroundings = TestSurroundings(seed: seed)
        store = try SQLiteStore(path: folder.appending(path: "companion.db").path)
        let vault = Vault(masterKey: [UInt8](repeating: 7, count: VaultKeys.keyLength))
        var cost = PasswordHasher.Settings()
        cost.kibibytes = hashKibibytes
        cost.passes = 1
        core = CompanionCore(
            store: store, vault: vault, hasher: PasswordHasher(settings: cost, pepper: vault.secret(for: "pepper")),
            surroundings: surroundings.surroundings, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            settings: settings)
    }

    /// The same database, with passwords hashed at another cost.
    func core(hashKibibytes: UInt32) -> CompanionCore {
        var cost = PasswordHasher.Settings()
        cost.kibibytes = hashKibibytes
        cost.passes = 1
        var other = core
        other.hasher = PasswordHasher(settings: cost, pepper: core.vault.secret(for: "pepper"))
        return other
    }

    deinit { try? FileManager.default.removeItem(at: folder) }
}

extension CompanionSettings {
    /// The defaults, with answers that leave as soon as they are there.
    static var unpaced: CompanionSettings {
        var settings = CompanionSettings()
        settings.accounts.answerMilliseconds = 0
        return settings
    }
}
