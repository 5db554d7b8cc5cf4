import STUN
import Testing

struct BytesTests {
    @Test func numbersAreBigEndianOnAnyAlignment() {
        let bytes: [UInt8] = Array(0..<32)
        for offset in 0..<24 {
            let first = UInt64(offset)
            let expected = (0..<8).reduce(UInt64(0)) { $0 << 8 | (first + UInt64($1)) }
            #expect(bytes.span.bytes.uint8(at: offset) == UInt8(offset))
            #expect(bytes.span.bytes.uint16(at: offset) == UInt16(expected >> 48))
            #expect(bytes.span.bytes.uint32(at: offset) == UInt32(expected >> 32))
            #expect(bytes.span.bytes.uint64(at: offset) == expected)
        }
    }

    @Test func whatIsStoredIsLoaded() {
        var bytes = [UInt8](repeating: 0, count: 32)
        var elements = bytes.mutableSpan
        var buffer = elements.mutableBytes
        buffer.store(uint8: 0x12, at: 1)
        buffer.store(uint16: 0x3456, at: 3)
        buffer.store(uint32: 0x789A_BCDE, at: 7)
        buffer.store(uint64: 0x0123_4567_89AB_CDEF, at: 13)
        #expect(buffer.store(utf8: "né", at: 25) == 3)
        #expect(buffer.bytes.uint8(at: 1) == 0x12)
        #expect(buffer.bytes.uint16(at: 3) == 0x3456)
        #expect(buffer.bytes.uint32(at: 7) == 0x789A_BCDE)
        #expect(buffer.bytes.uint64(at: 13) == 0x0123_4567_89AB_CDEF)
        #expect(buffer.bytes.extracting(25..<28).text() == "né")
    }

    @Test func bytesThatAreNoUTF8AreNoText() {
        #expect(([0xC3, 0x28] as [UInt8]).span.bytes.text() == nil)
        #expect(([0xED, 0xA0, 0x80] as [UInt8]).span.bytes.text() == nil)
        #expect([UInt8]().span.bytes.text() == "")
        #expect(([0x61, 0x00, 0x62] as [UInt8]).span.bytes.text() == "a\0b")
    }

    /// A bounds check stands between an attacker's number and memory: it has to hold.
    @Test func aLoadBeyondTheEndTraps() async {
        await #expect(processExitsWith: .failure) { _ = ([1, 2, 3] as [UInt8]).span.bytes.uint32(at: 0) }
        await #expect(processExitsWith: .failure) { _ = ([1, 2, 3] as [UInt8]).span.bytes.uint16(at: 2) }
        await #expect(processExitsWith: .failure) { _ = ([1, 2, 3] as [UInt8]).span.bytes.uint8(at: -1) }
    }

}
