import Testing

@testable import TURNClient

/// RFC 7065.
@Suite struct RelayURITests {
    @Test(arguments: [
        ("turn:relay.example", "relay.example", 3478, RelayURI.Transport.udp),
        ("turn:relay.example:80?transport=tcp", "relay.example", 80, .tcp),
        ("turns:relay.example", "relay.example", 5349, .tls),
        ("turns:relay.example:443?transport=tcp", "relay.example", 443, .tls),
        ("turn:192.0.2.1:3479?transport=udp", "192.0.2.1", 3479, .udp),
        ("turn:[2001:db8::1]:3478", "2001:db8::1", 3478, .udp),
        ("TURNS:[::1]", "::1", 5349, .tls),
    ])
    func wellFormedURIsAreRead(_ text: String, _ host: String, _ port: UInt16, _ transport: RelayURI.Transport) throws {
        let uri = try RelayURI.parse(text)
        #expect(uri == RelayURI(host: host, port: port, transport: transport))
        #expect(RelayURI(uri.description) == uri)
    }

    @Test(arguments: [
        "", "turn:", "stun:relay.example", "relay.example:3478", "turn://relay.example", "turn:relay.example:0",
        "turn:relay.example:70000", "turn:relay.example:", "turn:relay.example:x", "turn:2001:db8::1",
        "turn:[2001:db8::1", "turn:relay.example?transport=sctp", "turns:relay.example?transport=udp",
        "turn:user@relay.example", "turn:relay.example/path",
    ])
    func malformedURIsAreRefusedNamingTheText(_ text: String) {
        #expect {
            try RelayURI.parse(text)
        } throws: { error in
            "\(error)".hasPrefix(text.debugDescription)
        }
    }
}

/// The driver against sockets on which nobody answers.
@Suite struct DriverFailureTests {
    @Test(arguments: [RelayURI.Transport.udp, .tcp, .tls])
    func refusedConnectionIsToldAsSuch(_ transport: RelayURI.Transport) {
        // Port 1 on loopback: nothing listens there.
        let uri = RelayURI(host: "127.0.0.1", port: 1, transport: transport)
        #expect(throws: ClientDriverFailure.socket(.refused)) {
            var driver = try Self.connect(uri)
            _ = try driver.perform(.binding, timeoutMilliseconds: 2_000)
        }
    }

    private static func connect(_ uri: RelayURI) throws(ClientDriverFailure) -> ClientDriver {
        do throws(ClientSocketFailure) {
            return try ClientDriver(to: uri, ClientSettings(), timeoutMilliseconds: 2_000)
        } catch {
            throw .socket(error)
        }
    }

    @Test func unknownHostIsToldAsSuch() {
        let uri = RelayURI(host: "relay.invalid", port: 1, transport: .tcp)
        do throws(ClientSocketFailure) {
            _ = try ClientSocket(to: uri)
            Issue.record("connected to a name that cannot exist")
        } catch {
            guard case .unresolved("relay.invalid", _) = error else {
                Issue.record("\(error)")
                return
            }
        }
    }
}
