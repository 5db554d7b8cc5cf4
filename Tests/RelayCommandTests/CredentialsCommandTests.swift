import Credentials
import Foundation
import TestSupport
import Testing

/// `tern credentials`: what it prints is what the relay accepts.
struct CredentialsCommandTests {
    @Test func issuedCredentialIsTheOneOfTheSecret() throws {
        let folder = try TemporaryFolder()
        let secret = try folder.write("north\n", to: "secret")
        let before = Int64(Date().timeIntervalSince1970)
        let program = try Program.run([
            "credentials", "issue", "--secret-file", secret, "--id", "room42", "--ttl", "1h",
        ])
        let after = Int64(Date().timeIntervalSince1970)
        #expect(program.exitCode == 0)
        let lines = program.output.split(separator: "\n").map(String.init)
        #expect(lines.map { $0.prefix(10) } == ["username: ", "password: ", "expires:  "])
        let username = String(lines[0].dropFirst(10))
        let name = try #require(TimeLimitedCredential.parse(username: username))
        #expect(name.id == "room42")
        #expect((before + 3600...after + 3600).contains(name.expiresAtUnixSeconds))
        let expected = TimeLimitedCredential.issue(
            secret: SharedSecret(text: "north", label: ""), id: "room42",
            expiresAtUnixSeconds: name.expiresAtUnixSeconds)
        #expect(lines[1].dropFirst(10) == expected.password)
    }

    @Test func passwordIsWhatOpenSSLComputes() throws {
        let folder = try TemporaryFolder()
        let secret = try folder.write("north\n", to: "secret")
        let program = try Program.run([
            "credentials", "issue", "--secret-file", secret, "--separator", "!", "--id", "a",
        ])
        let lines = program.output.split(separator: "\n").map { String($0.dropFirst(10)) }
        #expect(lines[0].hasSuffix("!a"))
        let script = "printf %s '\(lines[0])' | openssl dgst -sha1 -hmac north -binary | base64"
        let shell = Process()
        let pipe = Pipe()
        shell.executableURL = URL(filePath: "/bin/sh")
        shell.arguments = ["-c", script]
        shell.standardOutput = pipe
        try shell.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        shell.waitUntilExit()
        #expect(String(decoding: output, as: UTF8.self) == lines[1] + "\n")
    }

    @Test func jsonHasTheShapeThatBrowsersTake() throws {
        struct Shape: Decodable {
            struct Server: Decodable {
                var urls: [String]
                var username: String
                var credential: String
            }
            var iceServers: [Server]
        }
        let folder = try TemporaryFolder()
        let secret = try folder.write("north\n", to: "secret")
        let uris = ["turn:a.example:3478?transport=udp", "turns:a.example"]
        let program = try Program.run(
            ["credentials", "issue", "--secret-file", secret, "--json"] + uris.flatMap { ["--uri", $0] })
        let shape = try JSONDecoder().decode(Shape.self, from: Data(program.output.utf8))
        #expect(shape.iceServers.count == 1)
        #expect(shape.iceServers[0].urls == uris)
        #expect(TimeLimitedCredential.parse(username: shape.iceServers[0].username)?.id == nil)
    }

    @Test(arguments: [
        (["--ttl", "soon"], "tern: --ttl: \"soon\" is not a duration; write for example 10m or 1h\n"),
        (["--separator", "ab"], "tern: --separator: \"ab\" is not one character; write for example :\n"),
        (
            ["--uri", "http://x"],
            "tern: --uri: \"http://x\" is not a URI of a relay; write for example turn:relay.example.org:3478\n"
        ),
    ])
    func badFlagsOfIssueAreOneLine(flags: [String], line: String) throws {
        let folder = try TemporaryFolder()
        let secret = try folder.write("north\n", to: "secret")
        let program = try Program.run(["credentials", "issue", "--secret-file", secret] + flags)
        #expect(program.exitCode == 2)
        #expect(program.messages == line)
    }

    @Test func hashedLineHasTheKeysAndNotThePassword() throws {
        let fromInput = try Program.run(
            ["credentials", "hash", "alice", "--realm", "example.test"], input: "planted\n")
        let fromFlag = try Program.run(
            ["credentials", "hash", "alice", "--realm", "example.test", "--password", "planted"])
        #expect(fromInput.exitCode == 0)
        #expect(fromInput.output == fromFlag.output)
        #expect(!fromInput.output.contains("planted"))
        let record = try #require(UserRecord(line: String(fromInput.output.dropLast())))
        #expect(record == (try UserRecord(name: "alice", realm: "example.test", password: "planted")))
    }

    @Test func missingPasswordIsOneLine() throws {
        let program = try Program.run(["credentials", "hash", "alice"])
        #expect(program.exitCode == 2)
        #expect(program.messages == "tern: there is no password; write it to standard input or use --password\n")
    }
}
