import ArgumentParser
import Credentials
import RelayServer

/// `tern credentials hash`: a line of a users file.
struct CredentialsHashCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hash",
        abstract: "Print the line of a users file for a user.",
        discussion: "The password is read from standard input unless a flag gives it; the line does not contain it.")

    @Argument(help: "The username.")
    var user: String

    @Option(help: ArgumentHelp("The realm of the relay: keys are bound to it.", valueName: "name"))
    var realm = RelayConfiguration().realm

    @Option(
        help: ArgumentHelp(
            "The password; others on this machine may see it in the process list.", valueName: "password"))
    var password: String?

    mutating func run() throws {
        guard let password = password ?? Terminal.readSecret(prompt: "Password of \(user): "), !password.isEmpty else {
            throw CommandFailure("there is no password; write it to standard input or use --password", exitCode: 2)
        }
        Terminal.print(try Self.line(user: user, realm: realm, password: password))
    }

    static func line(user: String, realm: String, password: String) throws(CommandFailure) -> String {
        do {
            return try UserRecord(name: user, realm: realm, password: password).line
        } catch {
            throw CommandFailure("a name, realm or password \(error.text); choose another one", exitCode: 2)
        }
    }
}
