import Credentials
import RelayCore
import STUN
import Testing

/// Established channels that somebody else forwards: the core says what may pass, and counts what did.
@Suite struct ForwardingTests {
    let fixture = RelayFixture {
        $0.tellsOfChannels = true
        $0.budgets.bytesPerSecondPerAllocation = 10_000
    }
    let peer = address("5.5.5.5:1")

    private var changes: [AllocationID] {
        let told = fixture.effects.compactMap { effect in
            if case .channelsChanged(let id) = effect { id } else { nil }
        }
        fixture.effects = []
        return told
    }

    private func channels(_ id: AllocationID) -> [ForwardableChannel] {
        fixture.relay.forwardableChannels(of: id, now: fixture.now)
    }

    @Test func nothingIsToldUnasked() throws {
        let fixture = RelayFixture()
        try TestClient(fixture).allocated().bind(0x4000, peer)
        #expect(!fixture.effects.contains { if case .channelsChanged = $0 { true } else { false } })
    }

    @Test func aBoundChannelIsToldWithBothItsEnds() throws {
        let client = try TestClient(fixture).allocated()
        #expect(changes.isEmpty)
        try client.bind(0x4000, peer)
        let told = changes
        let id = try #require(told.first)
        #expect(told.count == 1)
        let channel = try #require(channels(id).first)
        #expect(channel.number == 0x4000 && channel.peer == peer && !channel.peerIsRelayed)
        #expect(channel.client == client.route.tuple && channel.external == client.relayed)
        // The permission ends before the binding does.
        #expect(channel.until == fixture.now.monotonic.advanced(bySeconds: 300))
        #expect(fixture.relay.allocationsWithChannels() == [id])
    }

    @Test func aPermissionAndARefreshProlongIt() throws {
        let client = try TestClient(fixture).allocated()
        try client.bind(0x4000, peer)
        let id = try #require(changes.first)
        fixture.advance(seconds: 200)
        try client.bind(0x4000, peer)
        #expect(changes == [id])
        #expect(channels(id).first?.until == fixture.now.monotonic.advanced(bySeconds: 300))
        fixture.advance(seconds: 301)
        #expect(channels(id).isEmpty)
    }

    @Test func theEndIsToldBeforeItsSummary() throws {
        let client = try TestClient(fixture).allocated()
        try client.bind(0x4000, peer)
        let id = try #require(changes.first)
        #expect(fixture.revoke("alice") == 1)
        #expect(channels(id).isEmpty)
        fixture.tick()
        let order = fixture.effects.compactMap { effect in
            switch effect {
            case .channelsChanged: "channels"
            case .allocationEnded: "ended"
            default: nil
            }
        }
        #expect(order == ["channels", "ended"])
    }

    @Test func whatWasForwardedIsCountedAsIfItHadComeThrough() throws {
        let client = try TestClient(fixture).allocated()
        try client.bind(0x4000, peer)
        let id = try #require(changes.first)
        var forwarded = ForwardedTraffic()
        forwarded.toPeers = Traffic(packets: 3, bytes: 300)
        forwarded.toClient = Traffic(packets: 5, bytes: 500)
        forwarded.droppedByAllocationRate = 2
        fixture.relay.countForwarded(forwarded, of: id, channels: 1, now: fixture.now)
        let session = try #require(fixture.sessions().first)
        #expect(session.toPeers == forwarded.toPeers && session.toClient == forwarded.toClient)
        #expect(session.forwarded == Traffic(packets: 8, bytes: 800))
        #expect(session.forwardedChannels == 1 && session.dropped == 2)
        #expect(fixture.relay.counters.toPeers(.udp) == forwarded.toPeers)
        #expect(fixture.relay.counters.drops(.allocationRate) == 2)
    }

    @Test func bothWaysShareOneBudget() throws {
        let client = try TestClient(fixture).allocated()
        try client.bind(0x4000, peer)
        let id = try #require(changes.first)
        var forwarded = ForwardedTraffic()
        forwarded.toPeers = Traffic(packets: 10, bytes: 10_001)
        fixture.relay.countForwarded(forwarded, of: id, channels: 1, now: fixture.now)
        #expect(fixture.forward(0x4000, from: client) == .drop(.allocationRate))
    }

    @Test func anAllocationThatHasEndedCountsInTheTotalsAlone() throws {
        let client = try TestClient(fixture).allocated()
        try client.bind(0x4000, peer)
        let id = try #require(changes.first)
        #expect(fixture.end(id))
        var forwarded = ForwardedTraffic()
        forwarded.toPeers = Traffic(packets: 1, bytes: 100)
        fixture.relay.countForwarded(forwarded, of: id, channels: 0, now: fixture.now)
        #expect(fixture.relay.counters.toPeers(.udp) == forwarded.toPeers)
    }
}
