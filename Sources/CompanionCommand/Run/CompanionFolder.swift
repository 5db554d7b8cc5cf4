import Companion
import Foundation
import Glibc
import Logging
import RelayCommand
import Store
import Vault

/// The folder with everything that the companion keeps.
struct CompanionFolder {
    let path: String

    var database: String { path + "/companion.sqlite" }
    var masterKey: String { path + "/master.key" }
    var auditHead: String { path + "/audit-head" }
    var auditCheckpoints: String { path + "/audit-checkpoints" }
    var documents: String { path + "/documents" }

    /// Makes what is not there yet: the folder, the key, the database; refuses a key that is not this database's.
    ///
    /// - Throws: `CommandFailure`, `VaultFailure` or `StoreFailure`, each one line with cause and remedy.
    func open(settings: CompanionSettings, logger: Logger) async throws -> CompanionCore {
        try make()
        return try await core(mayMake: access(database, F_OK) != 0, settings, logger)
    }

    /// Makes the folder itself if need be.
    func make() throws {
        guard mkdir(path, 0o700) != 0, errno != EEXIST else { return }
        throw CommandFailure(
            "cannot make the folder \(path): \(String(cString: strerror(errno)).lowercased()); choose another one "
                + "with --companion-folder FOLDER")
    }

    /// Opens what is there; makes nothing.
    func openExisting(settings: CompanionSettings, logger: Logger) async throws -> CompanionCore {
        guard access(database, F_OK) == 0 else { throw nothingThere }
        return try await core(mayMake: false, settings, logger)
    }

    var nothingThere: CommandFailure {
        CommandFailure("there is no database in \(path); name the folder with --companion-folder FOLDER")
    }

    /// Who checks and signs the audit log.
    func keeper(_ core: CompanionCore) -> AuditKeeper {
        AuditKeeper(core: core, path: auditHead, checkpointPath: auditCheckpoints)
    }

    /// The folder for this process alone, as long as the result is kept: a companion serves it, or its keys change.
    func lock() throws -> FolderLock { try FolderLock(folder: path) }

    private func core(mayMake: Bool, _ settings: CompanionSettings, _ logger: Logger) async throws -> CompanionCore {
        let vault = Vault(keys: try VaultKeys.open(path: masterKey, mayMake: mayMake))
        let store = try SQLiteStore(path: database)
        do {
            try await CompanionCore.checkKey(of: vault, on: store)
        } catch {
            try? await store.close()
            throw error
        }
        return CompanionCore(
            store: store, vault: vault, hasher: PasswordHasher(pepper: vault.secret(for: "pepper")), logger: logger,
            settings: settings)
    }
}
