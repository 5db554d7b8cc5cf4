import STUN
import Testing

@testable import TURNClient

/// ChannelData, indications, keep-alive.
@Suite struct DataTests {
    let relay = ScriptedRelay()

    private func connected(_ framing: ClientFraming = .datagram, keepsAlive: Bool = true) throws -> RelayClient {
        var client = relay.client(framing, keepsAlive: keepsAlive)
        client.start(.allocate(AllocateOptions()), now: 0)
        _ = client.take(relay.challenge(to: try #require(client.drain().first)))
        let request = try #require(client.drain().first)
        _ = client.take(try relay.allocated(request, seal: .sha1(password: "secret")))
        client.start(.channelBind(channel: 0x4001, peer: try address("203.0.113.9:9")), now: 0)
        let event = client.take(relay.succeeded(try #require(client.drain().first)))
        #expect(event == .channelBound(0x4001, peer: try address("203.0.113.9:9")))
        return client
    }

    /// RFC 8656 12.4: number, length, data; "over UDP the padding is not required but MAY be included".
    @Test func channelDataOverUDPHasNoPadding() throws {
        let client = try connected()
        #expect(client.channelData([1, 2, 3], channel: 0x4001) == [0x40, 0x01, 0, 3, 1, 2, 3])
        #expect(client.channelData([], channel: 0x4001) == [0x40, 0x01, 0, 0])
    }

    @Test func channelDataOverAStreamIsPadded() throws {
        let client = try connected(.stream)
        #expect(client.channelData([1, 2, 3], channel: 0x4001) == [0x40, 0x01, 0, 3, 1, 2, 3, 0])
    }

    @Test func packetGoesThroughTheChannelOrAsAnIndication() throws {
        var client = try connected()
        #expect(client.packet([7], to: try address("203.0.113.9:9")).first == 0x40)
        let indication = client.packet([7], to: try address("203.0.113.9:10"))
        #expect(indication[0] == 0 && indication[1] == 0x16)
        #expect(try attribute(.data, in: indication) == [7])
        // Port 10 ^ 0x2112; 203.0.113.9 ^ 0x2112A442.
        #expect(try attribute(.xorPeerAddress, in: indication) == [0, 1, 0x21, 0x18, 0xEA, 0x12, 0xD5, 0x4B])
    }

    @Test func channelDataComesFromTheChannelsPeer() throws {
        var client = try connected()
        let event = client.take([0x40, 0x01, 0, 2, 8, 9, 0, 0])
        #expect(event == .data(from: try address("203.0.113.9:9"), channel: 0x4001, payload: 4..<6))
        #expect(client.take([0x40, 0x02, 0, 2, 8, 9, 0, 0]) == nil)
        #expect(client.take([0x40, 0x01, 0, 9, 8, 9, 0, 0]) == nil)
        #expect(client.ignoredCount == 2)
    }

    @Test func indicationsCarryPayloadOrAnICMPError() throws {
        var client = try connected()
        let peer = try address("[2001:db8::1]:7")
        let id = TransactionID(high: 1, low: 2)
        let data = MessageBuilder.build(MessageType(.data, .indication), id) { writer, buffer in
            writer.append(.xorPeerAddress, xor: peer, into: &buffer)
            writer.append(.data, [1, 2, 3].span, into: &buffer)
        }
        #expect(client.take(data) == .data(from: peer, channel: nil, payload: 48..<51))
        let error = ICMPValue(type: 3, code: 3, data: 0)
        let unreachable = MessageBuilder.build(MessageType(.data, .indication), id) { writer, buffer in
            writer.append(.xorPeerAddress, xor: peer, into: &buffer)
            writer.append(icmp: error, into: &buffer)
        }
        #expect(client.take(unreachable) == .unreachable(peer, error))
    }

    /// A channel that expired unnoticed and was bound anew belongs to its new peer (found by the simulation, seed 413).
    @Test func numberBoundAnewBelongsToItsNewPeer() throws {
        var client = try connected()
        client.start(.channelBind(channel: 0x4001, peer: try address("203.0.113.10:10")), now: 0)
        _ = client.take(relay.succeeded(try #require(client.drain().first)))
        #expect(
            client.take([0x40, 0x01, 0, 0])
                == .data(from: try address("203.0.113.10:10"), channel: 0x4001, payload: 4..<4))
        #expect(!client.hasChannel(to: try address("203.0.113.9:9")))
    }

    @Test func grantsAreRenewedBeforeTheyExpire() throws {
        var client = try connected()
        // Channel after 240 s, allocation 60 s before its end at 600 s.
        #expect(client.nextDeadline == 240_000)
        _ = client.tick(now: 240_000)
        let rebind = try #require(client.drain().first)
        #expect(MessageType(rawValue: rebind.span.bytes.uint16(at: 0)).method == .channelBind)
        _ = client.take(relay.succeeded(rebind), now: 240_000)
        _ = client.tick(now: 480_000)
        _ = client.take(relay.succeeded(try #require(client.drain().first)), now: 480_000)
        #expect(client.nextDeadline == 540_000)
        _ = client.tick(now: 540_000)
        let refresh = try #require(client.drain().first)
        #expect(MessageType(rawValue: refresh.span.bytes.uint16(at: 0)).method == .refresh)
        #expect(client.take(relay.succeeded(refresh, lifetime: 600), now: 540_000) == .refreshed(lifetimeSeconds: 600))
    }

    @Test func endedAllocationIsForgotten() throws {
        var client = try connected(keepsAlive: false)
        client.start(.refresh(lifetimeSeconds: 0, family: nil), now: 0)
        let event = client.take(relay.succeeded(try #require(client.drain().first), lifetime: 0))
        #expect(event == .refreshed(lifetimeSeconds: 0))
        #expect(client.allocation == nil)
        #expect(client.take([0x40, 0x01, 0, 1, 8, 0, 0, 0]) == nil)
    }

    /// Byte by byte: what an RFC 8656 Allocate request without credentials looks like on the wire.
    @Test func firstAllocateRequestHasExactlyTheseBytes() throws {
        var settings = ClientSettings()
        settings.sendsFingerprint = false
        var client = RelayClient(settings, framing: .datagram, random: SplitMix(state: 1))
        var options = AllocateOptions()
        options.evenPort = true
        options.lifetimeSeconds = 3_600
        client.start(.allocate(options), now: 0)
        let message = try #require(client.drain().first)
        #expect(Array(message[..<8]) == [0x00, 0x03, 0x00, 24, 0x21, 0x12, 0xA4, 0x42])
        #expect(
            Array(message[20...]) == [
                0x00, 0x19, 0, 4, 17, 0, 0, 0,  // REQUESTED-TRANSPORT: UDP
                0x00, 0x0D, 0, 4, 0, 0, 0x0E, 0x10,  // LIFETIME: 3600
                0x00, 0x18, 0, 1, 0x80, 0, 0, 0,  // EVEN-PORT with R, padded
            ])
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func streamIsCutAtMessageBoundariesHoweverItArrives(_ seed: UInt64) throws {
        var random = SplitMix(state: seed)
        var client = relay.client(.stream)
        var sent: [[UInt8]] = []
        var stream: [UInt8] = []
        for _ in 0..<200 {
            let payload = (0..<Int(random.next() % 70)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            if random.next() % 2 == 0 {
                let padded = client.channelData(payload, channel: 0x4001)
                sent.append(Array(padded[..<(4 + payload.count)]))
                stream += padded
            } else {
                let message = client.sendIndication(payload, to: try address("192.0.2.1:1"))
                sent.append(message)
                stream += message
            }
        }
        var reassembler = StreamReassembler()
        var found: [[UInt8]] = []
        while !stream.isEmpty {
            let count = min(stream.count, 1 + Int(random.next() % 150))
            reassembler.append(stream.prefix(count))
            stream.removeFirst(count)
            while case .message(let message) = reassembler.next() { found.append(message) }
        }
        #expect(found == sent)
    }

    @Test func streamOfAnotherProtocolIsRefused() {
        var reassembler = StreamReassembler()
        // A TLS alert: the client forgot TLS.
        reassembler.append([0x15, 3, 3, 0, 4, 2, 40, 0])
        #expect(reassembler.next() == .invalid)
    }
}
