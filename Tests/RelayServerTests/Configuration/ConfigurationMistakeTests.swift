import ConfigurationKeys
import Testing

@testable import RelayServer

/// Each mistake is one line: where, which key, what is wrong, what to do.
struct ConfigurationMistakeTests {
    @Test(arguments: [
        (
            "relay:\n  listne: []\n",
            "t.yaml:2: relay.listne: there is no such key; did you mean listen?"
        ),
        (
            "relay:\n  zzzzzz: 1\n",
            "t.yaml:2: relay.zzzzzz: there is no such key; 'tern config keys' lists all keys"
        ),
        (
            "relay:\n  allow: []\n",
            "t.yaml:2: relay.allow: there is no such key; allow belongs to the section relay.peers"
        ),
        ("rely:\n  loops: 1\n", "t.yaml:1: rely: there is no such key; did you mean relay?"),
        (
            "relay:\n  quotas:\n    allocation: 5\n",
            "t.yaml:3: relay.quotas.allocation: there is no such key; did you mean allocations?"
        ),
        (
            "relay:\n  loops: 1\n  loops: 2\n",
            "t.yaml:2: loops: the key is given twice; keep one of the two"
        ),
        (
            "relay:\n  peers:\n    allow:\n      - 127.0.0.0/8\n      - 10.0.0.300/8\n",
            "t.yaml:5: relay.peers.allow: \"10.0.0.300/8\" is not a range of addresses; "
                + "write CIDR notation, for example 192.0.2.0/24 or 2001:db8::/32"
        ),
        (
            "relay:\n  peers:\n    deny: [10.1.2.3/8]\n",
            "t.yaml:3: relay.peers.deny: \"10.1.2.3/8\" has bits set after its prefix; "
                + "write 10.0.0.0/8 for the network, or the address alone for one host"
        ),
        (
            "relay:\n  peers:\n    deny: [10.0.0.0/33]\n",
            "t.yaml:3: relay.peers.deny: \"10.0.0.0/33\" has a bad prefix length; "
                + "write a number from 0 to 32 after the slash"
        ),
        (
            "relay:\n  ports: 49152-70000\n",
            "t.yaml:2: relay.ports: \"49152-70000\" is not a range of ports; "
                + "write two ports from 1 to 65535, for example 49152-65535"
        ),
        (
            "relay:\n  ports: 5000-4000\n",
            "t.yaml:2: relay.ports: \"5000-4000\" is not a range of ports; "
                + "write two ports from 1 to 65535, for example 49152-65535"
        ),
        (
            "relay:\n  listen: [\"udp://127.0.0.1:99999\"]\n",
            "t.yaml:2: relay.listen: \"udp://127.0.0.1:99999\" is not a listener; "
                + "write udp://, tcp:// or tls://, an address or *, and a port, for example udp://*:3478"
        ),
        (
            "relay:\n  listen: [udp://localhost:3478]\n",
            "t.yaml:2: relay.listen: \"udp://localhost:3478\" is not a listener; "
                + "write udp://, tcp:// or tls://, an address or *, and a port, for example udp://*:3478"
        ),
        (
            "relay:\n  listen: []\n",
            "t.yaml:2: relay.listen: there is no listener; write at least one, for example udp://*:3478"
        ),
        (
            "relay:\n  listen: [\"udp://127.0.0.1:3478\", \"tcp://*:1\", \"udp://*:3478\"]\n",
            "t.yaml:2: relay.listen: udp://*:3478 takes the same port as udp://127.0.0.1:3478; "
                + "keep one of them, or give them different ports"
        ),
        (
            "relay:\n  listen:\n    - tcp://127.0.0.1:1\n    - tcp://127.0.0.1:1\n",
            "t.yaml:4: relay.listen: tcp://127.0.0.1:1 is given twice; keep one of them, or give them different ports"
        ),
        (
            "relay:\n  listen: [\"tls://*:5349\"]\n",
            "t.yaml:2: relay.listen: tls://*:5349 needs a certificate; "
                + "set relay.tls.certificate and relay.tls.private-key, or leave the listener out"
        ),
        (
            "relay:\n  addresses: [10.0.0.1/2001:db8::1]\n",
            "t.yaml:2: relay.addresses: \"10.0.0.1/2001:db8::1\" is not an address to relay on; write an address, "
                + "or the local and the external one of the same family, for example 10.0.0.5/192.0.2.5"
        ),
        (
            "relay:\n  addresses: [0.0.0.0]\n",
            "t.yaml:2: relay.addresses: 0.0.0.0 is no address that peers could answer to; "
                + "write an address of this host, and its outside address after a slash"
        ),
        (
            "relay:\n  loops: many\n",
            "t.yaml:2: relay.loops: \"many\" is not a value that is allowed; write a whole number from 0 to 128"
        ),
        (
            "relay:\n  nonce-lifetime: 1s\n",
            "t.yaml:2: relay.nonce-lifetime: \"1s\" is not a value that is allowed; "
                + "write a duration from 30s to 1d, such as 30s, 10m or 1h"
        ),
        (
            "relay:\n  require-sha256: perhaps\n",
            "t.yaml:2: relay.require-sha256: \"perhaps\" is neither true nor false; write true or false"
        ),
        (
            "relay:\n  expiry: never\n",
            "t.yaml:2: relay.expiry: \"never\" is not a policy for expired credentials; "
                + "write end, call or grace:DURATION, such as grace:10m"
        ),
        (
            "relay:\n  expiry-of-classes: [guests=end]\n",
            "t.yaml:2: relay.expiry-of-classes: no secret file is of the class guests; "
                + "write relay.secret-files as guests=FILE"
        ),
        (
            "relay:\n  log:\n    level: inof\n",
            "t.yaml:3: relay.log.level: \"inof\" is not one of the words allowed; "
                + "write one of trace, debug, info, notice, warning, error, critical (did you mean info?)"
        ),
        (
            "relay:\n  realm:\n",
            "t.yaml:2: relay.realm: the value is missing; write exactly one"
        ),
        (
            "relay:\n  realm: \"a\\\"b\"\n",
            "t.yaml:2: relay.realm: \"a\"b\" cannot be a realm; "
                + "write 1 to 127 characters without quotes, backslashes and colons, for example example.org"
        ),
        (
            "relay:\n  realm: [a, b]\n",
            "t.yaml:2: relay.realm: this is not a single value; write NAME"
        ),
        (
            "relay:\n  secrets: {a: b}\n",
            "t.yaml:2: relay.secrets: this is not a list of values; write [SECRET, ...]"
        ),
        (
            "relay:\n  peers: 10.0.0.0/8\n",
            "t.yaml:2: relay.peers: this is a section, not a value; indent its keys below"
        ),
        (
            "relay:\n  users: [alice]\n",
            "t.yaml:2: relay.users: a user has no name or no password; write NAME:PASSWORD"
        ),
        (
            "relay:\n  users: [\"a:1\", \"a:2\"]\n",
            "t.yaml:2: relay.users: the user \"a\" is given twice; keep one of them"
        ),
        (
            "relay:\n  peers: {allow: [10.0.0.0/8], deny: [10.0.0.0/8]}\n",
            "t.yaml:2: relay.peers.allow: 10.0.0.0/8 is both allowed and denied; keep one of the two (deny would win)"
        ),
        (
            "relay:\n  peers: {allow-list-only: true}\n",
            "t.yaml:2: relay.peers.allow-list-only: only allowed peers can be reached, and none is allowed; "
                + "set relay.peers.allow (--allow-peer), or set this to false"
        ),
        (
            "relay:\n  lifetimes: {allocation: 2h}\n",
            "t.yaml:2: relay.lifetimes.allocation: the lifetime 2h is above the maximum 1h; "
                + "lower relay.lifetimes.allocation or raise relay.lifetimes.allocation-maximum"
        ),
        (
            "relay:\n  budgets: {bytes-per-user: 1kB}\n",
            "t.yaml:2: relay.budgets.bytes-per-user: one allocation may relay more than all allocations of its user "
                + "together; raise relay.budgets.bytes-per-user or lower relay.budgets.bytes-per-allocation"
        ),
        (
            "relay:\n  metrics: 9641\n",
            "t.yaml:2: relay.metrics: \"9641\" is not an address with a port; "
                + "write for example 127.0.0.1:9641 or [::1]:9641"
        ),
        (
            "relay:\n  credential-separator: ab\n",
            "t.yaml:2: relay.credential-separator: \"ab\" cannot separate the expiry from the identifier; "
                + "write one punctuation character, for example \":\""
        ),
        (
            "relay:\n  alternate-servers: [\"192.0.2.1:1\", \"192.0.2.2:1\"]\n",
            "t.yaml:2: relay.alternate-servers: there are two addresses of one family; "
                + "write at most one IPv4 and one IPv6 address"
        ),
    ])
    func badFileIsOneLine(yaml: String, line: String) {
        #expect(problems(yaml) == [line])
    }

    @Test func textThatIsNotYAMLNamesItsLine() {
        let lines = problems("relay:\n  realm: \"open\n")
        #expect(lines.count == 1)
        #expect(lines.first?.hasPrefix("t.yaml:") == true)
        #expect(lines.first?.contains("this is not YAML") == true)
        #expect(problems("just text\n").first?.contains("the file has no sections") == true)
    }

    @Test func severalMistakesAreSeveralLines() {
        #expect(problems("relay:\n  ports: x\n  loops: y\n  nope: z\n").count == 3)
    }

    @Test(arguments: [
        (["--realms", "x"], "--realms: there is no such flag; did you mean --realm?"),
        (["--xyzzyxyzzy"], "--xyzzyxyzzy: there is no such flag; --help lists all flags"),
        (["--realm"], "--realm: the value is missing; write --realm NAME"),
        (["--realm", "--loops", "1"], "--realm: the value is missing; write --realm NAME"),
        (["stray"], "stray: this belongs to no flag; write flags as --name VALUE"),
        (
            ["--realm", "a", "--realm", "b"],
            "--realm: relay.realm: 2 values are given; write exactly one"
        ),
        (
            ["--relay-ports", "x"],
            "--relay-ports: relay.ports: \"x\" is not a range of ports; "
                + "write two ports from 1 to 65535, for example 49152-65535"
        ),
        (
            ["--certificate", "c.pem"],
            "--certificate: relay.tls.certificate: there is a certificate without its private key; "
                + "set relay.tls.private-key (--private-key) too"
        ),
        (
            ["--private-key", "c.pem"],
            "--private-key: relay.tls.private-key: there is a private key without its certificate; "
                + "set relay.tls.certificate (--certificate) too"
        ),
    ])
    func badFlagIsOneLine(flags: [String], line: String) {
        #expect(problems(flags: flags) == [line])
    }

    @Test func badVariableIsOneLine() {
        #expect(
            problems(flags: [], environment: ["TERN_RELAY_RELM": "x"])
                == ["TERN_RELAY_RELM: there is no such key; did you mean TERN_RELAY_REALM?"])
        #expect(
            problems(flags: [], environment: ["TERN_RELAY_LOOPS": "-1"])
                == [
                    "TERN_RELAY_LOOPS: relay.loops: \"-1\" is not a value that is allowed; "
                        + "write a whole number from 0 to 128"
                ])
    }

    @Test func messagesStayOnOneLineWhateverTheValue() {
        let lines = problems(flags: ["--relay-ports", "a\nb\u{1b}[31m"])
        #expect(lines.count == 1)
        #expect(lines.allSatisfy { !$0.contains("\n") && !$0.contains("\u{1b}") })
    }

    @Test func passwordsAndSecretsAreNotRepeatedInMessages() {
        #expect(problems(flags: ["--user", "planted"]).joined().contains("planted") == false)
    }

    @Test func listenersOnTheSamePortOfDifferentTransportsAreFine() {
        #expect(problems(flags: ["--listen", "udp://*:3478", "--listen", "tcp://*:3478"]).isEmpty)
        #expect(problems(flags: ["--listen", "udp://127.0.0.1:0", "--listen", "udp://127.0.0.1:0"]).isEmpty)
        #expect(problems(flags: ["--listen", "udp://0.0.0.0:1", "--listen", "udp://[::]:1"]).isEmpty)
        #expect(!problems(flags: ["--listen", "tls://*:3478", "--listen", "tcp://*:3478"]).isEmpty)
    }

    @Test func socketForHTTPHasAPathThatFitsAndAListener() throws {
        let long = String(repeating: "x", count: 108)
        #expect(
            problems(flags: ["--http-socket", long]) == [
                "--http-socket: relay.tls.http-socket: \(long) is too long for the path of a socket; "
                    + "write a path of at most 107 bytes"
            ])
        let loaded = try ConfigurationLoader(flags: ["--http-socket", "run/http.sock", "--secret", "s"]).load()
        #expect(loaded.relay.httpSocket == "run/http.sock")
        #expect(loaded.warnings.count == 1 && loaded.warnings[0].contains("there is no TLS listener"))
    }

    @Test func relayWithoutUsersAndSecretsIsWarnedAbout() throws {
        #expect(try ConfigurationLoader().load().warnings.count == 1)
        #expect(try ConfigurationLoader(flags: ["--secret", "s"]).load().warnings.isEmpty)
    }
}
