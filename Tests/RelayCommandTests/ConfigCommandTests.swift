import Foundation
import TestSupport
import Testing

/// `tern config`.
struct ConfigCommandTests {
    @Test func fileThatIsFineIsSaidToBe() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("relay:\n  secrets: [s]\n", to: "t.yaml")
        let program = try Program.run(["config", "check", file])
        #expect(program.exitCode == 0)
        #expect(program.output == "\(file) is fine\n")
        #expect(program.messages.isEmpty)
    }

    @Test func showTellsValuesAndWhereTheyCameFrom() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("relay:\n  secrets: [planted]\n  loops: 3\n", to: "t.yaml")
        let program = try Program.run(
            ["config", "show", "--changed", file, "--realm", "example.test"],
            environment: ["TERN_RELAY_METRICS": "127.0.0.1:9641"])
        #expect(program.exitCode == 0)
        let rows = program.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(
            rows == [
                ["KEY", "VALUE", "FROM"],
                ["relay.loops", "3", "\(file):3"],
                ["relay.realm", "example.test", "--realm"],
                ["relay.secrets", "(hidden)", "\(file):2"],
                ["relay.metrics", "127.0.0.1:9641", "TERN_RELAY_METRICS"],
            ])
    }

    @Test func showWritesJSON() throws {
        let program = try Program.run(["config", "show", "--json", "--secret", "s"])
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(program.output.utf8)) as? [String: [String: Any]])
        #expect(json["relay.ports"]?["from"] as? String == "default")
        #expect(json["relay.ports"]?["values"] as? [String] == ["49152-65535"])
    }

    @Test func printedDefaultsAreAConfigurationFile() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(try Program.run(["config", "defaults"]).output, to: "t.yaml")
        #expect(try Program.run(["config", "check", file]).exitCode == 0)
    }

    @Test func keysListsPathVariableAndFlag() throws {
        let program = try Program.run(["config", "keys"])
        #expect(program.output.contains("relay.quotas.allocations "))
        #expect(program.output.contains(" TERN_RELAY_QUOTAS_ALLOCATIONS "))
        #expect(program.output.contains(" --allocations NUMBER\n"))
    }

    @Test func turnserverFileIsTranslatedToOneThatChecks() throws {
        let folder = try TemporaryFolder()
        let source = try folder.write(
            "listening-port=3479\nstatic-auth-secret=abc\nno-cli\ncli-password=x\n", to: "turnserver.conf")
        let program = try Program.run(["config", "import-coturn", source])
        #expect(program.exitCode == 0)
        #expect(program.messageLines.first?.hasPrefix("not translated: line 4: cli-password: ") == true)
        let file = try folder.write(program.output, to: "t.yaml")
        let check = try Program.run(["config", "check", file])
        #expect(check.exitCode == 0)
        #expect(check.messages.isEmpty)
    }
}
