import RelayCore
import STUN
import Testing

/// RFC 8656 sections 11.3, 12.6 and 12.7: data in both directions.
@Suite struct RFC8656ChannelDataTests {
    let fixture = RelayFixture()
    let peer = address("5.5.5.5:1000")

    @Test func goesToThePeerFromTheRelayedAddress() throws {
        let client = try TestClient(fixture).allocated()
        try client.bind(0x4000, peer)
        let relay = try #require(fixture.slot(of: client.relayed))
        #expect(fixture.forward(0x4000, from: client) == .peer(relay: relay, peer, dontFragment: false))
    }

    @Test func emptyPayloadIsLegal() throws {
        let client = try TestClient(fixture).allocated()
        try client.bind(0x4000, peer)
        guard case .peer = fixture.forward(0x4000, 0, from: client) else {
            Issue.record("dropped")
            return
        }
        #expect(fixture.deliver(0, from: peer, to: client) == .channel(0x4000, client.route))
    }

    @Test func unboundChannelIsDroppedAndCounted() throws {
        let client = try TestClient(fixture).allocated()
        #expect(fixture.forward(0x4000, datagrams: 3, from: client) == .drop(.noChannel))
        #expect(fixture.relay.counters.drops(.noChannel) == 3)
        #expect(fixture.sessions(1)[0].dropped == 3)
    }

    @Test func withoutAllocationIsDropped() {
        #expect(fixture.forward(0x4000, from: TestClient(fixture)) == .drop(.noAllocation))
    }

    @Test func aRunCountsEveryDatagram() throws {
        let client = try TestClient(fixture).allocated()
        try client.bind(0x4000, peer)
        _ = fixture.forward(0x4000, 40 * 1100, datagrams: 40, from: client)
        _ = fixture.deliver(8 * 1100, datagrams: 8, from: peer, to: client)
        let session = fixture.sessions(1)[0]
        #expect(session.toPeers == Traffic(packets: 40, bytes: 44_000))
        #expect(session.toClient == Traffic(packets: 8, bytes: 8800))
        #expect(fixture.relay.counters.toPeers(.udp) == session.toPeers)
        #expect(fixture.relay.counters.toClients(.udp) == session.toClient)
    }

    @Test func trafficIsCountedByTheClientsTransport() throws {
        let client = try TestClient(fixture, transport: .tls, connection: 9).allocated()
        try client.bind(0x4000, peer)
        _ = fixture.forward(0x4000, from: client)
        #expect(fixture.deliver(from: peer, to: client) == .channel(0x4000, client.route))
        #expect(client.route.connection == 9)
        #expect(fixture.relay.counters.toPeers(.tls).packets == 1)
        #expect(fixture.relay.counters.toClients(.tls).packets == 1)
        #expect(fixture.relay.counters.toPeers(.udp).packets == 0)
    }

    @Test func sameAddressOnAnotherTransportOrListenerIsAnotherFiveTuple() throws {
        let client = try TestClient(fixture).allocated()
        try client.bind(0x4000, peer)
        for (listener, transport) in [(1, ClientTransport.udp), (0, .tcp)] as [(UInt16, ClientTransport)] {
            let tuple = FiveTuple(client: client.route.tuple.client, listener: listener, transport: transport)
            let verdict = fixture.relay.forward(
                channel: 0x4000, datagrams: 1, payloadBytes: 1, from: tuple, now: fixture.now)
            #expect(verdict == .drop(.noAllocation))
        }
    }

    @Test func unsolicitedTrafficNeverReachesTheClient() throws {
        let client = try TestClient(fixture).allocated()
        try client.bind(0x4000, peer)
        #expect(fixture.deliver(datagrams: 5, from: address("6.6.6.6:1000"), to: client) == .drop(.noPermission))
        #expect(fixture.relay.counters.drops(.noPermission) == 5)
        #expect(fixture.relay.counters.toClients(.udp).packets == 0)
    }

    @Test func peerWithPort0IsDropped() throws {
        let client = try TestClient(fixture).allocated()
        try client.permit(peer)
        #expect(fixture.deliver(from: address("5.5.5.5:0"), to: client) == .drop(.invalidSource))
    }

    @Test func closedSocketIsDropped() throws {
        let client = try TestClient(fixture).allocated()
        try client.bind(0x4000, peer)
        let relay = try #require(fixture.slot(of: client.relayed))
        _ = try client.refresh(0)
        let verdict = fixture.relay.deliver(
            from: peer, on: relay, datagrams: 1, payloadBytes: 1, now: fixture.now)
        #expect(verdict == .drop(.noRelay))
        let never = fixture.relay.deliver(
            from: peer, on: 1_000_000, datagrams: 1, payloadBytes: 1, now: fixture.now)
        #expect(never == .drop(.noRelay))
    }

    /// All four mixes of families between client and peer.
    @Test(arguments: ["8.8.4.4:5000", "[2a00:8::8]:5000"], ["5.5.5.5:1000", "[2a00:5::5]:1000"])
    func allFourMixesOfFamilies(_ client: String, _ peer: String) throws {
        let peer = address(peer)
        let client = try TestClient(fixture, client).allocated { if peer.family == .ipv6 { $0.family(.ipv6) } }
        try client.bind(0x4000, peer)
        let relay = try #require(fixture.slot(of: client.relayed))
        #expect(fixture.forward(0x4000, from: client) == .peer(relay: relay, peer, dontFragment: false))
        #expect(fixture.deliver(from: peer, to: client) == .channel(0x4000, client.route))
    }

    @Test func bothAddressesOfADualAllocationRelay() throws {
        let client = try TestClient(fixture).allocated { $0.additional(.ipv6) }
        let peer6 = address("[2a00:5::5]:1000")
        try client.bind(0x4000, peer)
        try client.bind(0x4001, peer6)
        guard case .peer(let relay4, peer, false) = fixture.forward(0x4000, from: client),
            case .peer(let relay6, peer6, false) = fixture.forward(0x4001, from: client)
        else {
            Issue.record("dropped")
            return
        }
        #expect(relay4 != relay6)
        #expect(fixture.sockets[relay4]?.family == .ipv4)
        #expect(fixture.sockets[relay6]?.family == .ipv6)
    }

    @Test func manyChannelsAlternating() throws {
        let client = try TestClient(fixture).allocated()
        for index in 0..<8 { try client.bind(0x4000 + UInt16(index), address("5.5.5.\(index + 1):1000")) }
        for _ in 0..<3 {
            for index in 0..<8 {
                let peer = address("5.5.5.\(index + 1):1000")
                guard case .peer(_, peer, _) = fixture.forward(0x4000 + UInt16(index), from: client) else {
                    Issue.record("channel \(index)")
                    return
                }
                #expect(
                    fixture.deliver(from: peer, to: client) == .channel(0x4000 + UInt16(index), client.route))
            }
        }
    }
}
