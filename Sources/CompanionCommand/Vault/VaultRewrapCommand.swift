import ArgumentParser
import Companion
import RelayCommand
import Vault

/// `tern vault rewrap`: what an interrupted rotation left.
struct VaultRewrapCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rewrap", abstract: "Seal anew what an interrupted rotation left under earlier keys.",
        discussion: "Can be run and interrupted any number of times: everything opens at any moment.")

    @OptionGroup var data: CompanionDataOptions

    mutating func run() async throws {
        let data = data
        try await data.withLockedFolder { _ in try await Self.rewrap(data) }
    }

    /// With the folder locked.
    static func rewrap(_ data: CompanionDataOptions) async throws {
        try await data.withCore { core, _ in
            let values = try await KeyRotation(core: core).rewrap()
            Terminal.print("sealed anew under master key \(core.vault.currentKeyID): \(values) values")
        }
    }
}
