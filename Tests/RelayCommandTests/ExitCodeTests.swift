import TestSupport
import Testing

/// Exit code 2 and one line for what is wrong with the configuration or the command line; nothing half-started.
struct ExitCodeTests {
    @Test func versionIsPrinted() throws {
        let program = try Program.run(["--version"])
        #expect(program.exitCode == 0)
        #expect(program.output.split(separator: ".").count == 3)
    }

    @Test func helpOfTheRelayListsEveryFlag() throws {
        let program = try Program.run(["relay", "--help"])
        #expect(program.exitCode == 0)
        for flag in ["--listen URI", "--relay-ports FIRST-LAST", "--allow-peer CIDR", "--admin PATH"] {
            #expect(program.output.contains(flag))
        }
    }

    @Test(arguments: [
        (["relay", "--listn", "x"], "tern: --listn: there is no such flag; did you mean --listen?"),
        (
            ["relay", "--relay-ports", "9-1"],
            "tern: --relay-ports: relay.ports: \"9-1\" is not a range of ports; "
                + "write two ports from 1 to 65535, for example 49152-65535"
        ),
        (
            ["relay", "--config", "/nonexistent"],
            "tern: --config: cannot read /nonexistent: no such file or directory; check the path"
        ),
        (
            ["relay", "run", "--allow-peer", "1.2.3.4/5"],
            "tern: --allow-peer: relay.peers.allow: \"1.2.3.4/5\" has bits set after its prefix; "
                + "write 0.0.0.0/5 for the network, or the address alone for one host"
        ),
        (
            ["relay", "--listen", "tls://127.0.0.1:5349"],
            "tern: --listen: relay.listen: tls://127.0.0.1:5349 needs a certificate; "
                + "set relay.tls.certificate and relay.tls.private-key, or leave the listener out"
        ),
        (["frobnicate"], "tern: Unexpected argument 'frobnicate'; see tern --help"),
        (
            ["up", "--prot", "1"],
            "tern: --prot: there is no such flag; --help lists all flags"
        ),
        (
            ["credentials", "issue", "--secret-file", "/nonexistent"],
            "tern: cannot read the secret file /nonexistent: no such file or directory; check the path"
        ),
        (
            ["config", "import-coturn", "/nonexistent"],
            "tern: cannot read /nonexistent: no such file or directory; check the path"
        ),
    ])
    func mistakeIsOneLineAndExitCodeTwo(arguments: [String], line: String) throws {
        let folder = try TemporaryFolder()
        let program = try Program.run(arguments, folder: folder.path)
        #expect(program.exitCode == 2)
        #expect(program.messages == line + "\n")
        #expect(program.output.isEmpty)
    }

    @Test func variablesCountAndAreNamedInMessages() throws {
        let program = try Program.run(["config", "check"], environment: ["TERN_RELAY_LOOPS": "x"])
        #expect(program.exitCode == 2)
        #expect(
            program.messages
                == "tern: TERN_RELAY_LOOPS: relay.loops: \"x\" is not a value that is allowed; "
                + "write a whole number from 0 to 128\n")
    }

    @Test func everyMistakeOfAFileIsALineOfItsOwn() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("relay:\n  loops: x\n  realms: y\n  ports: z\n", to: "t.yaml")
        let program = try Program.run(["config", "check", file])
        #expect(program.exitCode == 2)
        #expect(program.messageLines.count == 3)
        #expect(program.messageLines.allSatisfy { $0.hasPrefix("tern: \(file):") })
    }
}
