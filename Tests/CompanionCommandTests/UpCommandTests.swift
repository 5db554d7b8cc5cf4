import Foundation
import Glibc
import RelayCommand
import RelayServer
import STUN
import TestSupport
import Testing

@testable import Companion
@testable import CompanionCommand

/// `tern up`.
struct UpCommandTests {
    @Test func dataFolderIsPrivateAndNeverOverwritten() throws {
        let parent = try TemporaryFolder()
        let folder = try DataFolder(making: parent.path + "/data")
        #expect(try parent.permissions(of: "data") == 0o700)
        #expect(try parent.permissions(of: "data/relay-secret-current") == 0o600)
        #expect(try parent.permissions(of: "data/relay-secret-previous") == 0o600)
        #expect(try parent.permissions(of: "data/private-key.pem") == 0o600)
        let files = [folder.secrets.currentPath, folder.secrets.previousPath, folder.certificateFile, folder.keyFile]
        let before = try files.map { try String(contentsOfFile: $0, encoding: .utf8) }
        #expect(before[0].count == 65 && before[0] != before[1])
        _ = try DataFolder(making: folder.path)
        #expect(try files.map { try String(contentsOfFile: $0, encoding: .utf8) } == before)
        // What is made can be configured.
        _ = try ConfigurationLoader(flags: [
            "--listen", "tls://127.0.0.1:0", "--certificate", folder.certificateFile, "--private-key", folder.keyFile,
            "--secret-file", folder.secrets.currentPath, "--secret-file", folder.secrets.previousPath,
        ]).load()
    }

    @Test func halfACertificateIsNotCompletedSilently() throws {
        let parent = try TemporaryFolder()
        let folder = try DataFolder(making: parent.path)
        try FileManager.default.removeItem(atPath: folder.keyFile)
        #expect(throws: CommandFailure.self) { try DataFolder(making: parent.path) }
    }

    @Test func folderThatCannotBeMadeIsOneLine() throws {
        let parent = try TemporaryFolder()
        let program = try Program.run(["up", "--data", parent.path + "/a/b"])
        #expect(program.exitCode == 1)
        #expect(
            program.messages == "tern: cannot make the folder \(parent.path)/a/b: no such file or directory; "
                + "choose another one with --data FOLDER\n")
    }

    @Test func takenPortIsOneLineWithTheWayOut() throws {
        let listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let succeeded = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && listen(listener, 1) == 0 && getsockname(listener, $0, &size) == 0
            }
        }
        try #require(succeeded)
        let port = UInt16(bigEndian: address.sin_port)
        let folder = try TemporaryFolder()
        let program = try Program.run(["up", "--port", "0", "--tls-port", "\(port)"], folder: folder.path)
        #expect(program.exitCode == 1)
        #expect(
            program.messages
                == "tern: port \(port) (TLS) is taken by another program; choose another with --tls-port NUMBER\n")
        #expect(program.output.isEmpty)
    }

    @Test func privilegedPortIsOneLineWithTheWayOut() {
        let failure = UpCommand.failure(ListenerAddress(.tls, nil, port: 443), EACCES)
        #expect(
            failure.description
                == "port 443 (TLS) needs more rights than this user has; choose one above 1023 with --tls-port NUMBER")
        #expect(failure.exitCode == 1)
    }

    @Test func greetingNamesURIsCredentialAndTheProof() throws {
        let listeners = [
            ListenerAddress(.udp, IPAddress("127.0.0.1"), port: 3478),
            ListenerAddress(.tcp, IPAddress("127.0.0.1"), port: 3478),
            ListenerAddress(.tls, IPAddress("::1"), port: 5349),
        ]
        var configuration = RelayConfiguration()
        configuration.relayAddresses = [RelayAddress(IPAddress("127.0.0.1")!)]
        let greeting = UpGreeting(
            listeners: listeners, configuration: configuration, dataFolder: "./tern-data", secret: "north",
            authorityFile: "./tern-data/certificate.pem", unixSeconds: 1_000_000, pages: "https://localhost:5349/",
            administrator: .init(email: "admin@tern.local", password: "once"))
        #expect(
            greeting.uris == [
                "turn:127.0.0.1:3478?transport=udp", "turn:127.0.0.1:3478?transport=tcp",
                "turns:[::1]:5349?transport=tcp",
            ])
        let credential = IssuedCredential(secret: "north", id: "up", expiresAtUnixSeconds: 1_000_000 + 86_400)
        #expect(credential.username == "1086400:up")
        for part in greeting.uris + [
            credential.username, credential.password, "probe --user '1086400:up'", greeting.pages, "once  (shown",
            "--ca ./tern-data/certificate.pem",
        ] {
            #expect(greeting.text.contains(part))
        }
        #expect(!greeting.text.contains("north"))
    }

    @Test func anOriginWithANameNamesTheRelayToo() throws {
        let listeners = [
            ListenerAddress(.udp, nil, port: 3478), ListenerAddress(.tcp, nil, port: 3478),
            ListenerAddress(.tls, IPAddress("10.0.0.7"), port: 5349),
        ]
        // The port that browsers know may be forwarded to another one.
        #expect(
            UpGreeting.uris(listeners, Origin("https://call.example")) == [
                "turn:call.example:3478?transport=udp", "turn:call.example:3478?transport=tcp",
                "turns:call.example:443?transport=tcp",
            ])
        #expect(
            UpGreeting.uris(listeners, Origin("https://10.0.0.7:5349")).last == "turns:10.0.0.7:5349?transport=tcp")
    }

    @Test func aCertificateOfItsOwnIsNotCheckedAgainstTheOneThatWasMade() {
        let greeting = UpGreeting(
            listeners: [ListenerAddress(.tls, nil, port: 5349)], configuration: RelayConfiguration(),
            dataFolder: "./tern-data", secret: "north", unixSeconds: 1_000_000, origin: Origin("https://call.example"),
            pages: "https://call.example/")
        #expect(greeting.text.contains("'turns:call.example:443?transport=tcp'") && !greeting.text.contains("--ca"))
    }
}
