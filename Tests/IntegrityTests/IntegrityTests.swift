import Integrity
import Testing

func hexadecimal(_ bytes: Span<UInt8>) -> String {
    bytes.indices.map { (bytes[$0] < 16 ? "0" : "") + String(bytes[$0], radix: 16) }.joined()
}

struct DigestTests {
    /// RFC 1321 A.5.
    @Test(arguments: [
        ("", "d41d8cd98f00b204e9800998ecf8427e"), ("abc", "900150983cd24fb0d6963f7d28e17f72"),
        ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
        (
            "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
            "57edf4a22be3c955ac49da2e2107b67a"
        ),
    ])
    func md5IsTheOneOfRFC1321(text: String, digest: String) {
        #expect(hexadecimal(Digest.md5(Array(text.utf8).span).span) == digest)
    }

    /// FIPS 180-4 examples.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func sha256IsTheOneOfFIPS180(text: String, digest: String) {
        #expect(hexadecimal(Digest.sha256(Array(text.utf8).span).span) == digest)
    }
}

struct MessageAuthenticatorTests {
    /// RFC 2202 3, cases 1 to 7: short keys, and keys longer than a block.
    @Test(arguments: [
        ([UInt8](repeating: 0x0B, count: 20), Array("Hi There".utf8), "b617318655057264e28bc0b6fb378c8ef146be00"),
        (
            Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"
        ),
        (
            [UInt8](repeating: 0xAA, count: 20), [UInt8](repeating: 0xDD, count: 50),
            "125d7342b9ac11cd91a39af48aa17b4f63f175d3"
        ),
        (Array(1...25), [UInt8](repeating: 0xCD, count: 50), "4c9007f4026250c6bc8414f9bf50c86c2d7235da"),
        (
            [UInt8](repeating: 0xAA, count: 80), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            "aa4ae5e15272d00e95705637ce8a3b55ed402112"
        ),
        (
            [UInt8](repeating: 0xAA, count: 80),
            Array("Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data".utf8),
            "e8e99d0f45237d786d6bbaa7965c7808bbff1a91"
        ),
    ])
    func hmacSHA1IsTheOneOfRFC2202(key: [UInt8], text: [UInt8], code: String) {
        var mac = MessageAuthenticator()
        #expect(hexadecimal(mac.sha1(key: key.span, text.span).span) == code)
        // The same text in every pair of pieces, with the same contexts.
        for cut in 0...text.count {
            let bytes = text.span.bytes
            let pieces = mac.sha1(
                key: key.span, header: bytes.extracting(0..<cut), body: bytes.extracting(cut..<text.count))
            #expect(hexadecimal(pieces.span) == code)
        }
    }

    /// RFC 4231 4.2-4.8.
    @Test(arguments: [
        (
            [UInt8](repeating: 0x0B, count: 20), Array("Hi There".utf8),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xAA, count: 20), [UInt8](repeating: 0xDD, count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        (
            [UInt8](repeating: 0xAA, count: 131),
            Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
    ])
    func hmacSHA256IsTheOneOfRFC4231(key: [UInt8], text: [UInt8], code: String) {
        var mac = MessageAuthenticator()
        #expect(hexadecimal(mac.sha256(key: key.span, text.span).span) == code)
        if text.count >= 4 {
            let word = text[..<4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            let body = text.span.bytes.extracting(4..<text.count)
            #expect(hexadecimal(mac.sha256(key: key.span, word: word, body: body).span) == code)
        }
    }

    @Test func theLengthOfTheKeyDoesNotMatter() {
        var mac = MessageAuthenticator()
        var seen: Set<String> = []
        for count in 0...200 {
            let key = [UInt8](repeating: 1, count: count)
            seen.insert(hexadecimal(mac.sha1(key: key.span, [1, 2, 3].span).span))
        }
        #expect(seen.count == 201)
        #expect(mac.computations == 201)
    }
}

struct ConstantTimeTests {
    private func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool { ConstantTime.equal(left.span, right.span) }

    @Test func equalIsEqualBytes() {
        let bytes = Array("a secret of some length".utf8)
        #expect(equal(bytes, bytes))
        #expect(equal([], []))
        #expect(!equal(bytes, Array(bytes.dropLast())))
        for index in bytes.indices {
            for bit in 0..<8 {
                var other = bytes
                other[index] ^= 1 << UInt8(bit)
                #expect(!equal(bytes, other))
            }
        }
    }
}

struct CRC32Tests {
    /// The check value of the CRC catalogue, and both ends.
    @Test(arguments: [
        ("123456789", 0xCBF4_3926 as UInt32), ("", 0), ("a", 0xE8B7_BE43),
        ("The quick brown fox jumps over the lazy dog", 0x414F_A339),
    ])
    func theChecksumIsTheOneOfV42(text: String, checksum: UInt32) {
        let computed = CRC32.checksum(Array(text.utf8).span.bytes)
        #expect(computed == checksum)
    }
}

struct SecureRandomTests {
    @Test func numbersDoNotRepeat() {
        var random = SecureRandom()
        var copy = random
        var buffered = BufferedRandom()
        var seen: Set<UInt64> = []
        for _ in 0..<5_000 {
            seen.insert(random.next())
            seen.insert(copy.next())
            seen.insert(buffered.next())
        }
        #expect(seen.count == 15_000)
    }

    @Test func allBytesAreFilled() {
        for count in [0, 1, 7, 32, 1_000] { #expect(SecureRandom.bytes(count).count == count) }
        // 64 bytes all of which stay zero in 100 fillings: once in 2^800 runs.
        var touched = [Bool](repeating: false, count: 64)
        for _ in 0..<100 {
            for (index, byte) in SecureRandom.bytes(64).enumerated() where byte != 0 { touched[index] = true }
        }
        #expect(touched.allSatisfy { $0 })
    }

    @Test func numbersBelowABoundAreBelowItAndEven() {
        var random = BufferedRandom()
        for bound in [1, 2, 3, 16_384, 40_001, .max] as [UInt32] {
            for _ in 0..<200 { #expect(random.next(below: bound) < bound) }
        }
        var counts = [Int](repeating: 0, count: 10)
        for _ in 0..<100_000 { counts[Int(random.next(below: 10))] += 1 }
        // 10,000 each with a deviation of 95: ten deviations are never reached.
        #expect(counts.allSatisfy { abs($0 - 10_000) < 950 })
    }
}
