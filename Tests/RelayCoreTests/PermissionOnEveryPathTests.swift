import RelayCore
import STUN
import Testing

/// Permission skipped on one path, deny list bypassed on one verb: conformance, sections 5 and 6. The same peers on
/// every verb and in both directions.
@Suite struct PermissionOnEveryPathTests {
    static let denied = [
        "0.1.2.3:9", "10.1.2.3:9", "100.64.0.1:9", "127.0.0.1:9", "169.254.169.254:80", "172.16.0.1:9",
        "192.0.0.1:9", "192.0.2.1:9", "192.168.1.1:9", "198.18.0.1:9", "224.0.0.1:9", "240.0.0.1:9",
        "255.255.255.255:9", "10.0.0.9:3478", "[::1]:9", "[::ffff:127.0.0.1]:9", "[::127.0.0.1]:9",
        "[64:ff9b::10.0.0.1]:9", "[2002:7f00:1::]:9", "[fc00::1]:9", "[fe80::1]:9", "[ff02::1]:9",
    ]

    @Test(arguments: denied) func deniedPeerOnEveryVerb(_ text: String) throws {
        let fixture = RelayFixture()
        let peer = address(text)
        let client = try TestClient(fixture).allocated { $0.additional(.ipv6) }
        let slots = fixture.sockets.filter { $0.value.family == peer.family }.map(\.key)
        #expect(try client.permit(peer).code == .forbidden)
        #expect(try client.bind(0x4000, peer).code == .forbidden)
        #expect(client.send([1], to: peer) == .drop(.noPermission))
        #expect(fixture.forward(0x4000, from: client) == .drop(.noChannel))
        let inbound = fixture.relay.deliver(
            from: peer, on: slots[0], datagrams: 1, payloadBytes: 1, now: fixture.now)
        #expect(inbound == .drop(.noPermission))
        #expect(fixture.relay.counters.permissions == 0 && fixture.relay.counters.channels == 0)
    }

    @Test(arguments: ["5.5.5.5:1000", "[2a00:5::5]:1000"])
    func withoutAndWithAndAfterThePermission(_ text: String) throws {
        let fixture = RelayFixture()
        let peer = address(text)
        let client = try TestClient(fixture).allocated { $0.additional(.ipv6) }
        let slot = fixture.sockets.first { $0.value.family == peer.family }!.key
        func inbound() -> ClientVerdict {
            fixture.relay.deliver(from: peer, on: slot, datagrams: 1, payloadBytes: 1, now: fixture.now)
        }
        func isSent() -> Bool { if case .send(.peer, _) = client.send([1], to: peer) { true } else { false } }
        func isForwarded() -> Bool { if case .peer = fixture.forward(0x4000, from: client) { true } else { false } }

        #expect(!isSent() && !isForwarded() && inbound() == .drop(.noPermission))
        try client.permit(peer)
        #expect(isSent() && !isForwarded() && inbound() == .indication(client.route))
        try client.bind(0x4000, peer)
        #expect(isSent() && isForwarded() && inbound() == .channel(0x4000, client.route))
        fixture.advance(seconds: 300)
        #expect(!isSent() && !isForwarded() && inbound() == .drop(.noPermission))
    }
}
