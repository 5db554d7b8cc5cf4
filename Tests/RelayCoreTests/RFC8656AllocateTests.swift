import Credentials
import RelayCore
import STUN
import Testing

/// RFC 8656 section 7.2, "Receiving an Allocate Request", number by number.
@Suite struct RFC8656AllocateTests {
    let fixture = RelayFixture()

    @Test func successCarriesRelayedAddressLifetimeAndMappedAddress() throws {
        let client = TestClient(fixture)
        let reply = try client.allocate()
        #expect(reply.isSuccess)
        #expect(reply.relayed.count == 1)
        #expect(reply.relayed[0].ip == RelayFixture.external4)
        #expect((49152...65535).contains(reply.relayed[0].port))
        #expect(reply.lifetime == 600)
        #expect(reply.mapped == address("8.8.4.4:5000"))
        #expect(reply.token == nil)
        #expect(reply.isSealed(by: .alice))
        #expect(fixture.relay.allocationCount == 1)
        #expect(fixture.relay.counters.requests(.allocate, .success) == 1)
    }

    @Test func effectsOfAnAllocateAreTheSocketAndTheSummary() throws {
        let client = TestClient(fixture)
        try client.allocated()
        guard fixture.effects.count == 2, case .openRelay(let request) = fixture.effects[0],
            case .allocationOpened(let summary) = fixture.effects[1]
        else {
            Issue.record("\(fixture.effects)")
            return
        }
        #expect(request.family == .ipv4)
        #expect(!request.evenPort && !request.reserveNext && request.reserved == nil)
        #expect(summary.session.username == "alice")
        #expect(summary.session.relayed == [client.relayed])
        #expect(summary.session.client == address("8.8.4.4:5000"))
        #expect(summary.endReason == nil)
    }

    // 2. The 5-tuple is in use.
    @Test func anotherTransactionOnALiveAllocationIs437() throws {
        let client = try TestClient(fixture).allocated()
        #expect(try client.allocate().code == .allocationMismatch)
        #expect(fixture.relay.allocationCount == 1)
    }

    @Test func retransmissionGetsTheSameAnswer() throws {
        let client = TestClient(fixture)
        try client.fetchNonce()
        let request = client.request(.allocate, id: TransactionID(high: 1, low: 2)) { $0.transport() }
        let first = fixture.receive(request, from: client.route).reply
        fixture.advance(seconds: 5)
        let second = fixture.receive(request, from: client.route).reply
        #expect(!first.isEmpty)
        #expect(first == second)
        #expect(fixture.relay.allocationCount == 1)
    }

    @Test func theSameTransactionOfAnotherUserIs437() throws {
        let client = TestClient(fixture)
        try client.allocate(id: TransactionID(high: 1, low: 2))
        client.login = .bob
        #expect(try client.allocate(id: TransactionID(high: 1, low: 2)).code == .allocationMismatch)
    }

    @Test func anExpiredAllocationMakesRoomAtThatMillisecond() throws {
        let client = try TestClient(fixture).allocated()
        fixture.advance(milliseconds: 599_999)
        #expect(try client.allocate().code == .allocationMismatch)
        fixture.advance(milliseconds: 1)
        #expect(try client.allocate().isSuccess)
        #expect(fixture.endReasons() == [.expired])
        #expect(fixture.sockets.count == 1)
    }

    // 3. REQUESTED-TRANSPORT.
    @Test func missingTransportIs400() throws {
        #expect(try TestClient(fixture).ask(.allocate).code == .badRequest)
    }

    @Test(arguments: [6, 0, 255] as [UInt8]) func otherTransportIs442(_ number: UInt8) throws {
        #expect(try TestClient(fixture).ask(.allocate) { $0.transport(number) }.code == .unsupportedTransport)
    }

    @Test func transportOfWrongSizeIs400() throws {
        #expect(try TestClient(fixture).ask(.allocate) { $0.attribute(0x0019, [17]) }.code == .badRequest)
    }

    // 4. DONT-FRAGMENT is supported.
    @Test func dontFragmentIsUnderstood() throws {
        #expect(try TestClient(fixture).allocate { $0.dontFragment() }.isSuccess)
    }

    // 5. RESERVATION-TOKEN.
    @Test func tokenWithEvenPortIs400() throws {
        let reply = try TestClient(fixture).allocate {
            $0.token(1)
            $0.evenPort(reserve: false)
        }
        #expect(reply.code == .badRequest)
    }

    @Test func tokenWithRequestedFamilyIs400() throws {
        let reply = try TestClient(fixture).allocate {
            $0.token(1)
            $0.family(.ipv4)
        }
        #expect(reply.code == .badRequest)
    }

    @Test func tokenWithAdditionalFamilyIs400() throws {
        let reply = try TestClient(fixture).allocate {
            $0.token(1)
            $0.additional(.ipv6)
        }
        #expect(reply.code == .badRequest)
    }

    @Test func unknownTokenIs508() throws {
        #expect(try TestClient(fixture).allocate { $0.token(1) }.code == .insufficientCapacity)
        #expect(fixture.relay.allocationCount == 0)
    }

    // 6., 7. Families.
    @Test func requestedWithAdditionalFamilyIs400() throws {
        let reply = try TestClient(fixture).allocate {
            $0.family(.ipv4)
            $0.additional(.ipv6)
        }
        #expect(reply.code == .badRequest)
    }

    @Test func requestedIPv6IsIPv6() throws {
        let reply = try TestClient(fixture).allocate { $0.family(.ipv6) }
        #expect(reply.relayed.map(\.ip) == [RelayFixture.external6])
    }

    @Test func anIPv6ClientGetsIPv4UnlessItAsksForMore() throws {
        let reply = try TestClient(fixture, "[2a00::1]:5000").allocate()
        #expect(reply.relayed.map(\.ip) == [RelayFixture.external4])
        #expect(reply.mapped == address("[2a00::1]:5000"))
    }

    @Test func unsupportedFamilyIs440() throws {
        let fixture = RelayFixture(
            directory: RelayFixture.directory(addresses: [RelayAddressPair(bound: RelayFixture.external4)]))
        #expect(try TestClient(fixture).allocate { $0.family(.ipv6) }.code == .addressFamilyNotSupported)
    }

    @Test func unknownFamilyIs440() throws {
        let reply = try TestClient(fixture).allocate { $0.attribute(0x0017, [7, 0, 0, 0]) }
        #expect(reply.code == .addressFamilyNotSupported)
    }

    @Test func absentFamilyWithoutIPv4Is440() throws {
        let fixture = RelayFixture(
            directory: RelayFixture.directory(addresses: [RelayAddressPair(bound: RelayFixture.external6)]))
        #expect(try TestClient(fixture).allocate().code == .addressFamilyNotSupported)
    }

    // 8., 9. Both families.
    @Test func additionalFamilyGetsBoth() throws {
        let reply = try TestClient(fixture).allocate { $0.additional(.ipv6) }
        #expect(reply.relayed.map(\.ip) == [RelayFixture.external4, RelayFixture.external6])
        #expect(reply.addressError == nil)
        #expect(fixture.relay.allocationCount == 1)
        #expect(fixture.sockets.count == 2)
    }

    @Test func additionalIPv4Is400() throws {
        #expect(try TestClient(fixture).allocate { $0.additional(.ipv4) }.code == .badRequest)
    }

    @Test func additionalFamilyWithReservingEvenPortIs400() throws {
        let reply = try TestClient(fixture).allocate {
            $0.evenPort(reserve: true)
            $0.additional(.ipv6)
        }
        #expect(reply.code == .badRequest)
    }

    @Test func familyThatIsNotServedIsNamedInAddressErrorCode() throws {
        let fixture = RelayFixture(
            directory: RelayFixture.directory(addresses: [RelayAddressPair(bound: RelayFixture.external4)]))
        let reply = try TestClient(fixture).allocate { $0.additional(.ipv6) }
        #expect(reply.relayed.map(\.ip) == [RelayFixture.external4])
        #expect(reply.addressError == AddressError(family: .ipv6, code: .addressFamilyNotSupported))
    }

    @Test(arguments: [AddressFamily.ipv4, .ipv6])
    func familyWithoutPortIsNamedInAddressErrorCode(_ family: AddressFamily) throws {
        fixture.failure = { $0.family == family ? .noPort : nil }
        let reply = try TestClient(fixture).allocate { $0.additional(.ipv6) }
        #expect(reply.isSuccess)
        #expect(reply.relayed.map(\.family) == [family == .ipv4 ? .ipv6 : .ipv4])
        #expect(reply.addressError == AddressError(family: family, code: .insufficientCapacity))
    }

    @Test func bothFamiliesWithoutPortIs508() throws {
        fixture.failure = { _ in .noDescriptor }
        #expect(try TestClient(fixture).allocate { $0.additional(.ipv6) }.code == .insufficientCapacity)
        #expect(fixture.relay.allocationCount == 0)
    }

    @Test func noPortIs508AndLeavesNothingBehind() throws {
        let fixture = RelayFixture(directory: RelayFixture.directory(ports: 50000...50001))
        for index in 0..<2 { try TestClient(fixture, "8.8.4.4:\(6000 + index)").allocated() }
        let late = TestClient(fixture, "8.8.4.4:7000")
        #expect(try late.allocate().code == .insufficientCapacity)
        #expect(fixture.relay.allocationCount == 2)
        #expect(fixture.relay.refusals(limit: 1).first?.reason.text == "no relayed port is free")
    }

    // LIFETIME.
    @Test(arguments: [(nil, 600), (0, 600), (1, 600), (600, 600), (601, 601), (3600, 3600), (3601, 3600), (.max, 3600)])
    func lifetimeIsBetweenDefaultAndMaximum(_ asked: UInt32?, _ granted: UInt32) throws {
        let reply = try TestClient(fixture).allocate { if let asked { $0.lifetime(asked) } }
        #expect(reply.lifetime == granted)
    }

    @Test func malformedLifetimeIs400() throws {
        #expect(try TestClient(fixture).allocate { $0.attribute(0x000D, [1, 2]) }.code == .badRequest)
    }

    @Test func unknownRequiredAttributeIs420OnceTheSenderIsKnown() throws {
        let client = TestClient(fixture)
        let reply = try client.ask(.allocate) {
            $0.transport()
            $0.attribute(0x7ABC)
        }
        #expect(reply.code == .unknownAttribute)
        #expect(reply.isSealed(by: .alice))
        let list = try #require(reply.index.unknownAttributes)
        #expect(Array(reply.bytes[list.range]) == [0x7A, 0xBC])
    }

    @Test func unknownOptionalAttributeIsSkipped() throws {
        #expect(try TestClient(fixture).allocate { $0.attribute(0xFABC, [1, 2, 3]) }.isSuccess)
    }

    @Test func draining508OrTheAlternativeServer() throws {
        fixture.relay.drain(true)
        #expect(try TestClient(fixture).allocate().code == .insufficientCapacity)

        let other = RelayFixture { $0.alternateServers = [address("9.9.9.10:3478")] }
        other.relay.drain(true)
        let reply = try TestClient(other).allocate()
        #expect(reply.code == .tryAlternate)
        #expect(reply.alternateServer == address("9.9.9.10:3478"))
    }

    @Test func drainingKeepsLiveAllocations() throws {
        let client = try TestClient(fixture).allocated()
        fixture.relay.drain(true)
        #expect(try client.refresh().isSuccess)
        #expect(try client.permit(address("5.5.5.5:1")).isSuccess)
        fixture.relay.drain(false)
        #expect(try TestClient(fixture, "8.8.4.4:5001").allocate().isSuccess)
    }

    @Test func externalAddressBehindANATIsWhatClientsSee() throws {
        let fixture = RelayFixture(
            directory: RelayFixture.directory(
                addresses: [RelayAddressPair(bound: ip("10.0.0.9"), external: RelayFixture.external4)]))
        let client = try TestClient(fixture).allocated()
        #expect(client.relayed?.ip == RelayFixture.external4)
        #expect(fixture.sockets.values.first?.ip == ip("10.0.0.9"))
        #expect(fixture.sockets.values.first?.port == client.relayed?.port)
    }

    @Test func anotherMessageWhileSocketsAreOpenedGivesUpTheAllocate() throws {
        let client = TestClient(fixture)
        try client.fetchNonce()
        var buffer = [UInt8](repeating: 0, count: Relay.replyByteCount)
        var span = buffer.mutableSpan
        var raw = span.mutableBytes
        let request = client.request(.allocate) { $0.transport() }
        let verdict = fixture.relay.receive(
            message: request.span.bytes, from: client.route, now: fixture.now, reply: &raw)
        #expect(verdict == .openRelays)
        while fixture.relay.nextEffect() != nil {}
        #expect(try TestClient(fixture, "8.8.4.4:5001").allocate().isSuccess)
        #expect(fixture.relay.allocationCount == 1)
        #expect(fixture.relay.finishAllocate(now: fixture.now, reply: &raw) == .drop(.noAllocation))
    }
}
