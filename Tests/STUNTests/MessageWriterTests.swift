import STUN
import TestSupport
import Testing

struct MessageWriterTests {
    /// CVE-2020-4067: padding carried what the buffer held before.
    @Test(arguments: 0..<9)
    func paddingIsZeroInABufferThatCarriedOtherTraffic(count: Int) throws {
        let bytes = message { writer, buffer in
            writer.append(.data, [UInt8](repeating: 0x55, count: count).span, into: &buffer)
            writer.append(.evenPort, uint8: 0xFF, into: &buffer)
            writer.append(.username, text: String(repeating: "u", count: count), into: &buffer)
        }
        #expect(!bytes.contains(0xEE))
        #expect(bytes.count == 20 + 8 + 2 * (4 + (count + 3) / 4 * 4))
        #expect(Array(bytes[24 + count..<24 + (count + 3) / 4 * 4]).allSatisfy { $0 == 0 })
    }

    @Test func whatIsWrittenIsWhatTheRFCsDraw() {
        let bytes = message(MessageType(.allocate, .error)) { writer, buffer in
            writer.append(error: .staleNonce, into: &buffer)
            writer.append(addressError: AddressError(family: .ipv6, code: .addressFamilyNotSupported), into: &buffer)
            writer.append(channelNumber: 0x4001, into: &buffer)
            writer.append(requestedTransport: 17, into: &buffer)
            writer.append(.requestedAddressFamily, family: .ipv6, into: &buffer)
            writer.append(icmp: ICMPValue(type: 3, code: 4, data: 1280), into: &buffer)
        }
        #expect(
            bytes == [
                0x01, 0x13, 0x00, 0x34,  // Allocate error, 52 bytes follow
                0x21, 0x12, 0xA4, 0x42,  // magic cookie
                1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,  // transaction id
                0x00, 0x09, 0x00, 0x04,  // ERROR-CODE
                0x00, 0x00, 0x04, 0x26,  // class 4, number 38
                0x80, 0x01, 0x00, 0x04,  // ADDRESS-ERROR-CODE
                0x02, 0x00, 0x04, 0x28,  // IPv6, class 4, number 40
                0x00, 0x0C, 0x00, 0x04,  // CHANNEL-NUMBER
                0x40, 0x01, 0x00, 0x00,
                0x00, 0x19, 0x00, 0x04,  // REQUESTED-TRANSPORT
                0x11, 0x00, 0x00, 0x00,
                0x00, 0x17, 0x00, 0x04,  // REQUESTED-ADDRESS-FAMILY
                0x02, 0x00, 0x00, 0x00,
                0x80, 0x04, 0x00, 0x08,  // ICMP
                0x00, 0x00, 0x06, 0x04,  // type 3 in 7 bits, code 4 in 9
                0x00, 0x00, 0x05, 0x00,
            ])
    }

    @Test func anIPv4AddressIsMaskedWithTheCookieAndAnIPv6AddressWithTheTransactionToo() {
        let bytes = message { writer, buffer in
            writer.append(.xorPeerAddress, xor: TransportAddress("192.0.2.1:32853")!, into: &buffer)
            writer.append(.mappedAddress, plain: TransportAddress("[2001:db8::1]:1")!, into: &buffer)
        }
        #expect(Array(bytes[24..<32]) == [0, 1, 0xA1, 0x47, 0xE1, 0x12, 0xA6, 0x43])
        #expect(Array(bytes[36..<44]) == [0, 2, 0, 1, 0x20, 0x01, 0x0D, 0xB8])
    }

    @Test func unknownAttributesAreListed() throws {
        var unknown = UnknownTypes()
        unknown.append(AttributeType(rawValue: 0x7777))
        unknown.append(.changeRequest)
        unknown.append(AttributeType(rawValue: 0x7778))
        let bytes = message(MessageType(.allocate, .error)) { $0.append(unknown: unknown, into: &$1) }
        #expect(Array(bytes[20...]) == [0, 0x0A, 0, 6, 0x77, 0x77, 0, 3, 0x77, 0x78, 0, 0])
    }

    @Test func anAttributeThatDoesNotFitIsLeftOutAndReported() throws {
        for capacity in 0..<60 {
            var bytes = [UInt8](repeating: 0xEE, count: 60)
            var elements = bytes.mutableSpan
            var all = elements.mutableBytes
            var buffer = all._mutatingExtracting(0..<capacity)
            var writer = MessageWriter(MessageType(.binding, .success), someID, into: &buffer)
            writer.append(.xorMappedAddress, xor: TransportAddress("192.0.2.1:1")!, into: &buffer)
            writer.append(.software, text: "t", into: &buffer)
            #expect(writer.overflowed == (capacity < 40))
            #expect(writer.count == (capacity < 20 ? 0 : capacity < 32 ? 20 : capacity < 40 ? 32 : 40))
            let count = writer.count
            #expect(count == 0 || failure(Array(bytes[..<count])) == nil)
            #expect(bytes[capacity...].allSatisfy { $0 == 0xEE })
        }
    }

    @Test func anAttributeLargerThanItsLengthCanSayIsLeftOut() {
        let bytes = message(capacity: 200_000) { writer, buffer in
            writer.append(.data, [UInt8](repeating: 1, count: 65_536).span, into: &buffer)
            #expect(writer.overflowed)
        }
        #expect(bytes.count == 20)
    }

    @Test func everyMessageComesBackFromItsBytes() throws {
        let seed = Seeded.freshSeed()
        var random = Seeded(seed)
        for _ in 0..<2_000 {
            let id = TransactionID(high: UInt32(truncatingIfNeeded: random.next()), low: random.next())
            let type = MessageType(rawValue: UInt16.random(in: 0..<0x4000, using: &random))
            let name = random.bytes(Int.random(in: 0...40, using: &random))
            let data = random.bytes(Int.random(in: 0...200, using: &random))
            let (peer, mapped, relayed, other) = (
                random.address(), random.address(), random.address(), random.address()
            )
            let (lifetime, token) = (UInt32(truncatingIfNeeded: random.next()), random.next())
            let icmp = ICMPValue(
                type: UInt8.random(in: 0..<128, using: &random), code: UInt8.random(in: 0...255, using: &random),
                data: lifetime)
            let code = ErrorCode(rawValue: UInt16.random(in: 300..<700, using: &random))
            let channel = UInt16.random(in: 0...UInt16.max, using: &random)
            let bytes = message(type, id: id) { writer, buffer in
                writer.append(.username, name.span, into: &buffer)
                writer.append(.xorPeerAddress, xor: peer, into: &buffer)
                writer.append(.data, data.span, into: &buffer)
                writer.append(.lifetime, uint32: lifetime, into: &buffer)
                writer.append(.reservationToken, uint64: token, into: &buffer)
                writer.append(.xorMappedAddress, xor: mapped, into: &buffer)
                writer.append(.xorRelayedAddress, xor: relayed, into: &buffer)
                writer.append(.alternateServer, plain: other, into: &buffer)
                writer.append(icmp: icmp, into: &buffer)
                writer.append(error: code, into: &buffer)
                writer.append(channelNumber: channel, into: &buffer)
                writer.append(addressError: AddressError(family: .ipv4, code: code), into: &buffer)
            }
            let datagram = bytes.span.bytes
            let index = try parse(bytes)
            #expect(index.type == type && index.transactionID == id, "seed \(seed)")
            #expect(datagram.extracting(index.username!.range).copied() == name, "seed \(seed)")
            #expect(datagram.extracting(index.data!.range).copied() == data, "seed \(seed)")
            #expect(index.peerAddress(in: datagram) == .value(peer), "seed \(seed)")
            #expect(index.reflexiveAddress(in: datagram) == .value(mapped), "seed \(seed)")
            #expect(index.relayedAddress(in: datagram) == .value(relayed), "seed \(seed)")
            #expect(index.plainAddress(index.alternateServer, in: datagram) == .value(other), "seed \(seed)")
            #expect(index.lifetimeSeconds(in: datagram) == .value(lifetime), "seed \(seed)")
            #expect(index.reservationTokenValue(in: datagram) == .value(token), "seed \(seed)")
            #expect(index.icmpError(in: datagram) == .value(icmp), "seed \(seed)")
            #expect(index.error(in: datagram) == .value(code), "seed \(seed)")
            #expect(index.channel(in: datagram) == .value(channel), "seed \(seed)")
            #expect(
                index.addressError(in: datagram) == .value(AddressError(family: .ipv4, code: code)), "seed \(seed)")
        }
    }
}
