import Foundation
import Testing

@testable import MediaPath

@Suite("Endpoints of media")
struct EndpointTests {
    /// Two ends and the path between them.
    private final class Pair {
        let client: MediaEndpoint
        let server: MediaEndpoint
        private(set) var sizes: [Int] = []
        /// Called with each datagram; what it returns arrives.
        var path: (_ datagram: [UInt8], _ isFromClient: Bool) -> [[UInt8]] = { datagram, _ in [datagram] }

        init(_ profile: SRTPProfile, signalled: (client: DTLSIdentity, server: DTLSIdentity)? = nil) throws {
            let context = try #require(DTLSContext(profile))
            let (own, theirs) = (try #require(DTLSIdentity()), try #require(DTLSIdentity()))
            client = try #require(
                MediaEndpoint(
                    context, own, role: .client, expecting: (signalled?.server ?? theirs).fingerprint))
            server = try #require(
                MediaEndpoint(context, theirs, role: .server, expecting: (signalled?.client ?? own).fingerprint))
        }

        /// Carries datagrams until nothing is under way.
        func exchange() {
            for _ in 0..<20 {
                let (up, down) = (client.takeOutputs(), server.takeOutputs())
                guard !up.isEmpty || !down.isEmpty else { return }
                sizes += (up + down).map(\.count)
                for datagram in up.flatMap({ path($0, true) }) { _ = server.receive(datagram) }
                for datagram in down.flatMap({ path($0, false) }) { _ = client.receive(datagram) }
            }
        }

        var isReady: Bool { client.state == .ready && server.state == .ready }
    }

    private static let header = RTPHeader(payloadType: 0, sequence: 7, timestamp: 9, source: 0x1234)

    private typealias Way = (sender: MediaEndpoint, receiver: MediaEndpoint, source: UInt32)

    @Test("a handshake makes keys for both directions, with small datagrams", arguments: SRTPProfile.allCases)
    func handshake(profile: SRTPProfile) throws {
        let pair = try Pair(profile)
        pair.client.start()
        pair.exchange()
        #expect(pair.isReady)
        #expect(pair.sizes.allSatisfy { $0 <= DTLSContext.datagramByteCountMax } && pair.sizes.count >= 4)
        let payload: [UInt8] = Array("a voice".utf8)
        for (sender, receiver, source) in [(pair.client, pair.server, 1), (pair.server, pair.client, 2)] as [Way] {
            var header = Self.header
            header.source = source
            let packet = try #require(sender.protect(header, payload))
            #expect(packet.count == 12 + payload.count + profile.tagByteCount)
            #expect(receiver.receive(packet) == .media(header, payload: payload))
            #expect(receiver.receive(packet) == .rejected(.replay, source: source))
            // What one end sent does not open at the same end: the directions have keys of their own.
            #expect(sender.receive(packet) == .rejected(.authentication, source: source))
            header.sequence += 1
            var altered = try #require(sender.protect(header, payload))
            altered[14] ^= 0x20
            #expect(receiver.receive(altered) == .rejected(.authentication, source: source))
        }
    }

    @Test("the other end must have the certificate that was signalled")
    func fingerprint() throws {
        let strangers = (client: try #require(DTLSIdentity()), server: try #require(DTLSIdentity()))
        let pair = try Pair(.aesGCM, signalled: strangers)
        pair.client.start()
        pair.exchange()
        for (end, promised) in [(pair.client, strangers.server), (pair.server, strangers.client)] {
            guard case .failed(.fingerprint(let signalled, let seen)) = end.state else {
                Issue.record("\(end.state)")
                continue
            }
            #expect(signalled == promised.fingerprint && seen != nil && seen != signalled)
            #expect(end.protect(Self.header, [1]) == nil)
        }
    }

    @Test("lost flights are repeated, whichever they are", arguments: [0, 1, 2, 3])
    func retransmission(lost: Int) throws {
        let pair = try Pair(.aesCM)
        var flight = 0
        var wasFromClient: Bool?
        pair.path = { datagram, isFromClient in
            if wasFromClient != nil, wasFromClient != isFromClient { flight += 1 }
            wasFromClient = isFromClient
            return flight == lost ? [] : [datagram]
        }
        pair.client.start()
        let deadline = Date(timeIntervalSinceNow: 60)
        while !pair.isReady, Date() < deadline {
            pair.exchange()
            let waits = [pair.client, pair.server].compactMap(\.timeout)
            Thread.sleep(forTimeInterval: Double(waits.min() ?? 10) / 1_000)
            // The flight is over, lost or not: what is repeated arrives.
            flight = max(flight, lost + 1)
            for end in [pair.client, pair.server] { end.retransmit() }
        }
        #expect(pair.isReady)
    }

    @Test("altered messages of the handshake make no keys")
    func altered() throws {
        let pair = try Pair(.aesGCM)
        pair.path = { datagram, isFromClient in
            var datagram = datagram
            if !isFromClient { datagram[datagram.count / 2] ^= 1 }
            return [datagram]
        }
        pair.client.start()
        pair.exchange()
        #expect(!pair.isReady)
    }

    @Test("what is neither DTLS nor RTP is left alone, and RTP without keys is not accepted")
    func strangers() throws {
        let pair = try Pair(.aesGCM)
        for first: UInt8 in [0, 1, 19, 64, 127, 192, 255] {
            #expect(pair.server.receive([first] + [UInt8](repeating: 0, count: 30)) == .other)
        }
        #expect(pair.server.receive([]) == .other)
        #expect(pair.server.receive(Self.header.packet([1])) == .rejected(.malformed, source: 0x1234))
        #expect(pair.server.receive([0x80, 1, 2]) == .rejected(.malformed, source: nil))
        #expect(pair.server.receive([UInt8](repeating: 22, count: 1)) == .handshake)
        pair.client.start()
        pair.exchange()
        #expect(pair.isReady)
    }

    @Test("a fingerprint is written as in a session description")
    func text() throws {
        let text = try #require(DTLSIdentity()).fingerprint.description
        #expect(text.count == 95 && text.split(separator: ":").count == 32 && text == text.uppercased())
    }
}
