public import Logging
public import Store
public import Vault

/// What every service is made from.
public struct CompanionCore: Sendable {
    /// The database.
    public var store: any Store
    /// Keys for what the database must not show.
    public var vault: Vault
    /// Password hashes.
    public var hasher: PasswordHasher
    /// Time and random bytes.
    public var surroundings: Surroundings
    /// Where the services report.
    public var logger: Logger
    /// All knobs.
    public var settings: CompanionSettings

    /// A core of these parts.
    public init(
        store: any Store, vault: Vault, hasher: PasswordHasher, surroundings: Surroundings = .live, logger: Logger,
        settings: CompanionSettings = CompanionSettings()
    ) {
        self.store = store
        self.vault = vault
        self.hasher = hasher
        self.surroundings = surroundings
        self.logger = logger
        self.settings = settings
    }

    /// The present, in milliseconds since 1970 UTC.
    public var now: Int64 { surroundings.now() }

    /// Throws `VaultFailure.wrongKey` when the database was written under another master key. A new database learns
    /// its key here. To be called before anything else is done with the two.
    public static func checkKey(of vault: Vault, on store: any Store) async throws {
        let fresh = vault.checkValue()
        let kept = try await store.write { connection in
            if let kept = try connection.setting(checkName) { return kept }
            try connection.set(checkName, to: fresh)
            return fresh
        }
        try vault.check(kept)
    }

    static let checkName = "vault_check"
}
