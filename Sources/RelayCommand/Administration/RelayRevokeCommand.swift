import ArgumentParser
import RelayServer

/// `tern relay revoke NAME`
struct RelayRevokeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Refuse a user from now on, and end what they have.",
        discussion: """
            NAME is a username, or the id of time-limited credentials: 'room42' stands for every '<expiry>:room42'. \
            The relay forgets it when it ends; 'relay.revoked' in its configuration lasts.
            """)

    @OptionGroup var options: AdministrationOptions

    @Argument(help: "A username or credential id.")
    var name: String

    func run() throws {
        try options.show(.revoke(name), as: ActionDocument.self) { document in
            "revoked; allocations ended: \(Quantity.count(document.endedAllocations ?? 0))"
        }
    }
}
