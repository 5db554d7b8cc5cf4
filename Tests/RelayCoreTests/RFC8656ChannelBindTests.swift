import RelayCore
import STUN
import Testing

/// RFC 8656 section 12.2, "Receiving a ChannelBind Request".
@Suite struct RFC8656ChannelBindTests {
    let fixture = RelayFixture()
    let peer = address("5.5.5.5:1000")

    @Test func bindingAlsoInstallsThePermission() throws {
        let client = try TestClient(fixture).allocated()
        #expect(try client.bind(0x4000, peer).isSuccess)
        #expect(fixture.deliver(from: peer, to: client) == .channel(0x4000, client.route))
        #expect(fixture.deliver(from: address("5.5.5.5:1001"), to: client) == .indication(client.route))
    }

    @Test(arguments: [0x4000, 0x4FFF] as [UInt16]) func numbersInRange(_ number: UInt16) throws {
        #expect(try TestClient(fixture).allocated().bind(number, peer).isSuccess)
    }

    @Test(arguments: [0, 0x3FFF, 0x5000, 0x7FFE, 0x7FFF, 0x8000, 0xFFFF] as [UInt16])
    func numbersOutOfRangeAre400(_ number: UInt16) throws {
        #expect(try TestClient(fixture).allocated().bind(number, peer).code == .badRequest)
        #expect(fixture.relay.counters.channels == 0)
    }

    @Test func numbersOfRFC5766WhenConfigured() throws {
        let fixture = RelayFixture { $0.highestChannelNumber = 0x7FFE }
        let client = try TestClient(fixture).allocated()
        #expect(try client.bind(0x7FFE, peer).isSuccess)
        #expect(try client.bind(0x7FFF, address("5.5.5.6:1")).code == .badRequest)
    }

    @Test func numberBoundToAnotherPeerIs400() throws {
        let client = try TestClient(fixture).allocated()
        try client.bind(0x4000, peer)
        #expect(try client.bind(0x4000, address("5.5.5.5:1001")).code == .badRequest)
        #expect(fixture.relay.refusals(limit: 1).first?.reason.text == "channel 0x4000 is bound to 5.5.5.5:1000")
    }

    @Test func peerBoundToAnotherNumberIs400() throws {
        let client = try TestClient(fixture).allocated()
        try client.bind(0x4000, peer)
        #expect(try client.bind(0x4001, peer).code == .badRequest)
    }

    @Test func missingNumberOrPeerIs400() throws {
        let client = try TestClient(fixture).allocated()
        #expect(try client.ask(.channelBind) { $0.channel(0x4000) }.code == .badRequest)
        #expect(try client.ask(.channelBind) { $0.peer(peer) }.code == .badRequest)
    }

    @Test func otherFamilyIs443() throws {
        let client = try TestClient(fixture).allocated()
        #expect(try client.bind(0x4000, address("[2a00:5::5]:1")).code == .peerAddressFamilyMismatch)
    }

    @Test(arguments: ["10.0.0.1:1", "127.0.0.1:1", "5.5.5.5:0", "9.9.9.9:3478"])
    func deniedPeerIs403(_ text: String) throws {
        let client = try TestClient(fixture).allocated()
        #expect(try client.bind(0x4000, address(text)).code == .forbidden)
        #expect(fixture.relay.counters.channels == 0)
        #expect(fixture.relay.counters.permissions == 0)
    }

    @Test func fullIs508() throws {
        let fixture = RelayFixture { $0.quotas.channelsPerAllocation = 1 }
        let client = try TestClient(fixture).allocated()
        try client.bind(0x4000, peer)
        #expect(try client.bind(0x4001, address("5.5.5.6:1")).code == .insufficientCapacity)
        #expect(try client.bind(0x4000, peer).isSuccess)
    }

    @Test func bindingLives600SecondsThePermission300() throws {
        let client = try TestClient(fixture).allocated { $0.lifetime(3600) }
        try client.bind(0x4000, peer)
        fixture.advance(milliseconds: 299_999)
        #expect(fixture.deliver(from: peer, to: client) == .channel(0x4000, client.route))
        fixture.advance(milliseconds: 1)
        // The channel is bound but there is no permission.
        #expect(fixture.deliver(from: peer, to: client) == .drop(.noPermission))
        #expect(fixture.forward(0x4000, from: client) == .drop(.noPermission))
        try client.permit(address("5.5.5.5:9"))
        #expect(fixture.deliver(from: peer, to: client) == .channel(0x4000, client.route))
        fixture.advance(milliseconds: 299_999)
        #expect(fixture.deliver(from: peer, to: client) == .channel(0x4000, client.route))
        try client.permit(peer)
        fixture.advance(milliseconds: 1)
        // The permission lives, the channel does not.
        #expect(fixture.deliver(from: peer, to: client) == .indication(client.route))
        #expect(fixture.forward(0x4000, from: client) == .drop(.noChannel))
    }

    @Test func permissionThatTheTimerGaveBackIsMissedByTheChannel() throws {
        let client = try TestClient(fixture).allocated { $0.lifetime(3600) }
        try client.bind(0x4000, peer)
        fixture.advance(seconds: 302)
        fixture.tick()
        #expect(fixture.relay.counters.permissions == 0)
        #expect(fixture.relay.counters.channels == 1)
        #expect(fixture.forward(0x4000, from: client) == .drop(.noPermission))
        #expect(try client.bind(0x4000, peer).isSuccess)
        #expect(fixture.deliver(from: peer, to: client) == .channel(0x4000, client.route))
    }

    @Test func rebindingRefreshesBoth() throws {
        let client = try TestClient(fixture).allocated { $0.lifetime(3600) }
        try client.bind(0x4000, peer)
        fixture.advance(seconds: 599)
        #expect(try client.bind(0x4000, peer).isSuccess)
        fixture.advance(seconds: 299)
        #expect(fixture.deliver(from: peer, to: client) == .channel(0x4000, client.route))
    }

    @Test func expiredNumberAndPeerCanBeBoundOtherwise() throws {
        let client = try TestClient(fixture).allocated { $0.lifetime(3600) }
        try client.bind(0x4000, peer)
        fixture.advance(seconds: 600)
        #expect(try client.bind(0x4000, address("5.5.5.6:1")).isSuccess)
        #expect(try client.bind(0x4001, peer).isSuccess)
        #expect(fixture.deliver(from: peer, to: client) == .channel(0x4001, client.route))
        #expect(fixture.deliver(from: address("5.5.5.6:1"), to: client) == .channel(0x4000, client.route))
    }

    @Test func numbersAreEachAllocationsOwn() throws {
        let one = try TestClient(fixture).allocated()
        let other = try TestClient(fixture, "8.8.4.4:5001").allocated()
        try one.bind(0x4000, peer)
        try other.bind(0x4000, address("5.5.5.6:1"))
        #expect(fixture.deliver(from: peer, to: one) == .channel(0x4000, one.route))
        #expect(fixture.deliver(from: peer, to: other) == .drop(.noPermission))
    }

    @Test func manyChannelsComeAndGo() throws {
        let fixture = RelayFixture { $0.budgets.verifiedBytesPerSecond = 1 << 30 }
        let client = try TestClient(fixture).allocated { $0.lifetime(3600) }
        for round in 0..<20 {
            for index in 0..<64 {
                let peer = TransportAddress(ip: ip("5.5.\(round).\(index)"), port: 1)
                #expect(try client.bind(0x4000 + UInt16(index), peer).isSuccess)
            }
            for index in 0..<64 {
                let peer = TransportAddress(ip: ip("5.5.\(round).\(index)"), port: 1)
                #expect(
                    fixture.deliver(from: peer, to: client) == .channel(0x4000 + UInt16(index), client.route))
                guard case .peer(_, peer, false) = fixture.forward(0x4000 + UInt16(index), from: client) else {
                    Issue.record("channel \(index) of round \(round)")
                    return
                }
            }
            fixture.advance(seconds: 600)
            _ = try client.ask(.refresh) { $0.lifetime(3600) }
        }
        fixture.tick()
        #expect(fixture.relay.counters.channels == 0)
        #expect(fixture.relay.counters.permissions == 0)
    }
}
