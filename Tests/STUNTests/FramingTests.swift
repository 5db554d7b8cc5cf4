import STUN
import TestSupport
import Testing

/// RFC 8656 12.4-12.7.
struct ChannelDataTests {
    private func channelData(_ channel: UInt16, _ payload: [UInt8], padding: Int = 0) -> [UInt8] {
        bigEndian(channel) + bigEndian(UInt16(payload.count)) + payload + [UInt8](repeating: 0, count: padding)
    }

    @Test func aDatagramIsReadWithAndWithoutPadding() {
        for padding in 0..<5 {
            let bytes = channelData(0x4ABC, [1, 2, 3, 4, 5], padding: padding)
            let parsed = ChannelData.parse(bytes.span.bytes)
            #expect(parsed?.channel == 0x4ABC)
            #expect(parsed?.payloadByteCount == 5)
        }
    }

    @Test func anEmptyPayloadIsLegal() {
        #expect(ChannelData.parse(channelData(0x4000, []).span.bytes)?.payloadByteCount == 0)
    }

    @Test func aDatagramShorterThanItSaysIsNone() {
        let bytes = channelData(0x4001, [1, 2, 3, 4, 5])
        for count in 0..<bytes.count { #expect(ChannelData.parse(bytes.span.bytes.extracting(0..<count)) == nil) }
    }

    @Test func onlyTheBits01BeginChannelData() {
        for first in UInt8.min...UInt8.max {
            let bytes = [first, 0, 0, 0]
            #expect((ChannelData.parse(bytes.span.bytes) != nil) == (0x40...0x7F ~= first))
            #expect(ChannelData.isChannelData(firstByte: first) == (0x40...0x7F ~= first))
        }
    }

    @Test func theHeaderIsWrittenInPlace() {
        var bytes = [UInt8](repeating: 9, count: 8)
        var elements = bytes.mutableSpan
        var buffer = elements.mutableBytes
        ChannelData.writeHeader(channel: 0x4ABC, payloadCount: 0x123, into: &buffer, at: 2)
        #expect(bytes == [9, 9, 0x4A, 0xBC, 0x01, 0x23, 9, 9])
    }
}

struct ChannelRunTests {
    private func datagram(_ channel: UInt16, _ payload: Int, size: Int) -> [UInt8] {
        bigEndian(channel) + bigEndian(UInt16(payload)) + [UInt8](repeating: 1, count: size - 4)
    }

    private func run(_ bytes: [UInt8], _ segmentSize: Int) -> ChannelRun? {
        ChannelRun.parse(bytes.span.bytes, segmentSize: segmentSize)
    }

    @Test func equalDatagramsAreOneRun() {
        let bytes = Array((0..<8).map { _ in datagram(0x4001, 100, size: 104) }.joined())
        let found = run(bytes, 104)
        #expect(found?.channel == 0x4001)
        #expect(found?.datagrams == 8)
        #expect(found?.payloadBytes == 100)
        #expect(found?.lastPayloadBytes == 100)
        #expect(found?.totalPayloadBytes == 800)
    }

    @Test func aShorterLastDatagramBelongsToTheRun() {
        let bytes = datagram(0x4001, 100, size: 104) + datagram(0x4001, 100, size: 104) + datagram(0x4001, 7, size: 11)
        let found = run(bytes, 104)
        #expect(found?.datagrams == 3)
        #expect(found?.lastPayloadBytes == 7)
        #expect(found?.totalPayloadBytes == 207)
    }

    @Test func anotherChannelEndsTheRun() {
        let bytes = datagram(0x4001, 100, size: 104) + datagram(0x4002, 100, size: 104)
        #expect(run(bytes, 104)?.datagrams == 1)
    }

    @Test func aLongerPayloadEndsTheRunBeforeIt() {
        let bytes = datagram(0x4001, 96, size: 104) + datagram(0x4001, 100, size: 104)
        #expect(run(bytes, 104)?.datagrams == 1)
    }

    @Test func aShorterPayloadInTheMiddleEndsTheRunBehindIt() {
        let bytes =
            datagram(0x4001, 100, size: 104) + datagram(0x4001, 50, size: 104) + datagram(0x4001, 50, size: 104)
        let found = run(bytes, 104)
        #expect(found?.datagrams == 2)
        #expect(found?.lastPayloadBytes == 50)
    }

    @Test func somethingElseInTheMiddleEndsTheRun() {
        var bytes = Array((0..<3).map { _ in datagram(0x4001, 100, size: 104) }.joined())
        bytes[104] = 0x00
        #expect(run(bytes, 104)?.datagrams == 1)
        bytes[0] = 0x00
        #expect(run(bytes, 104) == nil)
    }

    @Test func emptyAndTinyBuffersAreNoRun() {
        for count in 0..<4 {
            for segmentSize in 0..<6 { #expect(run([UInt8](repeating: 0x40, count: count), segmentSize) == nil) }
        }
        #expect(run(datagram(0x4001, 0, size: 4), 4)?.datagrams == 1)
        #expect(run(datagram(0x4001, 0, size: 4) + datagram(0x4001, 0, size: 4), 4)?.datagrams == 1)
        #expect(run(datagram(0x4001, 4, size: 8), 0) == nil)
    }

    /// The same, written for clarity: datagram by datagram.
    private func reference(_ bytes: [UInt8], _ segmentSize: Int) -> ChannelRun? {
        var datagrams: [ChannelData] = []
        var offset = 0
        while offset < bytes.count {
            let end = min(offset + segmentSize, bytes.count)
            guard let next = ChannelData.parse(bytes.span.bytes.extracting(offset..<end)) else { break }
            if let first = datagrams.first {
                guard next.channel == first.channel, next.payloadByteCount <= first.payloadByteCount,
                    next.payloadByteCount > 0
                else { break }
            }
            datagrams.append(next)
            if next.payloadByteCount < datagrams[0].payloadByteCount { break }
            offset = end
        }
        guard let first = datagrams.first, let last = datagrams.last else { return nil }
        let found = run(bytes, segmentSize)
        #expect(found?.channel == first.channel)
        #expect(found?.datagrams == datagrams.count)
        #expect(found?.payloadBytes == first.payloadByteCount)
        #expect(found?.lastPayloadBytes == last.payloadByteCount)
        return found
    }

    @Test func everyBufferIsCutAsDatagramByDatagram() {
        let seed = Seeded.freshSeed()
        var random = Seeded(seed)
        for _ in 0..<20_000 {
            let segmentSize = Int.random(in: 4...24, using: &random)
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let payload = [segmentSize - 4, segmentSize - 4, Int.random(in: 0...24, using: &random)]
                    .randomElement(using: &random)!
                let channel: UInt16 = Int.random(in: 0..<9, using: &random) == 0 ? 0x4002 : 0x4001
                bytes += datagram(channel, payload, size: segmentSize)
            }
            bytes.removeLast(Int.random(in: 0..<segmentSize, using: &random))
            let expected = reference(bytes, segmentSize)
            #expect(expected == run(bytes, segmentSize), "seed \(seed)")
        }
    }
}

/// RFC 8489 6.2.2 and RFC 8656 12.5.
struct StreamFramingTests {
    private func next(_ bytes: [UInt8], limit: Int = 65_532) -> StreamFraming.Next {
        StreamFraming.next(bytes.span.bytes, messageLimit: limit)
    }

    @Test func whatIsNeededGrowsWithWhatIsKnown() {
        let stun = message { $0.append(.lifetime, uint32: 1, into: &$1) }
        for count in 0..<4 { #expect(next(Array(stun[..<count])) == .need(4)) }
        for count in 4..<8 { #expect(next(Array(stun[..<count])) == .need(20)) }
        for count in 8..<28 { #expect(next(Array(stun[..<count])) == .need(28)) }
        #expect(next(stun) == .message(28))
        #expect(next(stun + [1, 2, 3]) == .message(28))

        let channel: [UInt8] = [0x40, 1, 0, 5, 1, 2, 3, 4, 5, 0, 0, 0]
        for count in 4..<12 { #expect(next(Array(channel[..<count])) == .need(12)) }
        #expect(next(channel) == .channelData(payload: 5, total: 12))
        #expect(next([0x40, 1, 0, 0]) == .channelData(payload: 0, total: 4))
    }

    @Test func whatIsNeitherIsKnownFromItsFirstByte() {
        #expect(next([0x80]) == .invalid)
        #expect(next([0xFF, 0, 0, 0]) == .invalid)
        #expect(next([0x16, 0x03, 0x01, 0x02]) == .invalid)
        // A TLS hello of a length that fits looks like STUN for 4 bytes, and not for 8.
        #expect(next([0x16, 0x03, 0x01, 0x04]) == .need(20))
        #expect(next([0x16, 0x03, 0x01, 0x04, 0x01, 0x00, 0x01, 0xFC]) == .invalid)
    }

    @Test func aLengthThatIsNoMultipleOf4OrTooLargeIsInvalidAtOnce() {
        #expect(next([0, 1, 0, 3]) == .invalid)
        #expect(next([0, 1, 0x10, 0], limit: 4_000) == .invalid)
        #expect(next([0, 1, 0x10, 0], limit: 4_200) == .need(20))
    }

    /// Any fragmentation and coalescing gives the same messages.
    @Test func aStreamCutAnywhereGivesTheSameMessages() {
        let seed = Seeded.freshSeed()
        var random = Seeded(seed)
        for _ in 0..<300 {
            var stream: [UInt8] = []
            var expected: [[UInt8]] = []
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                let payload = random.bytes(Int.random(in: 0...40, using: &random))
                let piece =
                    Bool.random(using: &random)
                    ? message { $0.append(.data, payload.span, into: &$1) }
                    : [0x4F, 0xFF] + bigEndian(UInt16(payload.count)) + payload
                        + [UInt8](repeating: 0, count: (4 - payload.count % 4) % 4)
                stream += piece
                expected.append(piece)
            }
            var buffer: [UInt8] = []
            var found: [[UInt8]] = []
            while !stream.isEmpty {
                let count = min(Int.random(in: 1...60, using: &random), stream.count)
                buffer += stream.prefix(count)
                stream.removeFirst(count)
                cutting: while true {
                    switch next(buffer) {
                    case .need(let needed):
                        #expect(needed > buffer.count, "seed \(seed)")
                        break cutting
                    case .message(let total), .channelData(_, let total):
                        found.append(Array(buffer[..<total]))
                        buffer.removeFirst(total)
                    case .invalid:
                        Issue.record("invalid, seed \(seed)")
                        return
                    }
                }
            }
            #expect(found == expected, "seed \(seed)")
            #expect(buffer.isEmpty, "seed \(seed)")
        }
    }
}

/// RFC 8656 11.3 and 11.6.
struct DataIndicationTests {
    @Test(arguments: ["192.0.2.1:5000", "[2001:db8::1]:5000"], 0..<9)
    func headerPayloadAndPaddingAreADataIndication(peer: String, count: Int) throws {
        let peer = TransportAddress(peer)!
        var bytes = [UInt8](repeating: 0xEE, count: 100)
        var elements = bytes.mutableSpan
        var buffer = elements.mutableBytes
        let start = DataIndication.writeHeader(
            peer: peer, payloadCount: count, transactionID: someID, into: &buffer)
        let payload = [UInt8](repeating: 0x42, count: count)
        buffer.store(payload.span, at: start)
        buffer.storeZeros(count: DataIndication.paddingByteCount(count), at: start + count)
        let total = start + count + DataIndication.paddingByteCount(count)
        #expect(start == DataIndication.headerByteCount(peer.family))
        #expect(start == (peer.family == .ipv4 ? 36 : 48))

        let datagram = Array(bytes[..<total])
        let expected = message(MessageType(.data, .indication)) { writer, buffer in
            writer.append(.xorPeerAddress, xor: peer, into: &buffer)
            writer.append(.data, payload.span, into: &buffer)
        }
        #expect(datagram == expected)
        let index = try parse(datagram)
        #expect(index.data?.lowerBound == start)
        #expect(index.peerAddress(in: datagram.span.bytes) == .value(peer))
    }

    @Test(arguments: ["192.0.2.1:5000", "[2001:db8::1]:5000"])
    func anICMPErrorIsADataIndicationWithoutData(peer: String) throws {
        let peer = TransportAddress(peer)!
        let error = ICMPValue(type: 3, code: 4, data: 1400)
        var bytes = [UInt8](repeating: 0xEE, count: 100)
        var elements = bytes.mutableSpan
        var buffer = elements.mutableBytes
        let count = DataIndication.writeICMP(peer: peer, error: error, transactionID: someID, into: &buffer)
        let expected = message(MessageType(.data, .indication)) { writer, buffer in
            writer.append(.xorPeerAddress, xor: peer, into: &buffer)
            writer.append(icmp: error, into: &buffer)
        }
        #expect(Array(bytes[..<count]) == expected)
    }
}
