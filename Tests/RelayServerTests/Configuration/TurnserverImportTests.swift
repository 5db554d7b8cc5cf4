import ConfigurationKeys
import Logging
import RelayCore
import STUN
import Testing

@testable import RelayServer

/// A turnserver.conf becomes a configuration, and what has no counterpart is said.
struct TurnserverImportTests {
    @Test func commonSettingsAreTranslated() {
        let translation = TurnserverImport(
            """
            # a comment
            listening-ip=10.0.0.5
            listening-port=3479
            tls-listening-port=443
            external-ip=192.0.2.5/10.0.0.5
            min-port=20000
            max-port=30000
            lt-cred-mech
            fingerprint
            use-auth-secret
            static-auth-secret="abc#1"
            static-auth-secret=def
            user=alice:secret
            realm=example.org
            cert=/etc/c.pem
            pkey=/etc/k.pem
            denied-peer-ip=10.0.0.0-10.255.255.255
            denied-peer-ip=192.168.0.1-192.168.0.6
            allowed-peer-ip=10.1.2.3
            user-quota=12
            total-quota=0
            max-bps=64000
            stale-nonce=1200
            max-allocate-lifetime=1800
            relay-threads=4
            prometheus
            verbose
            """)
        let relay = translation.configuration
        #expect(translation.leftovers.isEmpty)
        #expect(
            relay.listeners.map(\.description) == ["udp://10.0.0.5:3479", "tcp://10.0.0.5:3479", "tls://10.0.0.5:443"])
        #expect(relay.relayAddresses.map(\.description) == ["10.0.0.5/192.0.2.5"])
        #expect(relay.relayPorts == PortRange(20000, 30000))
        #expect(relay.secrets == ["abc#1", "def"])
        #expect(relay.users == [ClearTextUser(name: "alice", password: "secret")])
        #expect(relay.realm == "example.org")
        #expect(relay.certificateFile == "/etc/c.pem")
        #expect(relay.privateKeyFile == "/etc/k.pem")
        #expect(
            relay.deniedPeers.map(\.description)
                == ["10.0.0.0/8", "192.168.0.1/32", "192.168.0.2/31", "192.168.0.4/31", "192.168.0.6/32"])
        #expect(relay.allowedPeers.map(\.description) == ["10.1.2.3/32"])
        #expect(relay.quotas.allocationsPerUser == 12)
        #expect(relay.quotas.allocations == Quotas().allocations)
        #expect(relay.budgets.bytesPerSecondPerAllocation == 128_000)
        #expect(relay.nonceLifetimeSeconds == 1200)
        #expect(relay.lifetimes.allocationMaximumSeconds == 1800)
        #expect(relay.loops == 4)
        #expect(relay.metrics == TransportAddress("127.0.0.1:9641"))
        #expect(relay.logLevel == .debug)
        #expect(translation.notes.contains { $0.contains("more specific") })
    }

    @Test func whatHasNoCounterpartIsListedWithItsLineAndReason() {
        let translation = TurnserverImport(
            """
            no-auth
            cli-password=planted
            denied-peer-ip=10.0.0.300
            frobnicate=1
            user=bob:0xf7c2

            mobility
            """)
        #expect(translation.leftovers.map(\.line) == [1, 2, 3, 4, 5, 7])
        let lines = translation.leftovers.map(\.description)
        #expect(lines[0].hasPrefix("line 1: no-auth: an open relay is not possible"))
        #expect(lines[2] == "line 3: denied-peer-ip: its value cannot be read")
        #expect(lines[3] == "line 4: frobnicate: there is no such setting in coturn, or it is new")
        #expect(lines[4].hasPrefix("line 5: user: the MD5 key of bob alone is not enough"))
        #expect(!lines.joined().contains("planted"))
    }

    @Test func translationIsAConfigurationThatCanBeRead() throws {
        let translation = TurnserverImport(
            """
            listening-port=3479
            static-auth-secret=a: "quoted", \\ secret
            allowed-peer-ip=fd00::-fd00::ffff
            no-tcp
            no-cli
            web-admin
            """)
        let loaded = try load(translation.document)
        #expect(loaded.relay == translation.configuration)
        #expect(loaded.relay.secrets == ["a: \"quoted\", \\ secret"])
        #expect(loaded.relay.allowedPeers.map(\.description) == ["fd00::/112"])
        #expect(loaded.relay.listeners.map(\.description) == ["udp://*:3479"])
        #expect(translation.document.contains("#   line 6: web-admin:"))
    }

    @Test func wholeRangesOfAddressesBecomeOneBlock() {
        #expect(AddressRange("0.0.0.0-255.255.255.255")?.blocks.map(\.description) == ["0.0.0.0/0"])
        #expect(
            AddressRange("::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")?.blocks.map(\.description) == ["::/0"])
        #expect(AddressRange("255.255.255.254-255.255.255.255")?.blocks.map(\.description) == ["255.255.255.254/31"])
        #expect(AddressRange("10.0.0.2-10.0.0.1") == nil)
        #expect(AddressRange("10.0.0.2-::1") == nil)
    }

    @Test func blocksOfARangeHoldExactlyItsAddresses() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let first = UInt32.random(in: 0...0xFFFF, using: &random)
            let last = first + UInt32.random(in: 0...300, using: &random)
            let range = AddressRange("\(IPAddress(ipv4: first))-\(IPAddress(ipv4: last))")
            let held = (range?.blocks ?? []).flatMap { ($0.network.ipv4...$0.last.ipv4) }
            #expect(held == Array(first...last))
        }
    }
}
