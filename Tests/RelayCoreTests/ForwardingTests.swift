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
        fixture.relay.countForwarded(forwarded, of: id, channels: 1)
        let session = try #require(fixture.sessions().first)
        #expect(session.toPeers == forwarded.toPeers && session.toClient == forwarded.toClient)
        #expect(session.forwarded == Traffic(packets: 8, bytes: 800))
        #expect(session.forwardedChannels == 1 && session.forwardedShare == .most && session.dropped == 2)
        #expect(fixture.relay.counters.forwarded == Traffic(packets: 8, bytes: 800))
        #expect(fixture.relay.counters.toPeers(.udp) == forwarded.toPeers)
        #expect(fixture.relay.counters.drops(.allocationRate) == 2)
    }

    @Test func whichWayDatagramsTakeIsToldOfTheLastOnes() throws {
        let client = try TestClient(fixture).allocated()
        try client.bind(0x4000, peer)
        let id = try #require(changes.first)
        func share(own: Int, forwarded: Int, channels: Int = 1) -> ForwardedShare? {
            for _ in 0..<own { _ = fixture.forward(0x4000, from: client) }
            var traffic = ForwardedTraffic()
            traffic.toPeers = Traffic(packets: UInt64(forwarded), bytes: 0)
            fixture.relay.countForwarded(traffic, of: id, channels: channels)
            return fixture.sessions().first?.forwardedShare
        }
        #expect(share(own: 2, forwarded: 0) == ForwardedShare.none)
        #expect(share(own: 0, forwarded: 18) == .most)
        #expect(share(own: 10, forwarded: 10) == .part)
        #expect(share(own: 1, forwarded: 0) == .part, "one alone tells nothing")
        #expect(share(own: 19, forwarded: 0) == ForwardedShare.none)
        #expect(share(own: 1, forwarded: 19) == .most)
        #expect(share(own: 0, forwarded: 0) == .most)
        #expect(share(own: 0, forwarded: 0, channels: 0) == ForwardedShare.none)
    }

    /// Budgets that somebody else keeps.
    private final class Budgets: SharedBudgets, @unchecked Sendable {
        var left = 250
        var asked: [(allocation: UInt32, user: UInt32)] = []

        func take(_ bytes: Int, allocation: UInt32, user: UInt32, now: Instant) -> DropReason? {
            asked.append((allocation, user))
            guard left > 0 else { return .userRate }
            left -= bytes
            return nil
        }
    }

    @Test func bothWaysShareOneBudget() throws {
        let client = try TestClient(fixture).allocated()
        try client.bind(0x4000, peer)
        let id = try #require(changes.first)
        let budgets = Budgets()
        fixture.relay.sharedBudgets = budgets
        #expect(fixture.forward(0x4000, from: client) != .drop(.userRate))
        let bytes = 250 - budgets.left
        #expect(bytes > 0)
        budgets.left = 0  // what the other way has taken
        #expect(fixture.forward(0x4000, from: client) == .drop(.userRate))
        #expect(budgets.asked.count == 2 && budgets.asked.allSatisfy { $0.allocation == id.index })
        // Its own budget has stayed as it was.
        fixture.relay.sharedBudgets = nil
        #expect(fixture.forward(0x4000, from: client) != .drop(.allocationRate))
    }

    @Test func anAllocationThatHasEndedCountsInTheTotalsAlone() throws {
        let client = try TestClient(fixture).allocated()
        try client.bind(0x4000, peer)
        let id = try #require(changes.first)
        #expect(fixture.end(id))
        var forwarded = ForwardedTraffic()
        forwarded.toPeers = Traffic(packets: 1, bytes: 100)
        fixture.relay.countForwarded(forwarded, of: id, channels: 0)
        #expect(fixture.relay.counters.toPeers(.udp) == forwarded.toPeers)
    }
}
