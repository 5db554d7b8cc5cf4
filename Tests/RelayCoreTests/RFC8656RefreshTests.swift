import Credentials
import RelayCore
import STUN
import Testing

/// RFC 8656 section 8.2, "Receiving a Refresh Request".
@Suite struct RFC8656RefreshTests {
    let fixture = RelayFixture()

    @Test func refreshSetsTheLifetimeAnew() throws {
        let client = try TestClient(fixture).allocated()
        fixture.advance(seconds: 500)
        #expect(try client.refresh().lifetime == 600)
        fixture.advance(seconds: 599)
        fixture.tick()
        #expect(fixture.relay.allocationCount == 1)
        fixture.advance(seconds: 1)
        fixture.tick()
        #expect(fixture.relay.allocationCount == 0)
        #expect(fixture.endReasons() == [.expired])
        #expect(fixture.sockets.isEmpty)
    }

    @Test(arguments: [(1, 600), (700, 700), (4000, 3600)])
    func lifetimeIsBetweenDefaultAndMaximum(_ asked: UInt32, _ granted: UInt32) throws {
        let client = try TestClient(fixture).allocated()
        #expect(try client.refresh(asked).lifetime == granted)
    }

    @Test func zeroDeletesAndTheAnswerSaysSo() throws {
        let client = try TestClient(fixture).allocated()
        fixture.effects = []
        let reply = try client.refresh(0)
        #expect(reply.isSuccess)
        #expect(reply.lifetime == 0)
        #expect(fixture.relay.allocationCount == 0)
        #expect(fixture.directory.freePorts() == fixture.directory.totalPorts())
        guard fixture.effects.count == 2, case .allocationEnded(let summary) = fixture.effects[0],
            case .closeRelay = fixture.effects[1]
        else {
            Issue.record("\(fixture.effects)")
            return
        }
        #expect(summary.endReason == .deleted)
        #expect(try client.refresh(0).code == .allocationMismatch)
    }

    @Test func withoutAllocationIs437() throws {
        let client = TestClient(fixture)
        #expect(try client.refresh().code == .allocationMismatch)
    }

    @Test func anotherUserIs441() throws {
        let client = try TestClient(fixture).allocated()
        client.login = .bob
        #expect(try client.refresh().code == .wrongCredentials)
        #expect(try client.refresh(0).code == .wrongCredentials)
        #expect(fixture.relay.allocationCount == 1)
    }

    @Test func familyOfTheAllocationIsFine() throws {
        let client = try TestClient(fixture).allocated()
        #expect(try client.ask(.refresh) { $0.family(.ipv4) }.isSuccess)
    }

    @Test func otherFamilyIs443() throws {
        let client = try TestClient(fixture).allocated()
        #expect(try client.ask(.refresh) { $0.family(.ipv6) }.code == .peerAddressFamilyMismatch)
    }

    @Test func zeroForOneFamilyOfADualAllocationKeepsTheOther() throws {
        let client = try TestClient(fixture).allocated { $0.additional(.ipv6) }
        try client.bind(0x4000, address("5.5.5.5:1"))
        try client.bind(0x4001, address("[2a00:5::5]:1"))
        let reply = try client.ask(.refresh) {
            $0.family(.ipv4)
            $0.lifetime(0)
        }
        #expect(reply.lifetime == 0)
        #expect(fixture.relay.allocationCount == 1)
        #expect(fixture.sockets.values.map(\.family) == [.ipv6])
        #expect(fixture.forward(0x4000, from: client) == .drop(.noChannel))
        guard case .peer = fixture.forward(0x4001, from: client) else {
            Issue.record("IPv6 channel is gone")
            return
        }
        #expect(try client.permit(address("5.5.5.5:1")).code == .peerAddressFamilyMismatch)
        let rest = try client.ask(.refresh) {
            $0.family(.ipv6)
            $0.lifetime(0)
        }
        #expect(rest.lifetime == 0)
        #expect(fixture.relay.allocationCount == 0)
    }

    @Test func expiryIsExactOnTheDataPathWhateverTheTimerDoes() throws {
        let client = try TestClient(fixture).allocated()
        try client.bind(0x4000, address("5.5.5.5:1"))
        fixture.advance(milliseconds: 299_000)
        try client.permit(address("5.5.5.5:1"))
        fixture.advance(milliseconds: 299_000)
        try client.permit(address("5.5.5.5:1"))
        fixture.advance(milliseconds: 1999)
        guard case .peer = fixture.forward(0x4000, from: client) else {
            Issue.record("too early")
            return
        }
        fixture.advance(milliseconds: 1)
        #expect(fixture.forward(0x4000, from: client) == .drop(.noAllocation))
        #expect(fixture.deliver(from: address("5.5.5.5:1"), to: client) == .drop(.noAllocation))
    }
}
