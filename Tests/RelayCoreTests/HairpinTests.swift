import RelayCore
import STUN
import Testing

/// Two allocations of this relay as each other's peers: the datagram never touches the wire.
@Suite struct HairpinTests {
    /// Two clients with channels to each other's relayed addresses.
    private func pair(
        _ one: RelayFixture, _ other: RelayFixture
    ) throws -> (first: TestClient, second: TestClient) {
        let first = try TestClient(one).allocated()
        let second = try TestClient(other, "8.8.4.4:5001", .bob).allocated()
        #expect(try first.bind(0x4000, second.relayed!).isSuccess)
        #expect(try second.bind(0x4001, first.relayed!).isSuccess)
        return (first, second)
    }

    /// Does with a hairpin verdict what the loop does.
    private func hand(_ verdict: PeerVerdict, to fixture: RelayFixture) -> ClientVerdict? {
        guard case .hairpin(_, let relay, let generation, let sender) = verdict else { return nil }
        return fixture.relay.deliverHairpin(
            from: sender, on: relay, generation: generation, datagrams: 1, payloadBytes: 100, now: fixture.now)
    }

    @Test func onTheSameLoop() throws {
        let fixture = RelayFixture()
        let (first, second) = try pair(fixture, fixture)
        let verdict = fixture.forward(0x4000, from: first)
        guard case .hairpin(0, _, _, let sender) = verdict else {
            Issue.record("\(verdict)")
            return
        }
        #expect(sender == first.relayed)
        #expect(hand(verdict, to: fixture) == .channel(0x4001, second.route))
        #expect(hand(fixture.forward(0x4001, from: second), to: fixture) == .channel(0x4000, first.route))
        #expect(fixture.relay.counters.hairpinned == Traffic(packets: 2, bytes: 200))
        #expect(fixture.relay.counters.toPeers(.udp).packets == 2)
        #expect(fixture.relay.counters.toClients(.udp).packets == 2)
    }

    @Test func acrossLoops() throws {
        let directory = RelayFixture.directory()
        let one = RelayFixture(loop: 0, directory: directory)
        let other = RelayFixture(loop: 3, directory: directory)
        let (first, second) = try pair(one, other)
        let verdict = one.forward(0x4000, from: first)
        guard case .hairpin(3, _, _, _) = verdict else {
            Issue.record("\(verdict)")
            return
        }
        #expect(hand(verdict, to: other) == .channel(0x4001, second.route))
    }

    @Test func sendIndicationAndDataIndication() throws {
        let fixture = RelayFixture()
        let first = try TestClient(fixture).allocated()
        let second = try TestClient(fixture, "8.8.4.4:5001", .bob).allocated()
        #expect(try first.permit(second.relayed!).isSuccess)
        #expect(try second.permit(first.relayed!).isSuccess)
        guard case .send(let verdict, _) = first.send([1], to: second.relayed!) else {
            Issue.record("dropped")
            return
        }
        #expect(hand(verdict, to: fixture) == .indication(second.route))
    }

    @Test func withoutPermissionOnTheOtherSideItIsDroppedThere() throws {
        let fixture = RelayFixture()
        let first = try TestClient(fixture).allocated()
        let second = try TestClient(fixture, "8.8.4.4:5001", .bob).allocated()
        try first.bind(0x4000, second.relayed!)
        #expect(hand(fixture.forward(0x4000, from: first), to: fixture) == .drop(.noPermission))
    }

    @Test func portsOfTheRelayThatAreNotLiveAreDenied() throws {
        let fixture = RelayFixture()
        let first = try TestClient(fixture).allocated()
        #expect(try first.permit(address("9.9.9.9:1")).isSuccess, "whose ports are live is not known yet")
        #expect(first.send([1], to: address("9.9.9.9:3478")) == .drop(.peerDenied))
        #expect(first.send([1], to: address("9.9.9.9:22")) == .drop(.peerDenied))
        #expect(try first.bind(0x4000, address("9.9.9.9:22")).code == .forbidden)
        #expect(fixture.deliver(from: address("9.9.9.9:22"), to: first) == .drop(.peerDenied))
    }

    @Test func channelToAnAllocationThatHasEndedIsDenied() throws {
        let fixture = RelayFixture()
        let (first, second) = try pair(fixture, fixture)
        _ = try second.refresh(0)
        #expect(fixture.forward(0x4000, from: first) == .drop(.peerDenied))
    }

    @Test func whatWasUnderWayToAnEndedAllocationNeverReachesItsSuccessor() throws {
        let fixture = RelayFixture()
        let (first, second) = try pair(fixture, fixture)
        let verdict = fixture.forward(0x4000, from: first)
        _ = try second.refresh(0)
        let successor = try TestClient(fixture, "8.8.4.4:5002", .bob).allocated()
        try successor.permit(first.relayed!)
        #expect(hand(verdict, to: fixture) == .drop(.noRelay))
    }

    @Test func operatorsOwnDenyRuleStillHolds() throws {
        let fixture = RelayFixture {
            $0.policy = AddressPolicy(
                allow: [CIDR](), deny: [CIDR("9.9.9.9/32")!], ownAddresses: [RelayFixture.external4])
        }
        let first = try TestClient(fixture).allocated()
        #expect(try first.permit(address("9.9.9.9:1")).code == .forbidden)
    }

    @Test func behindANATTheExternalAddressIsThePeersName() throws {
        let directory = RelayFixture.directory(
            addresses: [RelayAddressPair(bound: ip("10.0.0.9"), external: RelayFixture.external4)])
        let fixture = RelayFixture(directory: directory)
        let (first, second) = try pair(fixture, fixture)
        let verdict = fixture.forward(0x4000, from: first)
        guard case .hairpin(_, _, _, let sender) = verdict else {
            Issue.record("\(verdict)")
            return
        }
        #expect(sender.ip == RelayFixture.external4)
        #expect(hand(verdict, to: fixture) == .channel(0x4001, second.route))
        let bound = TransportAddress(ip: ip("10.0.0.9"), port: second.relayed!.port)
        #expect(try first.permit(bound).code == .forbidden, "nobody outside knows the inner address")
    }

    @Test func peersOnTheRelaysOwnAddressWhenTheOperatorAllowsIt() throws {
        let fixture = RelayFixture {
            $0.policy = AddressPolicy(
                allow: [CIDR("9.9.9.9/32")!], deny: [], ownAddresses: [RelayFixture.external4])
        }
        let (first, second) = try pair(fixture, fixture)
        #expect(hand(fixture.forward(0x4000, from: first), to: fixture) == .channel(0x4001, second.route))
        guard case .send(.peer(_, address("9.9.9.9:22"), _), _) = first.send([1], to: address("9.9.9.9:22")) else {
            Issue.record("dropped")
            return
        }
        #expect(fixture.deliver(from: address("9.9.9.9:22"), to: first) == .indication(first.route))
    }

    /// Relay loops: conformance, section 6. A hairpin verdict leads to a client verdict, and that to a client: there
    /// is no third step, however the allocations point at each other or at themselves.
    @Test func aPacketInjectedOnceIsForwardedABoundedNumberOfTimes() throws {
        let fixture = RelayFixture()
        let (first, second) = try pair(fixture, fixture)
        try first.bind(0x4002, first.relayed!)

        for channel in [0x4000, 0x4002] as [UInt16] {
            let delivered = hand(fixture.forward(channel, from: first), to: fixture)
            #expect(
                delivered == (channel == 0x4000 ? .channel(0x4001, second.route) : .channel(0x4002, first.route)))
        }
        // From outside: to the client and no further.
        try second.permit(address("5.5.5.5:1"))
        #expect(fixture.deliver(from: address("5.5.5.5:1"), to: second) == .indication(second.route))
        let counters = fixture.relay.counters
        #expect(counters.toPeers(.udp).packets == 2)
        #expect(counters.toClients(.udp).packets == 3)
    }

    /// Relay loops over the wire: the relay takes no message that comes from one of its own relayed addresses, and
    /// sends nothing to its own listening address.
    @Test func noAllocationIsTheClientOfAnother() throws {
        let fixture = RelayFixture()
        let first = try TestClient(fixture).allocated()
        try first.permit(address("9.9.9.9:3478"))
        #expect(first.send([0, 1, 0, 0], to: address("9.9.9.9:3478")) == .drop(.peerDenied))
        let looped = TestClient(fixture, first.relayed!.description)
        let request = looped.request(.allocate) { $0.transport() }
        #expect(fixture.receive(request, from: looped.route).verdict == .drop(.invalidSource))
        #expect(fixture.relay.counters.drops(.invalidSource) == 1)
    }

    /// Relay loops over two relays: each ends at its client.
    @Test func twoRelaysPointingAtEachOtherEndAtAClient() throws {
        let here = RelayFixture()
        let there = RelayFixture(
            directory: RelayFixture.directory(addresses: [RelayAddressPair(bound: ip("4.4.4.4"))])
        ) { $0.policy = AddressPolicy() }
        let first = try TestClient(here).allocated()
        let second = try TestClient(there, "8.8.8.8:5000").allocated()
        try first.bind(0x4000, second.relayed!)
        try second.bind(0x4001, first.relayed!)
        guard case .peer(_, let target, _) = here.forward(0x4000, from: first) else {
            Issue.record("dropped")
            return
        }
        #expect(target == second.relayed)
        #expect(there.deliver(from: first.relayed!, to: second) == .channel(0x4001, second.route))
    }
}
