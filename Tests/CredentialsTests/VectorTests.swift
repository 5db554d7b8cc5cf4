import Credentials
import Integrity
import STUN
import TestSupport
import Testing

/// RFC 5769 and RFC 8489 Appendix B: read, verified, and built again to the last byte.
struct VectorTests {
    private let shortTermKey = Array("VOkJxbRl1RmTxUk/WvJxBt".utf8)
    private let shortTermID = TransactionID(high: 0xB7E7_A701, low: 0xBC34_D686_FA87_DFAE)
    private let longTermID = TransactionID(high: 0x78AD_3433, low: 0xC6AD_72C0_29DA_412E)

    /// RFC 5769 2.1.
    @Test func sampleRequest() throws {
        let bytes = vector(
            """
            00 01 00 58 // Request type and message length
            21 12 a4 42 // Magic cookie
            b7 e7 a7 01 // Transaction ID
            bc 34 d6 86
            fa 87 df ae
            80 22 00 10 // SOFTWARE attribute header
            53 54 55 4e // User-agent...
            20 74 65 73 //
            74 20 63 6c //
            69 65 6e 74 // ...name
            00 24 00 04 // PRIORITY attribute header
            6e 00 01 ff // ICE priority value
            80 29 00 08 // ICE-CONTROLLED attribute header
            93 2f f9 b1 // Pseudo-random tie breaker...
            51 26 3b 36 // ...for ICE control
            00 06 00 09 // USERNAME attribute header
            65 76 74 6a // Username value (9 bytes)...
            3a 68 36 76
            59 20 20 20 // ...and padding (3 bytes), which are blanks and count in the code
            00 08 00 14 // MESSAGE-INTEGRITY attribute header
            9a ea a7 0c // HMAC-SHA1 fingerprint...
            bf d8 cb 56
            78 1e f2 b5
            b2 d3 f2 49
            c1 b5 71 a2 // ...
            80 28 00 04 // FINGERPRINT attribute header
            e5 7a 3b cf // CRC32 fingerprint
            """)
        let index = try parse(bytes)
        #expect(index.type == MessageType(.binding, .request))
        #expect(index.transactionID == shortTermID)
        #expect(bytes.span.bytes.extracting(index.username!.range).text() == "evtj:h6vY")
        #expect(bytes.span.bytes.extracting(index.software!.range).text() == "STUN test client")
        // PRIORITY belongs to ICE: a TURN server does not know it.
        #expect(index.unknownRequired.count == 1)
        #expect(index.unknownRequired[0] == .priority)
        try verify(bytes, index, key: shortTermKey)
    }

    /// RFC 5769 2.2.
    @Test func sampleIPv4Response() throws {
        let bytes = vector(
            """
            01 01 00 3c // Response type and message length
            21 12 a4 42 // Magic cookie
            b7 e7 a7 01 // Transaction ID
            bc 34 d6 86
            fa 87 df ae
            80 22 00 0b // SOFTWARE attribute header
            74 65 73 74 // UTF-8 server name
            20 76 65 63
            74 6f 72 20 // ... and padding, a blank
            00 20 00 08 // XOR-MAPPED-ADDRESS attribute header
            00 01 a1 47 // Address family (IPv4) and xor'd mapped port number
            e1 12 a6 43 // Xor'd mapped IPv4 address
            00 08 00 14 // MESSAGE-INTEGRITY attribute header
            2b 91 f5 99 // HMAC-SHA1 fingerprint...
            fd 9e 90 c3
            8c 74 89 f9
            2a f9 ba 53
            f0 6b e7 d7 // ...
            80 28 00 04 // FINGERPRINT attribute header
            c0 7d 4c 96 // CRC32 fingerprint
            """)
        let index = try parse(bytes)
        #expect(index.type == MessageType(.binding, .success))
        #expect(index.reflexiveAddress(in: bytes.span.bytes) == .value(TransportAddress("192.0.2.1:32853")!))
        try verify(bytes, index, key: shortTermKey)
    }

    /// RFC 5769 2.3.
    @Test func sampleIPv6Response() throws {
        let bytes = vector(
            """
            01 01 00 48 // Response type and message length
            21 12 a4 42 // Magic cookie
            b7 e7 a7 01 // Transaction ID
            bc 34 d6 86
            fa 87 df ae
            80 22 00 0b // SOFTWARE attribute header
            74 65 73 74 // UTF-8 server name
            20 76 65 63
            74 6f 72 20 // ... and padding, a blank
            00 20 00 14 // XOR-MAPPED-ADDRESS attribute header
            00 02 a1 47 // Address family (IPv6) and xor'd mapped port number
            01 13 a9 fa // Xor'd mapped IPv6 address...
            a5 d3 f1 79
            bc 25 f4 b5
            be d2 b9 d9 // ...
            00 08 00 14 // MESSAGE-INTEGRITY attribute header
            a3 82 95 4e // HMAC-SHA1 fingerprint...
            4b e6 7b f1
            17 84 c9 7c
            82 92 c2 75
            bf e3 ed 41 // ...
            80 28 00 04 // FINGERPRINT attribute header
            c8 fb 0b 4c // CRC32 fingerprint
            """)
        let index = try parse(bytes)
        #expect(
            index.reflexiveAddress(in: bytes.span.bytes)
                == .value(TransportAddress("[2001:db8:1234:5678:11:2233:4455:6677]:32853")!))
        try verify(bytes, index, key: shortTermKey)
    }

    /// RFC 5769 2.4. Its padding is zero, so the message can be built again.
    @Test func sampleRequestWithLongTermAuthentication() throws {
        let bytes = vector(
            """
            00 01 00 60 // Request type and message length
            21 12 a4 42 // Magic cookie
            78 ad 34 33 // Transaction ID
            c6 ad 72 c0
            29 da 41 2e
            00 06 00 12 // USERNAME attribute header
            e3 83 9e e3 // Username value (18 bytes)...
            83 88 e3 83
            aa e3 83 83
            e3 82 af e3
            82 b9 00 00 // ...and padding (2 bytes)
            00 15 00 1c // NONCE attribute header
            66 2f 2f 34 // Nonce value
            39 39 6b 39
            35 34 64 36
            4f 4c 33 34
            6f 4c 39 46
            53 54 76 79
            36 34 73 41
            00 14 00 0b // REALM attribute header
            65 78 61 6d // Realm value (11 bytes)...
            70 6c 65 2e
            6f 72 67 00 // ...and padding (1 byte)
            00 08 00 14 // MESSAGE-INTEGRITY attribute header
            f6 70 24 65 // HMAC-SHA1 fingerprint...
            6d d6 4a 3e
            02 b8 e0 71
            2e 85 c9 a2
            8c a8 96 66 // ...
            """)
        // The password is given before SASLprep as "The<U+00AD>M<U+00AA>tr<U+2168>". OpaqueString, which took
        // SASLprep's place, does not drop the soft hyphen but refuses it, and leaves the others as they are.
        #expect(throws: OpaqueStringFailure.disallowed("\u{AD}")) {
            try OpaqueString.prepare("The\u{AD}M\u{AA}tr\u{2168}")
        }
        let key = try LongTermKey(username: "マトリックス", realm: "example.org", password: "TheMatrIX")
        let index = try parse(bytes)
        #expect(bytes.span.bytes.extracting(index.username!.range).text() == "マトリックス")
        try verify(bytes, index, key: Array(copying: key.md5.span))

        let built = message(MessageType(.binding, .request), id: longTermID) { writer, buffer in
            writer.append(.username, text: "マトリックス", into: &buffer)
            writer.append(.nonce, text: "f//499k954d6OL34oL9FSTvy64sA", into: &buffer)
            writer.append(.realm, text: "example.org", into: &buffer)
            var mac = MessageAuthenticator()
            MessageSeal.appendIntegrity(.sha1, key: key.md5.span, to: &writer, using: &mac, into: &buffer)
        }
        #expect(built == bytes)
    }

    /// RFC 8489 B.1 as erratum 6268 has it. The RFC prints 9c for the length, which counts the header too, has no
    /// PASSWORD-ALGORITHM, without which the key would be an MD5, and a code that fits neither.
    @Test func sampleRequestWithSHA256AndUserhash() throws {
        let bytes = vector(
            """
            00 01 00 90 // Request type and message length
            21 12 a4 42 // Magic cookie
            78 ad 34 33 // Transaction ID
            c6 ad 72 c0
            29 da 41 2e
            00 1e 00 20 // USERHASH attribute header
            4a 3c f3 8f // Userhash value (32 bytes)...
            ef 69 92 bd
            a9 52 c6 78
            04 17 da 0f
            24 81 94 15
            56 9e 60 b2
            05 c4 6e 41
            40 7f 17 04 // ...
            00 15 00 29 // NONCE attribute header
            6f 62 4d 61 // Nonce value...
            74 4a 6f 73
            32 41 41 41
            43 66 2f 2f
            34 39 39 6b
            39 35 34 64
            36 4f 4c 33
            34 6f 4c 39
            46 53 54 76
            79 36 34 73
            41 00 00 00 // ...and padding (3 bytes)
            00 14 00 0b // REALM attribute header
            65 78 61 6d // Realm value (11 bytes)...
            70 6c 65 2e
            6f 72 67 00 // ...and padding (1 byte)
            00 1d 00 04 // PASSWORD-ALGORITHM attribute header
            00 02 00 00 // SHA-256, no parameters
            00 1c 00 20 // MESSAGE-INTEGRITY-SHA256 attribute header
            b5 c7 bf 00 // HMAC-SHA256 value...
            5b 6c 52 a2
            1c 51 c5 e8
            92 f8 19 24
            13 62 96 cb
            92 7c 43 14
            93 09 27 8c
            c6 51 8e 65 // ...
            """)
        let key = try LongTermKey(username: "マトリックス", realm: "example.org", password: "TheMatrIX")
        let index = try parse(bytes)
        let datagram = bytes.span.bytes
        let hash = Userhash(username: "マトリックス", realm: "example.org")
        #expect(datagram.extracting(index.userhash!.range).withBytes { Userhash($0) } == hash)
        #expect(PasswordAlgorithm(index.passwordAlgorithm!, in: datagram) == .sha256)
        // "AAAC": bit 1 from the right, username anonymity, as erratum 6290 counts.
        #expect(SecurityFeatures(index.nonce!, in: datagram) == .usernameAnonymity)
        try verify(bytes, index, key: Array(copying: key.sha256.span))

        let built = message(MessageType(.binding, .request), id: longTermID) { writer, buffer in
            writer.append(.userhash, hash.bytes.span, into: &buffer)
            writer.append(.nonce, text: "obMatJos2AAACf//499k954d6OL34oL9FSTvy64sA", into: &buffer)
            writer.append(.realm, text: "example.org", into: &buffer)
            PasswordAlgorithm.sha256.append(to: &writer, into: &buffer)
            var mac = MessageAuthenticator()
            MessageSeal.appendIntegrity(
                .sha256(count: 32), key: key.sha256.span, to: &writer, using: &mac, into: &buffer)
        }
        #expect(built == bytes)
    }

    /// The code and the checksum fit, and no longer do when any bit in front of them is another.
    private func verify(_ bytes: [UInt8], _ index: MessageIndex, key: [UInt8]) throws {
        #expect(try hasIntegrity(bytes, key: key))
        #expect(try hasValidFingerprint(bytes))
        let integrity = (index.messageIntegrity ?? index.messageIntegritySHA256)!
        for offset in 0..<bytes.count {
            var changed = bytes
            changed[offset] ^= 1
            guard let other = try? parse(changed), other.messageIntegrity == index.messageIntegrity,
                other.messageIntegritySHA256 == index.messageIntegritySHA256, other.fingerprint == index.fingerprint
            else { continue }
            // The code counts the length as if the message ended behind it, so the field itself is not covered.
            let isCovered = offset < integrity.upperBound && !(2..<4 ~= offset)
            #expect(try hasIntegrity(changed, key: key) == !isCovered, "byte \(offset)")
            if index.fingerprint != nil { #expect(try !hasValidFingerprint(changed), "byte \(offset)") }
        }
    }
}
