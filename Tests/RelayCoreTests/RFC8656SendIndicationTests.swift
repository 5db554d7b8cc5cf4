import RelayCore
import STUN
import Testing

/// RFC 8656 section 11.2, "Receiving a Send Indication", and 14 for the DF bit.
@Suite struct RFC8656SendIndicationTests {
    let fixture = RelayFixture()
    let peer = address("5.5.5.5:1000")

    @Test func payloadIsNamedByItsPlaceInTheMessage() throws {
        let client = try TestClient(fixture).allocated()
        try client.permit(peer)
        let relay = try #require(fixture.slot(of: client.relayed))
        let expected = MessageVerdict.send(
            .peer(relay: relay, peer, dontFragment: false), payload: ByteRange(offset: 20 + 12 + 4, count: 5))
        #expect(client.send([1, 2, 3, 4, 5], to: peer) == expected)
        #expect(fixture.relay.counters.toPeers(.udp) == Traffic(packets: 1, bytes: 5))
    }

    @Test func emptyPayloadIsLegal() throws {
        let client = try TestClient(fixture).allocated()
        try client.permit(peer)
        guard case .send(.peer, let payload) = client.send([], to: peer) else {
            Issue.record("dropped")
            return
        }
        #expect(payload.count == 0)
    }

    @Test func withoutPermissionIsDroppedAndCounted() throws {
        let client = try TestClient(fixture).allocated()
        #expect(client.send([1], to: peer) == .drop(.noPermission))
        #expect(fixture.relay.counters.drops(.noPermission) == 1)
    }

    @Test func withoutAllocationIsDropped() {
        #expect(TestClient(fixture).send([1], to: peer) == .drop(.noAllocation))
    }

    @Test func withoutPeerOrDataIsDropped() throws {
        let client = try TestClient(fixture).allocated()
        try client.permit(peer)
        var builder = RequestBuilder(.send, .indication, id: fixture.transactionID())
        builder.peer(peer)
        #expect(fixture.receive(builder.bytes, from: client.route).verdict == .drop(.badIndication))
        builder = RequestBuilder(.send, .indication, id: fixture.transactionID())
        builder.data([1])
        #expect(fixture.receive(builder.bytes, from: client.route).verdict == .drop(.badIndication))
    }

    @Test func unknownRequiredAttributeIsDropped() throws {
        let client = try TestClient(fixture).allocated()
        try client.permit(peer)
        #expect(client.send([1], to: peer) { $0.attribute(0x7ABC) } == .drop(.badIndication))
        guard case .send = client.send([1], to: peer, { $0.attribute(0xFABC) }) else {
            Issue.record("an optional attribute is no reason to drop")
            return
        }
    }

    @Test func otherFamilyIsDropped() throws {
        let client = try TestClient(fixture).allocated()
        #expect(client.send([1], to: address("[2a00:5::5]:1")) == .drop(.peerAddressFamily))
    }

    @Test func port0IsDropped() throws {
        let client = try TestClient(fixture).allocated()
        try client.permit(peer)
        #expect(client.send([1], to: address("5.5.5.5:0")) == .drop(.peerDenied))
    }

    @Test func doesNotRefreshThePermission() throws {
        let client = try TestClient(fixture).allocated()
        try client.permit(peer)
        fixture.advance(seconds: 299)
        _ = client.send([1], to: peer)
        fixture.advance(seconds: 1)
        #expect(client.send([1], to: peer) == .drop(.noPermission))
    }

    @Test func peerWithAChannelStillGetsItAndAnswersOnTheChannel() throws {
        let client = try TestClient(fixture).allocated()
        try client.bind(0x4000, peer)
        guard case .send(.peer(_, peer, _), _) = client.send([1], to: peer) else {
            Issue.record("dropped")
            return
        }
        #expect(fixture.deliver(from: peer, to: client) == .channel(0x4000, client.route))
    }

    /// Section 13: between families the attribute is ignored, and so it is from IPv6 to IPv6.
    @Test(arguments: [
        ("8.8.4.4:5000", "5.5.5.5:1", ClientTransport.udp, true), ("8.8.4.4:5000", "[2a00:5::5]:1", .udp, false),
        ("[2a00:8::8]:5000", "5.5.5.5:1", .udp, false), ("[2a00:8::8]:5000", "[2a00:5::5]:1", .udp, false),
        ("[2a00:8::8]:5000", "5.5.5.5:1", .tcp, true), ("8.8.4.4:5000", "5.5.5.5:1", .tls, true),
    ])
    func dontFragmentSetsTheBitWhereItCounts(
        _ source: String, _ target: String, _ transport: ClientTransport, _ expected: Bool
    ) throws {
        let peer = address(target)
        let client = try TestClient(fixture, source, transport: transport).allocated {
            if peer.family == .ipv6 { $0.family(.ipv6) }
        }
        try client.permit(peer)
        guard case .send(.peer(_, peer, let bit), _) = client.send([1], to: peer, { $0.dontFragment() }) else {
            Issue.record("dropped")
            return
        }
        #expect(bit == expected)
        guard case .send(.peer(_, peer, false), _) = client.send([1], to: peer) else {
            Issue.record("the bit is set without the attribute")
            return
        }
    }

    @Test func bindingIndicationKeepsTheNATOpenAndNothingElse() {
        let builder = RequestBuilder(.binding, .indication, id: fixture.transactionID())
        #expect(fixture.receive(builder.bytes, from: TestClient(fixture).route).verdict == .drop(.keepalive))
    }

    @Test func dataIndicationFromAClientIsDropped() {
        var builder = RequestBuilder(.data, .indication, id: fixture.transactionID())
        builder.peer(peer)
        builder.data([1])
        #expect(fixture.receive(builder.bytes, from: TestClient(fixture).route).verdict == .drop(.unexpectedMessage))
    }
}
