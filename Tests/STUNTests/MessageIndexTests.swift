import Integrity
import STUN
import TestSupport
import Testing

/// RFC 8489 5 and 6.3: what is a STUN message at all.
struct HeaderTests {
    @Test func anEmptyMessageIsAHeader() throws {
        let index = try parse(message())
        #expect(index.type == MessageType(.allocate, .request))
        #expect(index.transactionID == someID)
        #expect(index.byteCount == 20)
        #expect(index.unknownRequired.isEmpty)
    }

    @Test func nothingShorterThanAHeaderIsAMessage() {
        for count in 0..<20 { #expect(failure(Array(message()[..<count])) == .tooShort) }
    }

    @Test(arguments: [0x40, 0x80, 0xC0] as [UInt8])
    func theFirstTwoBitsAreZero(bits: UInt8) {
        var bytes = message()
        bytes[0] |= bits
        #expect(failure(bytes) == .notSTUN)
    }

    @Test(arguments: 4..<8)
    func theCookieIsThere(offset: Int) {
        var bytes = message()
        bytes[offset] ^= 1
        #expect(failure(bytes) == .badCookie)
    }

    @Test func theLengthIsAMultipleOf4AndWhatFollows() {
        let bytes = message { $0.append(.lifetime, uint32: 600, into: &$1) }
        for length in 0..<UInt16(64) where length != 8 {
            var lying = bytes
            lying.replaceSubrange(2..<4, with: bigEndian(length))
            #expect(failure(lying) == .badLength)
        }
        #expect(failure(bytes + [0]) == .badLength)
        #expect(failure(bytes + [0, 0, 0, 0]) == .badLength)
    }

    @Test func aMessageLargerThanOffsetsCanBeIsRefused() {
        let most = handmade([(0x8022, [UInt8](repeating: 1, count: 65_508))])
        #expect(most.count == 65_532)
        #expect(failure(most) == nil)
        #expect(failure(handmade([(0x8022, [UInt8](repeating: 1, count: 65_512))])) == .badLength)
    }
}

/// RFC 8489 14: attributes.
struct AttributeTests {
    /// A request with something of everything, one attribute of every padding.
    private let full = message { writer, buffer in
        writer.append(requestedTransport: 17, into: &buffer)
        writer.append(.username, text: "alice", into: &buffer)
        writer.append(.realm, text: "example", into: &buffer)
        writer.append(.nonce, text: "abcdef", into: &buffer)
        writer.append(.evenPort, uint8: 0x80, into: &buffer)
        writer.append(flag: .dontFragment, into: &buffer)
        writer.append(.data, text: "12345678", into: &buffer)
        writer.append(.messageIntegrity, [UInt8](repeating: 7, count: 20).span, into: &buffer)
        writer.append(.fingerprint, uint32: 1, into: &buffer)
    }

    @Test func aDatagramCutAnywhereIsRefused() {
        for count in 0..<full.count { #expect(failure(Array(full[..<count])) != nil) }
        #expect(failure(full) == nil)
    }

    /// Cut at every attribute boundary with a length that fits: fewer attributes, nothing else.
    @Test func aDatagramCutAnywhereWithAFittingLengthNeverTraps() {
        for count in stride(from: 20, to: full.count, by: 4) {
            var bytes = Array(full[..<count])
            bytes.replaceSubrange(2..<4, with: bigEndian(UInt16(count - 20)))
            let outcome = failure(bytes)
            #expect(outcome == nil || outcome == .truncatedAttribute)
        }
    }

    @Test func everyLengthThatLiesIsRefusedOrStaysInside() throws {
        for offset in stride(from: 20, to: full.count - 3, by: 4) {
            for length in [0, 1, 2, 3, 4, 5, 7, 8, 19, 21, 0x7FFF, 0xFFFC, 0xFFFD, 0xFFFF] as [UInt16] {
                var bytes = full
                bytes.replaceSubrange(offset + 2..<offset + 4, with: bigEndian(length))
                guard let index = try? parse(bytes) else { continue }
                var cursor = index.attributes
                while let attribute = cursor.next(in: bytes.span.bytes) {
                    #expect(attribute.value.upperBound <= bytes.count)
                }
            }
        }
    }

    @Test func theFirstOccurrenceCounts() throws {
        let bytes = message { writer, buffer in
            writer.append(.lifetime, uint32: 1, into: &buffer)
            writer.append(.username, text: "first", into: &buffer)
            writer.append(.lifetime, uint32: 2, into: &buffer)
            writer.append(.username, text: "second", into: &buffer)
        }
        let index = try parse(bytes)
        #expect(index.lifetimeSeconds(in: bytes.span.bytes) == .value(1))
        #expect(bytes.span.bytes.extracting(index.username!.range).text() == "first")
    }

    /// The second integrity attribute, and everything a stranger appended behind the first, is not there.
    @Test func whatFollowsIntegrityDoesNotCount() throws {
        let mac = [UInt8](repeating: 7, count: 20)
        let bytes = message { writer, buffer in
            writer.append(.lifetime, uint32: 600, into: &buffer)
            writer.append(.messageIntegrity, mac.span, into: &buffer)
            writer.append(.xorPeerAddress, xor: TransportAddress("192.0.2.1:1")!, into: &buffer)
            writer.append(.username, text: "mallory", into: &buffer)
            writer.append(AttributeType(rawValue: 0x7777), uint32: 0, into: &buffer)
            writer.append(.messageIntegrity, [UInt8](repeating: 9, count: 20).span, into: &buffer)
            writer.append(.messageIntegritySHA256, [UInt8](repeating: 8, count: 32).span, into: &buffer)
            writer.append(.data, text: "x", into: &buffer)
            writer.append(.fingerprint, uint32: 1, into: &buffer)
        }
        let index = try parse(bytes)
        #expect(index.xorPeerAddress == nil)
        #expect(index.username == nil)
        #expect(index.data == nil)
        #expect(index.unknownRequired.isEmpty)
        #expect(index.messageIntegrity == ByteRange(offset: 32, count: 20))
        #expect(index.messageIntegritySHA256?.count == 32)
        #expect(index.fingerprint != nil)
        #expect(index.attributesEnd == 28)
        var cursor = index.attributes
        #expect(cursor.next(.xorPeerAddress, in: bytes.span.bytes) == nil)
    }

    @Test func behindSHA256IntegrityOnlyTheFingerprintCounts() throws {
        let bytes = message { writer, buffer in
            writer.append(.messageIntegritySHA256, [UInt8](repeating: 8, count: 32).span, into: &buffer)
            writer.append(.messageIntegrity, [UInt8](repeating: 7, count: 20).span, into: &buffer)
            writer.append(.lifetime, uint32: 1, into: &buffer)
            writer.append(.fingerprint, uint32: 1, into: &buffer)
        }
        let index = try parse(bytes)
        #expect(index.messageIntegrity == nil)
        #expect(index.lifetime == nil)
        #expect(index.messageIntegritySHA256 != nil)
        #expect(index.fingerprint != nil)
    }

    @Test func nothingFollowsTheFingerprint() {
        let bytes = message { writer, buffer in
            writer.append(.fingerprint, uint32: 1, into: &buffer)
            writer.append(.software, text: "", into: &buffer)
        }
        #expect(failure(bytes) == .fingerprintNotLast)
    }

    @Test func integrityAttributesHaveTheirSizes() {
        for count in 0..<40 {
            let value = [UInt8](repeating: 1, count: count)
            #expect((failure(handmade([(0x0008, value)])) == nil) == (count == 20))
            #expect((failure(handmade([(0x001C, value)])) == nil) == [16, 20, 24, 28, 32].contains(count))
            #expect((failure(handmade([(0x8028, value)])) == nil) == (count == 4))
        }
    }

    @Test func unknownTypesBelow8000AreNamedOnceAndOthersSkipped() throws {
        let bytes = handmade([
            (0x7FFF, [1]), (0x8000 | 0x7F00, [1, 2]), (0x0002, []), (0x7FFF, [2]), (0x0030, [1, 2, 3, 4, 5]),
        ])
        let unknown = try parse(bytes).unknownRequired
        #expect((0..<unknown.count).map { unknown[$0].rawValue } == [0x7FFF, 0x0002, 0x0030])
    }

    @Test func noMoreThan8UnknownTypesAreNamed() throws {
        let bytes = handmade((0..<40).map { (0x4000 + $0, []) })
        let unknown = try parse(bytes).unknownRequired
        #expect((0..<unknown.count).map { unknown[$0].rawValue } == Array(0x4000..<0x4008))
    }

    /// CVE-2026-40613: an attribute of 1, 2 or 3 bytes must not move the next one off its boundary, and a value that
    /// is read as a number may lie on any address.
    @Test func misalignedAttributesAreReadWhereTheyAre() throws {
        let bytes = message { writer, buffer in
            writer.append(.evenPort, uint8: 0x80, into: &buffer)
            writer.append(.reservationToken, uint64: 0x1122_3344_5566_7788, into: &buffer)
            writer.append(.xorPeerAddress, xor: TransportAddress("[2001:db8::9]:99")!, into: &buffer)
        }
        for shift in 0..<8 {
            let shifted = [UInt8](repeating: 0xAA, count: shift) + bytes
            let datagram = shifted.span.bytes.extracting(droppingFirst: shift)
            let index = try MessageIndex.parse(datagram)
            #expect(index.reservesNextPort(in: datagram) == .value(true))
            #expect(index.reservationTokenValue(in: datagram) == .value(0x1122_3344_5566_7788))
            #expect(index.peerAddress(in: datagram) == .value(TransportAddress("[2001:db8::9]:99")!))
        }
    }

    /// Every known numeric attribute with every size from 0 to 40: either well-formed or malformed, never a trap.
    @Test func fieldsOfEverySizeAreReadOrRefused() throws {
        for type in 0..<UInt16(0x30) {
            for type in [type, type | 0x8000, 0x8020 + type] where ![0x0008, 0x001C, 0x8028].contains(type) {
                for count in 0..<40 {
                    let bytes = handmade([(type, [UInt8](repeating: 2, count: count))])
                    let datagram = bytes.span.bytes
                    let index = try parse(bytes)
                    _ = index.lifetimeSeconds(in: datagram)
                    _ = index.transportProtocol(in: datagram)
                    _ = index.requestedFamily(in: datagram)
                    _ = index.additionalFamily(in: datagram)
                    _ = index.reservesNextPort(in: datagram)
                    _ = index.reservationTokenValue(in: datagram)
                    _ = index.channel(in: datagram)
                    _ = index.connection(in: datagram)
                    _ = index.peerAddress(in: datagram)
                    _ = index.reflexiveAddress(in: datagram)
                    _ = index.relayedAddress(in: datagram)
                    _ = index.plainAddress(index.mappedAddress ?? index.alternateServer, in: datagram)
                    _ = index.error(in: datagram)
                    _ = index.addressError(in: datagram)
                    _ = index.icmpError(in: datagram)
                }
            }
        }
    }

    @Test func addressesOfOtherFamiliesOrSizesAreMalformed() throws {
        for (value, expected) in [
            ([0, 1, 0, 1, 1, 2, 3], false), ([0, 1, 0, 1, 1, 2, 3, 4], true), ([0, 1, 0, 1, 1, 2, 3, 4, 5], false),
            ([0, 2, 0, 1, 1, 2, 3, 4], false), ([0, 3, 0, 1, 1, 2, 3, 4], false), ([0, 0, 0, 1, 1, 2, 3, 4], false),
            ([0, 2] + [UInt8](repeating: 1, count: 18), true), ([0, 1] + [UInt8](repeating: 1, count: 18), false),
        ] as [([UInt8], Bool)] {
            let bytes = handmade([(0x0012, value)])
            let field = try parse(bytes).peerAddress(in: bytes.span.bytes)
            #expect((field.value != nil) == expected)
            #expect(expected || field == .malformed)
        }
    }

    @Test func allPeerAddressesCanBeIterated() throws {
        let peers = ["192.0.2.1:1", "[2001:db8::1]:2", "192.0.2.3:3"].map { TransportAddress($0)! }
        let bytes = message(MessageType(.createPermission, .request)) { writer, buffer in
            for peer in peers {
                writer.append(.xorPeerAddress, xor: peer, into: &buffer)
                writer.append(.software, text: "between", into: &buffer)
            }
        }
        let index = try parse(bytes)
        var cursor = index.attributes
        var found: [TransportAddress] = []
        while let range = cursor.next(.xorPeerAddress, in: bytes.span.bytes) {
            found.append(index.xorAddress(range, in: bytes.span.bytes).value!)
        }
        #expect(found == peers)
    }

    @Test func randomBytesBehindAValidHeaderNeverTrap() {
        let seed = Seeded.freshSeed()
        var random = Seeded(seed)
        for _ in 0..<20_000 {
            var bytes = message() + random.bytes(Int.random(in: 0...30, using: &random) * 4)
            bytes.replaceSubrange(2..<4, with: bigEndian(UInt16(bytes.count - 20)))
            // Small lengths, so that some of them fit.
            for offset in stride(from: 22, to: bytes.count, by: 4) where Bool.random(using: &random) {
                bytes[offset] = 0
                bytes[offset + 1] &= 15
            }
            guard let index = try? parse(bytes) else { continue }
            #expect(index.attributesEnd <= bytes.count, "seed \(seed)")
            var cursor = index.attributes
            while let attribute = cursor.next(in: bytes.span.bytes) {
                #expect(attribute.value.upperBound <= index.attributesEnd, "seed \(seed)")
            }
        }
    }
}
