import ArgumentParser
import ConfigurationKeys
import Foundation
import RelayServer

/// `tern credentials issue`: a time-limited credential from a shared secret.
struct CredentialsIssueCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "issue",
        abstract: "Make a time-limited credential from a shared secret.",
        discussion: "Needs no running relay: whoever has the secret can make credentials.")

    @Option(help: ArgumentHelp("File of the shared secret, as the relay reads it.", valueName: "file"))
    var secretFile: String

    @Option(help: ArgumentHelp("Who or what the credential is for, for example a room.", valueName: "id"))
    var id: String?

    @Option(help: ArgumentHelp("How long it is valid: 90s, 10m, 1h, 2d.", valueName: "duration"))
    var ttl = "1h"

    @Option(help: ArgumentHelp("What stands between expiry and identifier.", valueName: "character"))
    var separator = ":"

    @Flag(help: "Write JSON in the shape of iceServers.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "A URI of the relay, once per URI; this host's name on port 3478 when left out.", valueName: "uri"))
    var uri: [String] = []

    mutating func run() throws {
        let credential = try issue(unixSeconds: Int64(Date().timeIntervalSince1970))
        let uris = uri.isEmpty ? Self.defaultURIs : uri
        Terminal.print(json ? try credential.iceServers(uris: uris) : credential.text(uris: uri))
    }

    /// The credential, counted from this moment.
    func issue(unixSeconds now: Int64) throws -> IssuedCredential {
        guard let seconds = DurationText.seconds(ttl), seconds > 0 else {
            throw CommandFailure("--ttl: \"\(ttl)\" is not a duration; write for example 10m or 1h", exitCode: 2)
        }
        guard separator.count == 1, let character = separator.first?.asciiValue else {
            throw CommandFailure("--separator: \"\(separator)\" is not one character; write for example :", exitCode: 2)
        }
        if let bad = uri.first(where: { !["turn:", "turns:", "stun:", "stuns:"].contains(where: $0.hasPrefix) }) {
            throw CommandFailure(
                "--uri: \"\(bad)\" is not a URI of a relay; write for example turn:relay.example.org:3478", exitCode: 2)
        }
        let secret = try SecretFileReader.secret(inFile: secretFile)
        return IssuedCredential(
            secret: secret, id: id, expiresAtUnixSeconds: now + Int64(seconds), separator: character)
    }

    private static var defaultURIs: [String] {
        ["turn:\(HostAddresses.name):3478?transport=udp", "turn:\(HostAddresses.name):3478?transport=tcp"]
    }
}
