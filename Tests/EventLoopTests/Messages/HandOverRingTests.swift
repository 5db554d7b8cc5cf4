import STUN
import Testing

@testable import EventLoop

/// The ring between two loops: whole datagrams, in order, and a bound.
struct HandOverRingTests {
    private let sender = TransportAddress(ip: IPAddress(ipv4: 0xC000_0201), port: 50_000)

    private func push(_ ring: HandOverRing, _ payload: [UInt8], slot: UInt32 = 7) -> Bool {
        payload.withUnsafeBytes { ring.push($0, to: slot, generation: 3, sender: sender, typeOfService: 2) }
    }

    @Test func datagramsArriveWholeAndInOrder() {
        let ring = HandOverRing()
        // Many times round the ring, in sizes that meet its end at every alignment.
        var expected: [[UInt8]] = []
        var received: [[UInt8]] = []
        for round in 0..<5_000 {
            let payload = [UInt8](repeating: UInt8(truncatingIfNeeded: round), count: round % 1_499)
            #expect(push(ring, payload, slot: UInt32(round)))
            expected.append(payload)
            if round % 3 == 2 {
                var cursor = ring.start
                while let record = ring.next(&cursor) {
                    #expect(record.slot == UInt32(received.count))
                    #expect(record.generation == 3 && record.typeOfService == 2 && record.sender == sender)
                    received.append([UInt8](record.payload))
                }
                ring.release(cursor)
            }
        }
        #expect(received == Array(expected.prefix(received.count)))
        #expect(received.count == 4_998)
    }

    @Test func aFullRingRefusesAndTakesAgainWhenRead() {
        let ring = HandOverRing()
        var taken = 0
        while push(ring, [UInt8](repeating: 1, count: 1_000)) { taken += 1 }
        #expect(taken > 900 && taken * 1_000 < HandOverRing.capacity)
        var cursor = ring.start
        #expect(ring.next(&cursor)?.payload.count == 1_000)
        ring.release(cursor)
        #expect(push(ring, [UInt8](repeating: 2, count: 900)))
    }
}
