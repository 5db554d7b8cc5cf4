import ConfigurationKeys
import TestSupport
import Testing

@testable import RelayServer

/// Defaults, then the file, then the environment, then flags: the last one wins.
struct ConfigurationPrecedenceTests {
    let folder: TemporaryFolder
    let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = try folder.write("relay:\n  realm: from.file\n  loops: 3\n  secrets: [a, b]\n", to: "t.yaml")
    }

    @Test func laterSourcesWinKeyByKey() throws {
        let environment = ["TERN_RELAY_REALM": "from.environment", "TERN_RELAY_LOOPS": "4", "HOME": "/"]
        let loaded = try ConfigurationLoader(
            path: path, environment: environment, flags: ["--realm", "from.flag"]
        ).load()
        #expect(loaded.relay.realm == "from.flag")
        #expect(loaded.relay.loops == 4)
        #expect(loaded.relay.secrets == ["a", "b"])
        #expect(loaded.relay.relayPorts == RelayConfiguration().relayPorts)

        func origin(_ path: String) -> String {
            RelayConfiguration.keys.first { $0.path == path }.map { "\(loaded.origin(of: $0))" } ?? ""
        }
        #expect(origin("relay.realm") == "--realm")
        #expect(origin("relay.loops") == "TERN_RELAY_LOOPS")
        #expect(origin("relay.secrets") == "\(path):4")
        #expect(origin("relay.ports") == "default")
    }

    @Test func laterListReplacesTheEarlierOneAsAWhole() throws {
        let fromFlags = try ConfigurationLoader(
            path: path, environment: ["TERN_RELAY_SECRETS": "c, d"], flags: ["--secret", "e", "--secret=f"]
        ).load()
        #expect(fromFlags.relay.secrets == ["e", "f"])
        let fromEnvironment = try ConfigurationLoader(path: path, environment: ["TERN_RELAY_SECRETS": "c, d"]).load()
        #expect(fromEnvironment.relay.secrets == ["c", "d"])
        let emptied = try ConfigurationLoader(path: path, environment: ["TERN_RELAY_SECRETS": ""]).load()
        #expect(emptied.relay.secrets.isEmpty)
    }

    @Test func flagsOfTheDocumentedCommandLineAreRead() throws {
        let (certificate, key) = try folder.makeCertificate()
        let flags = [
            "--listen", "udp://127.0.0.1:3478", "--listen", "tcp://127.0.0.1:3478", "--listen", "tls://127.0.0.1:5349",
            "--relay-address", "127.0.0.1", "--relay-ports", "20000-60000", "--realm", "example.test",
            "--user", "alice:secret", "--secret", "S", "--allow-peer", "127.0.0.0/8", "--certificate", certificate,
            "--private-key", key, "--loops", "1", "--metrics", "127.0.0.1:9641", "--admin", "run/tern.sock",
        ]
        let relay = try ConfigurationLoader(flags: flags).load().relay
        #expect(
            relay.listeners.map(\.description)
                == flags.enumerated().filter { [1, 3, 5].contains($0.offset) }.map(\.element))
        #expect(relay.relayPorts.count == 40001)
        #expect(relay.users.map(\.name) == ["alice"])
        #expect(relay.loops == 1)
        #expect(relay.certificateFile == certificate)
    }

    @Test func switchesTakeNoValueUnlessWithAnEqualsSign() throws {
        #expect(try ConfigurationLoader(flags: ["--require-sha256", "--loops", "1"]).load().relay.requiresSHA256)
        #expect(try !ConfigurationLoader(flags: ["--require-sha256=false"]).load().relay.requiresSHA256)
    }

    @Test func secretsAreHiddenWhenShown() throws {
        let relay = try ConfigurationLoader(flags: ["--secret", "planted", "--user", "a:planted"]).load().relay
        let shown = RelayConfiguration.keys.flatMap { $0.shownValues(in: relay) }.joined()
        #expect(!shown.contains("planted"))
    }
}
