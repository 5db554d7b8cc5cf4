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

    init(seed: UInt64 = 1, settings: CompanionSettings = CompanionSettings()) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "companion-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        surroundings = TestSurroundings(seed: seed)
        store = try SQLiteStore(path: folder.appending(path: "companion.db").path)
        let vault = Vault(masterKey: [UInt8](repeating: 7, count: VaultKeys.keyLength))
        var cost = PasswordHasher.Settings()
        cost.kibibytes = 64
        cost.passes = 1
        core = CompanionCore(
            store: store, vault: vault, hasher: PasswordHasher(settings: cost, pepper: vault.secret(for: "pepper")),
            surroundings: surroundings.surroundings, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            settings: settings)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }
}
