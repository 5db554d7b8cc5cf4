import Testing

@testable import MediaPath

@Suite("RTP headers")
struct RTPHeaderTests {
    private let header = RTPHeader(
        marker: true, payloadType: 111, sequence: 0x1234, timestamp: 0xDECA_FBAD, source: 0xCAFE_BABE)

    @Test("the fields lie where RFC 3550 5.1 draws them, and read back")
    func layout() throws {
        let packet = header.packet([1, 2, 3])
        #expect(packet == [0x80, 0xEF, 0x12, 0x34, 0xDE, 0xCA, 0xFB, 0xAD, 0xCA, 0xFE, 0xBA, 0xBE, 1, 2, 3])
        let read = try #require(RTPHeader.parse(packet))
        #expect(read.header == header && read.payload == 12..<15)
    }

    @Test("contributing sources, an extension and padding are not payload")
    func surroundings() throws {
        var packet = header.packet([])
        packet[0] = 0xB2  // version 2, padding, extension, two sources
        packet += [UInt8](repeating: 9, count: 8) + [0xBE, 0xDE, 0, 1] + [7, 7, 7, 7] + [42, 43] + [0, 0, 3]
        let read = try #require(RTPHeader.parse(packet))
        #expect(Array(packet[read.payload]) == [42, 43])
    }

    @Test("what is cut, or counts more than there is, is no packet")
    func cut() {
        let whole = header.packet([1])
        for count in 0..<RTPHeader.byteCountMin { #expect(RTPHeader.parse(Array(whole[..<count])) == nil) }
        var version = whole
        version[0] = 0x40
        #expect(RTPHeader.parse(version) == nil)
        var sources = whole
        sources[0] = 0x8F
        #expect(RTPHeader.parse(sources) == nil)
        var extended = header.packet([0xBE, 0xDE, 0xFF, 0xFF])
        extended[0] = 0x90
        #expect(RTPHeader.parse(extended) == nil)
        for padding: UInt8 in [0, 2, 255] {
            var padded = header.packet([padding])
            padded[0] = 0xA0
            #expect(RTPHeader.parse(padded) == nil, "padding of \(padding) in one byte")
        }
    }

    @Test("any bytes at all are read without a trap")
    func anything() {
        var state: UInt64 = 0x5EED
        for _ in 0..<20_000 {
            let bytes = (0..<Int(state % 40)).map { index in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return index == 0 ? UInt8(state >> 56) | 0x80 & 0xBF : UInt8(state >> 56)
            }
            state = state &* 6_364_136_223_846_793_005 &+ 1
            if let read = RTPHeader.parse(bytes) {
                #expect(read.payload.lowerBound >= 12 && read.payload.upperBound <= bytes.count)
            }
        }
    }
}
