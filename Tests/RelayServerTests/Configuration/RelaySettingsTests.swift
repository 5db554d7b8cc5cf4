import ConfigurationKeys
import Credentials
import RelayCore
import STUN
import TestSupport
import Testing

@testable import RelayServer

/// What the core is told follows from the configuration.
struct RelaySettingsTests {
    @Test func settingsOfTheCoreFollowTheConfiguration() throws {
        let folder = try TemporaryFolder()
        let secret = try folder.write("guest-secret\n", to: "s")
        let loaded = try load(
            """
            relay:
              realm: example.test
              users: ["alice:secret"]
              secrets: [S]
              secret-files: [guests=\(secret)]
              credential-separator: "!"
              revoked: [mallory]
              require-sha256: true
              nonce-lifetime: 20m
              expiry: end
              expiry-of-classes: [guests=grace:5m]
              channel-numbers: 0x4000-0x7ffe
              peers: {allow: [127.0.0.0/8], deny: [203.0.114.0/24]}
              quotas: {allocations-per-user: 3}
              lifetimes: {allocation-maximum: 30m}
            """)
        let settings = loaded.relaySettings(listening: [])
        #expect(settings.credentials.realm == "example.test")
        #expect(settings.credentials.userCount == 1)
        #expect(settings.credentials.secrets.map(\.label) == ["default", "guests"])
        #expect(settings.credentials.separator == UInt8(ascii: "!"))
        #expect(settings.credentials.revocations.contains(username: "mallory", id: nil))
        #expect(settings.credentials.policy.requiresSHA256)
        #expect(settings.nonceLifetimeSeconds == 1200)
        #expect(settings.expiry.expiry(of: "guests") == .grace(seconds: 300))
        #expect(settings.expiry.expiry(of: "default") == .end)
        #expect(settings.highestChannelNumber == 0x7FFE)
        #expect(settings.quotas.allocationsPerUser == 3)
        #expect(settings.lifetimes.allocationMaximumSeconds == 1800)
        func isAllowed(_ address: String) -> Bool? {
            TransportAddress(address).map { settings.policy.verdict($0).allowed }
        }
        #expect(isAllowed("127.0.0.1:5000") == true)
        #expect(isAllowed("203.0.114.1:5000") == false)
        #expect(isAllowed("10.0.0.1:5000") == false)
    }

    @Test func wildcardListenersAreResolvedToTheHostsAddresses() throws {
        let settings = try load("").relaySettings(listening: [
            TransportAddress(ip: .anyIPv4, port: 3478), TransportAddress(ip: IPAddress(ipv4: 0x7F00_0002), port: 1),
        ])
        #expect(settings.listeners.contains(TransportAddress("127.0.0.1:3478")!))
        #expect(settings.listeners.contains(TransportAddress("127.0.0.2:1")!))
        #expect(!settings.listeners.contains { $0.ip.isUnspecified })
    }

    @Test func ownAddressesAreDeniedAsPeersOnAnyPort() throws {
        let relay = "relay:\n  addresses: [192.0.3.5/198.51.101.7]\n"
        let policy = try load(relay).relaySettings(listening: []).policy
        #expect(!policy.verdict(TransportAddress("192.0.3.5:22")!).allowed)
        #expect(!policy.verdict(TransportAddress("198.51.101.7:22")!).allowed)
        #expect(policy.verdict(TransportAddress("198.51.101.8:22")!).allowed)
    }

    @Test func relayingFallsBackToTheDefaultRoutes() {
        #expect(!RelayConfiguration().addressesToRelayFrom.isEmpty)
    }

    @Test func takenPortsAreFound() throws {
        let taken = try TakenPort()
        let listener = try #require(ListenerAddress("udp://127.0.0.1:\(taken.port)"))
        #expect(PortCheck.firstUnavailable(of: [listener])?.listener == listener)
        #expect(PortCheck.firstUnavailable(of: [ListenerAddress(.udp, nil, port: taken.port)]) != nil)
        #expect(PortCheck.firstUnavailable(of: [ListenerAddress(.tcp, listener.ip, port: 0)]) == nil)
    }
}
