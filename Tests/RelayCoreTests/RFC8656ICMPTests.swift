import RelayCore
import STUN
import Testing

/// RFC 8656 sections 11.5 and 18.13: ICMP errors are handed to the client.
@Suite struct RFC8656ICMPTests {
    let fixture = RelayFixture()
    let peer = address("5.5.5.5:1000")

    @Test(arguments: [
        ICMPValue(type: 3, code: 3, data: 0), ICMPValue(type: 3, code: 4, data: 1400),
        ICMPValue(type: 11, code: 0, data: 0),
    ])
    func errorOfAPermittedPeerBecomesADataIndication(_ error: ICMPValue) throws {
        let client = try TestClient(fixture).allocated()
        try client.permit(peer)
        let reply = try #require(try unreachable(error, client, peer))
        #expect(reply.index.type == MessageType(.data, .indication))
        #expect(reply.peer == peer)
        #expect(reply.icmp == error)
        #expect(reply.index.data == nil)
        #expect(fixture.relay.counters.icmpIndications == 1)
    }

    @Test(arguments: [1, 2, 3] as [UInt8]) func errorsOverIPv6(_ type: UInt8) throws {
        let peer = address("[2a00:5::5]:1000")
        let client = try TestClient(fixture).allocated { $0.family(.ipv6) }
        try client.permit(peer)
        let error = ICMPValue(type: type, code: 0, data: type == 2 ? 1280 : 0)
        let reply = try #require(try unreachable(error, client, peer))
        #expect(reply.icmp == error)
    }

    @Test(arguments: [0, 4, 5, 8, 12, 13] as [UInt8]) func otherTypesAreDropped(_ type: UInt8) throws {
        let client = try TestClient(fixture).allocated()
        try client.permit(peer)
        #expect(try unreachable(ICMPValue(type: type, code: 0, data: 0), client, peer) == nil)
        #expect(fixture.relay.counters.drops(.icmpIgnored) == 1)
    }

    @Test func withoutPermissionItIsDropped() throws {
        let client = try TestClient(fixture).allocated()
        #expect(try unreachable(ICMPValue(type: 3, code: 3, data: 0), client, peer) == nil)
        try client.permit(peer)
        fixture.advance(seconds: 300)
        #expect(try unreachable(ICMPValue(type: 3, code: 3, data: 0), client, peer) == nil)
        #expect(fixture.relay.counters.drops(.noPermission) == 2)
    }

    @Test func thePeersPortDoesNotCount() throws {
        let client = try TestClient(fixture).allocated()
        try client.permit(peer)
        #expect(try unreachable(ICMPValue(type: 3, code: 3, data: 0), client, address("5.5.5.5:9")) != nil)
    }

    @Test func transactionIdentifiersDiffer() throws {
        let client = try TestClient(fixture).allocated()
        try client.permit(peer)
        let one = try #require(try unreachable(ICMPValue(type: 3, code: 3, data: 0), client, peer))
        let other = try #require(try unreachable(ICMPValue(type: 3, code: 3, data: 0), client, peer))
        #expect(one.index.transactionID != other.index.transactionID)
    }

    private func unreachable(_ error: ICMPValue, _ client: TestClient, _ peer: TransportAddress) throws -> Reply? {
        let relay = try #require(fixture.slot(of: client.relayed))
        var buffer = [UInt8](repeating: 0x5A, count: Relay.replyByteCount)
        var span = buffer.mutableSpan
        var raw = span.mutableBytes
        let verdict = fixture.relay.peerUnreachable(error, from: peer, on: relay, now: fixture.now, into: &raw)
        guard case .indication(let count, let route) = verdict else { return nil }
        #expect(route == client.route)
        return try Reply(Array(buffer[..<count]))
    }
}
