import ArgumentParser
import Companion
import RelayCommand
import Vault

/// `tern vault rotate`: a new master key, and everything under it.
struct VaultRotateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Add a master key and seal everything anew under it.",
        discussion: """
            The key file keeps the earlier keys: searching by address and checking passwords need the first one, and \
            backups the one they were made with. Copy the file to where its backup is before the companion is started \
            again. When this is interrupted, 'tern vault rewrap' does the rest.
            """)

    @OptionGroup var data: CompanionDataOptions

    mutating func run() async throws {
        let data = data
        let path = try await data.withLockedFolder { folder in
            // Opened first: a key file that is not this database's is not added to.
            try await data.withCore { _, _ in }
            _ = try VaultKeys.rotate(path: folder.masterKey)
            try await VaultRewrapCommand.rewrap(data)
            return folder.masterKey
        }
        Terminal.print("back up \(path) now: without its newest line nothing opens any more")
    }
}
