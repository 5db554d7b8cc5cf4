import ConfigurationKeys
import Credentials
import Foundation
import Logging
import RelayCore
import STUN
import Testing

@testable import RelayServer

/// The file that users start from, and the table of keys behind it.
struct ConfigurationFileTests {
    static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "conf")
    static let shippedPath = folder.appending(path: "tern.yaml").path

    @Test func shippedFileParsesToExactlyTheDefaults() throws {
        let loaded = try ConfigurationLoader(path: Self.shippedPath).load()
        #expect(loaded.relay == RelayConfiguration())
    }

    @Test func shippedFileHoldsEveryKeyOfTheTableAndNoOther() throws {
        let read = try ConfigurationSources(path: Self.shippedPath).read(RelayConfiguration.self)
        #expect(Set(read.provenance.origins.keys) == Set(RelayConfiguration.keys.map(\.path)))
    }

    @Test func shippedFileIsWhatTheTableDocuments() throws {
        let text = try String(contentsOfFile: Self.shippedPath, encoding: .utf8)
        #expect(text.hasPrefix([ConfigurationPart.relay].document))
    }

    @Test func exampleOfAUsersFileShowsALineThatIsRead() throws {
        let text = try String(contentsOf: Self.folder.appending(path: "users.example"), encoding: .utf8)
        #expect(try UsersFile.parse(text, realm: "tern").isEmpty)
        let lines = text.split(separator: "\n").compactMap { UserRecord(line: String($0.dropFirst(2))) }
        #expect(lines == [try UserRecord(name: "alice", realm: "tern", password: "change-me")])
    }

    @Test func keysHaveDistinctPathsFlagsAndVariables() {
        let keys = RelayConfiguration.keys
        #expect(Set(keys.map(\.path)).count == keys.count)
        #expect(Set(keys.map(\.flag)).count == keys.count)
        #expect(Set(keys.map(\.environmentVariable)).count == keys.count)
        let sections = Set(RelayConfiguration.sections.map(\.path))
        for key in keys {
            #expect(sections.contains(key.section), "\(key.path)")
            #expect(key.comment.last == "." && key.comment.count <= 110, "\(key.path)")
            #expect(key.environmentVariable.hasPrefix("TERN_RELAY_"))
        }
    }

    @Test func everyDefaultIsReadFromItsOwnText() throws {
        for key in RelayConfiguration.keys {
            var configuration = RelayConfiguration()
            try key.apply(key.describe(configuration), &configuration)
            #expect(configuration == RelayConfiguration(), "\(key.path)")
        }
    }

    @Test func emptyFileAndOtherSectionsAreFine() throws {
        #expect(try load("").relay == RelayConfiguration())
        #expect(try load("# nothing\n").relay == RelayConfiguration())
        #expect(try load("relay:\ncompanion:\n  anything: [1, {a: b}]\n").relay == RelayConfiguration())
    }

    @Test func valuesOfEveryShapeAreRead() throws {
        let relay = try load(
            """
            relay:
              listen: [ 'udp://127.0.0.1:3478', "tcp://[::1]:0" ]
              addresses: 10.0.0.5/192.0.2.5
              ports: 20000-60000
              realm: example.test
              loops: 2
              users:
                - "alice:pass:word"
              secrets: [one, two]
              expiry: grace:10m
              channel-numbers: 0x4000-0x7FFE
              nonce-lifetime: 1h
              require-sha256: yes
              peers:
                allow: [127.0.0.0/8, "fd00::/8"]
              budgets:
                bytes-per-allocation: 1MiB
              log:
                level: debug
                format: json
              metrics: 127.0.0.1:9641
              admin: run/tern.sock
            """
        ).relay
        #expect(relay.listeners.map(\.description) == ["udp://127.0.0.1:3478", "tcp://[::1]:0"])
        #expect(relay.relayAddresses == [RelayAddress(IPAddress("10.0.0.5")!, external: IPAddress("192.0.2.5")!)])
        #expect(relay.relayPorts == PortRange(20000, 60000))
        #expect(relay.realm == "example.test")
        #expect(relay.loops == 2)
        #expect(relay.users == [ClearTextUser(name: "alice", password: "pass:word")])
        #expect(relay.secrets == ["one", "two"])
        #expect(relay.expiry == .grace(seconds: 600))
        #expect(relay.channelNumbers.last == 0x7FFE)
        #expect(relay.nonceLifetimeSeconds == 3600)
        #expect(relay.requiresSHA256)
        #expect(relay.allowedPeers.map(\.description) == ["127.0.0.0/8", "fd00::/8"])
        #expect(relay.budgets.bytesPerSecondPerAllocation == 1 << 20)
        #expect(relay.logLevel == .debug)
        #expect(relay.logFormat == .json)
        #expect(relay.metrics == TransportAddress("127.0.0.1:9641"))
        #expect(relay.adminSocket == "run/tern.sock")
    }
}
