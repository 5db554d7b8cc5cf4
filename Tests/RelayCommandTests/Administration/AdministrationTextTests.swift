import ArgumentParser
import Testing

@testable import RelayCommand
@testable import RelayServer

@Suite struct QuantityTests {
    @Test func countsHaveGroupsOfThreeDigits() {
        #expect(
            [0, 7, 999, 1000, 12_345, 123_456, 1_234_567].map { Quantity.count($0) }
                == ["0", "7", "999", "1,000", "12,345", "123,456", "1,234,567"])
        #expect(Quantity.count(-1000) == "-1,000" && Quantity.count(-999) == "-999")
        #expect(Quantity.count(UInt64.max) == "18,446,744,073,709,551,615")
    }

    @Test func bytesHaveBinaryUnits() {
        #expect(
            [0, 1023, 1024, 1536, 47_185_920, 1_048_575].map { Quantity.bytes($0) }
                == ["0 B", "1023 B", "1.0 KiB", "1.5 KiB", "45.0 MiB", "1.0 MiB"])
        #expect(Quantity.bytes(.max) == "16.0 EiB")
    }

    @Test func durationsHaveTwoUnits() {
        #expect(
            [-1, 0, 59, 60, 185, 3600, 7265, 86_400, 273_600].map(Quantity.duration)
                == ["0 s", "0 s", "59 s", "1 m 00 s", "3 m 05 s", "1 h 00 m", "2 h 01 m", "1 d 00 h", "3 d 04 h"])
    }

    @Test func ratesAreShort() {
        #expect([0, 9999, 12_345, 1_234_567].map { Quantity.rate($0) } == ["0", "9999", "12.3 k", "1.23 M"])
        #expect(
            [0, 125_000, 12_500_000, 1_250_000_000].map { Quantity.megabits($0) }
                == ["0.00", "1.00", "100.0", "10000"])
    }
}

@Suite struct AdministrationTextTests {
    @Test func statusIsShownInFull() {
        #expect(
            RelayStatusCommand.text(.sample) == """
                version      1.0
                state        serving
                up           1 h 02 m
                load         25 %
                ports        16,380 free of 16,384
                allocations  4 now, 12 since the start
                connections  1
                memory       45.0 MiB
                certificate  expires 2027-01-15T08:00:00Z
                kernel path  eth0 (native), not everywhere: interface eth1: No such device
                listeners    udp://192.0.2.1:3478
                             tls://192.0.2.1:5349

                LOOP    BUSY  ALLOCATIONS  CONNECTIONS  TO PEERS      BYTES  TO CLIENTS      BYTES  DROPPED
                   0  12.5 %            3            1     1,007  163.1 KiB         900  140.6 KiB       10
                   1   0.0 %            1            0         0        0 B           0        0 B        1

                DROPPED BECAUSE  COUNT
                send_queue_full      6
                no_permission        5
                """)
    }

    @Test func drainingAndTheKernelPathAreSaid() {
        var status = StatusDocument.sample
        status.draining = true
        #expect(RelayStatusCommand.text(status).contains("state        draining: no new allocations"))
        status.kernelPath = .init(interfaces: [], problem: "install libbpf1")
        #expect(RelayStatusCommand.text(status).contains("kernel path  none: install libbpf1"))
        status.kernelPath = nil
        #expect(RelayStatusCommand.text(status).contains("kernel path  off"))
    }

    @Test func sessionsAreListedBusiestFirst() {
        let text = RelaySessionsCommand.text(
            .init(total: 9, sessions: [.sample(1, bytes: 10), .sample(2, bytes: 2048)]))
        let expected = """
            ID     USER   CLIENT           VIA  PATH    RELAYED             AGE      LEFT  TO PEERS  TO CLIENT  DROPPED
            0-2-1  user2  192.0.2.1:40002  udp  kernel  9.9.9.9:50002  1 m 01 s  8 m 59 s   2.0 KiB        0 B        1
            0-1-1  user1  192.0.2.1:40001  udp  kernel  9.9.9.9:50001  1 m 01 s  8 m 59 s      10 B        0 B        1
            2 of 9; --limit shows more
            """
        #expect(text == expected)
        #expect(RelaySessionsCommand.text(.init(total: 0, sessions: [])) == "no sessions")
    }

    /// GHSA-4g7c-p5wg-j4hp: a username reaches the operator's terminal as text, not as commands to it.
    @Test func whatClientsChoseNeitherBreaksLinesNorSteersTheTerminal() {
        var session = SessionsDocument.Session.sample(1, bytes: 10)
        session.username = "a\u{1B}[2J\n\u{202E}b\u{0}" + String(repeating: "x", count: 500)
        for text in [
            RelaySessionsCommand.text(.init(total: 1, sessions: [session])),
            RelayRefusalsCommand.text(
                .init(refusals: [
                    .init(
                        time: "t", client: "c", transport: "udp", method: "Allocate", code: 401,
                        username: session.username, reason: session.username)
                ])),
        ] {
            #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count == 2)
            #expect(!text.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" || $0 == "\u{0}" })
            #expect(text.utf8.count < 1000)
        }
    }

    @Test func refusalsSayWhy() {
        let refusal = RefusalsDocument.Refusal(
            time: "2026-11-24T15:52:00Z", client: "192.0.2.1:46701", transport: "udp", method: "Allocate", code: 438,
            username: "", reason: "nonce valid but the source port changed from 40630 to 46701")
        #expect(
            RelayRefusalsCommand.text(.init(refusals: [refusal])) == """
                TIME                  CLIENT           VIA  REQUEST   CODE  USER  BECAUSE
                2026-11-24T15:52:00Z  192.0.2.1:46701  udp  Allocate   438  -     nonce valid but the source port \
                changed from 40630 to 46701
                """)
        #expect(RelayRefusalsCommand.text(.init(refusals: [])) == "no request was refused lately")
    }

    @Test func answersAreOneLine() {
        #expect(
            RelayPolicyCommand.text(.init(address: "10.0.0.1", allowed: false, rule: "10.0.0.0/8, private"))
                == "10.0.0.1: denied: 10.0.0.0/8, private")
        #expect(RelayReloadCommand.text(.init(changes: [])) == "reloaded; nothing has changed")
        #expect(RelayReloadCommand.text(.init(changes: ["a", "b"])) == "a\nb")
        #expect(
            RelayCountersCommand.text(
                .init(counters: [
                    .init(name: "tern_x_total", labels: ["b": "2", "a": "1"], value: 1234),
                    .init(name: "tern_y", labels: [:], value: 0.125), .init(name: "tern_z", labels: [:], value: 0),
                ]), all: false) == """
                    COUNTER       OF       VALUE
                    tern_x_total  a=1 b=2  1,234
                    tern_y                 0.125
                    """)
    }

    @Test func mistakesOnTheCommandLineAreRefused() {
        #expect(throws: (any Error).self) { try RelayDrainCommand.parse(["--off", "--wait"]) }
        #expect(throws: (any Error).self) { try RelaySessionsCommand.parse(["--limit", "0"]) }
        #expect(throws: (any Error).self) { try RelayTopCommand.parse(["--interval", "0"]) }
        #expect(throws: (any Error).self) { try RelayTopCommand.parse(["--sessions", "-1"]) }
        #expect(throws: (any Error).self) { try RelayEndCommand.parse([]) }
        #expect(throws: Never.self) { try RelayPolicyCommand.parse(["::1", "--json", "--admin", "x.sock"]) }
    }

    @Test func theSocketIsTheNamedOneOrTheVariablesOne() throws {
        let named = try AdministrationOptions.parse(["--admin", "a.sock"])
        #expect(named.client(environment: ["TERN_RELAY_ADMIN": "b.sock"]).socketPath == "a.sock")
        let unnamed = try AdministrationOptions.parse([])
        #expect(unnamed.client(environment: ["TERN_RELAY_ADMIN": "b.sock"]).socketPath == "b.sock")
        #expect(AdminAPI.usualSocketPaths.contains(unnamed.client(environment: [:]).socketPath))
    }

    @Test func aMissingRelayIsOneClearLine() throws {
        let command = try #require(
            try RelayStatusCommand.parse(["--admin", "/nowhere/tern.sock"]) as RelayStatusCommand?)
        let failure = #expect(throws: AdminClientFailure.self) { try command.run() }
        #expect(
            failure?.description == "no relay at /nowhere/tern.sock: there is no such socket; start the relay with "
                + "--admin /nowhere/tern.sock, or name its socket with --admin PATH")
    }
}

extension StatusDocument {
    static var sample: StatusDocument {
        StatusDocument(
            version: "1.0", uptimeSeconds: 3725, draining: false, load: 0.25, ports: .init(free: 16_380, total: 16_384),
            listeners: ["udp://192.0.2.1:3478", "tls://192.0.2.1:5349"], residentBytes: 45 << 20,
            certificateExpires: "2027-01-15T08:00:00Z", allocations: 4, connections: 1, allocationsOpened: 12,
            kernelPath: .init(interfaces: ["eth0 (native)"], problem: "interface eth1: No such device"),
            loops: [
                Loop(
                    loop: 0, allocations: 3, connections: 1, busyPercent: 12.5,
                    toPeers: .init(packets: 1007, bytes: 167_000), toClients: .init(packets: 900, bytes: 144_000),
                    drops: ["no_permission": 4, "send_queue_full": 6]),
                Loop(
                    loop: 1, allocations: 1, connections: 0, busyPercent: 0, toPeers: .init(packets: 0, bytes: 0),
                    toClients: .init(packets: 0, bytes: 0), drops: ["no_permission": 1]),
            ])
    }
}

extension SessionsDocument.Session {
    static func sample(_ index: Int, bytes: UInt64) -> SessionsDocument.Session {
        SessionsDocument.Session(
            id: "0-\(index)-1", username: "user\(index)", client: "192.0.2.1:\(40_000 + index)", transport: "udp",
            relayed: ["9.9.9.9:\(50_000 + index)"], permissions: 1, channels: 1, ageSeconds: 61,
            remainingSeconds: 539, toPeers: .init(packets: bytes / 10, bytes: bytes),
            toClient: .init(packets: 0, bytes: 0), dropped: 1, path: "kernel", kernel: .init(packets: 0, bytes: 0))
    }
}
