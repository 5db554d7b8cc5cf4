import Integrity
import Testing

func bytes(_ digits: String) -> [UInt8] {
    let digits = Array(digits.filter { !$0.isWhitespace })
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(String(digits[$0..<$0 + 2]), radix: 16)! }
}

struct AESGCMTests {
    struct Vector: Sendable {
        let key, nonce, context, plain, sealed, tag: String
    }

    private static let key = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"
    private static let plain = """
        d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525\
        b16aedf5aa0de657ba637b391aafd255
        """
    private static let sealed = """
        522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838\
        c5f61e6393ba7a0abcc9f662898015ad
        """

    /// The test cases 13 to 16 of "The Galois/Counter Mode of Operation" (McGrew, Viega), appendix B.
    static let vectors = [
        Vector(
            key: String(repeating: "0", count: 64), nonce: String(repeating: "0", count: 24), context: "", plain: "",
            sealed: "", tag: "530f8afbc74536b9a963b4f1c4cb738b"),
        Vector(
            key: String(repeating: "0", count: 64), nonce: String(repeating: "0", count: 24), context: "",
            plain: String(repeating: "0", count: 32), sealed: "cea7403d4d606b6e074ec5d3baf39d18",
            tag: "d0d1c8a799996bf0265b98b5d48ab919"),
        Vector(
            key: key, nonce: "cafebabefacedbaddecaf888", context: "", plain: plain, sealed: sealed,
            tag: "b094dac5d93471bdec1a502270e3cc6c"),
        Vector(
            key: key, nonce: "cafebabefacedbaddecaf888", context: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            plain: String(plain.dropLast(8)), sealed: String(sealed.dropLast(8)),
            tag: "76fc6ece0f4e1768cddf8853bb2d551b"),
    ]

    @Test(arguments: vectors)
    func sealsAndOpensThePublishedVectors(_ vector: Vector) {
        let (key, nonce, context) = (bytes(vector.key), bytes(vector.nonce), bytes(vector.context))
        let sealed = AESGCM.seal(bytes(vector.plain).span, key: key.span, nonce: nonce.span, context: context.span)
        #expect(hexadecimal(sealed.span) == vector.sealed + vector.tag)
        let plain = AESGCM.open(sealed.span, key: key.span, nonce: nonce.span, context: context.span)
        #expect(plain == bytes(vector.plain))
    }

    @Test func everyBitThatChangesIsNoticed() {
        let key = SecureRandom.bytes(AESGCM.keyLength)
        let nonce = SecureRandom.bytes(AESGCM.nonceLength)
        let context = Array("here".utf8)
        let sealed = AESGCM.seal(Array("hello".utf8).span, key: key.span, nonce: nonce.span, context: context.span)
        func opens(_ sealed: [UInt8], _ key: [UInt8], _ nonce: [UInt8], _ context: [UInt8]) -> Bool {
            AESGCM.open(sealed.span, key: key.span, nonce: nonce.span, context: context.span) != nil
        }
        func flips(_ bytes: [UInt8]) -> [[UInt8]] {
            (0..<bytes.count * 8).map { bit in
                var flipped = bytes
                flipped[bit / 8] ^= 1 << UInt8(bit % 8)
                return flipped
            }
        }
        #expect(opens(sealed, key, nonce, context))
        for flipped in flips(sealed) { #expect(!opens(flipped, key, nonce, context)) }
        for flipped in flips(key) { #expect(!opens(sealed, flipped, nonce, context)) }
        for flipped in flips(nonce) { #expect(!opens(sealed, key, flipped, context)) }
        for flipped in flips(context) { #expect(!opens(sealed, key, nonce, flipped)) }
        for length in 0..<sealed.count { #expect(!opens(Array(sealed.prefix(length)), key, nonce, context)) }
        #expect(!opens(sealed + [0], key, nonce, context))
        #expect(!opens(sealed, key, nonce, []))
        #expect(!opens(sealed, Array(key.dropLast()), nonce, context))
        #expect(!opens(sealed, key, Array(nonce.dropLast()), context))
    }
}

struct KeyDerivationTests {
    /// RFC 4231 4.3.
    @Test func hmacSHA256IsTheOneOfRFC4231() {
        let code = HMACSHA256.code(key: Array("Jefe".utf8).span, Array("what do ya want for nothing?".utf8).span)
        #expect(hexadecimal(code.span) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }

    /// RFC 5869 A.1 to A.3.
    @Test(arguments: [
        (
            [UInt8](repeating: 0x0B, count: 22), [UInt8](0x00...0x0C), [UInt8](0xF0...0xF9), 42,
            """
            3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865
            """
        ),
        (
            [UInt8](0x00...0x4F), [UInt8](0x60...0xAF), [UInt8](0xB0...0xFF), 82,
            """
            b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09\
            da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87
            """
        ),
        (
            [UInt8](repeating: 0x0B, count: 22), [UInt8](), [UInt8](), 42,
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
        ),
    ])
    func hkdfIsTheOneOfRFC5869(key: [UInt8], salt: [UInt8], info: [UInt8], length: Int, output: String) {
        let derived = HKDFSHA256.derive(key: key.span, salt: salt.span, info: info.span, length: length)
        #expect(hexadecimal(derived.span) == output)
    }
}

struct RunningDigestTests {
    @Test func piecesHaveTheDigestOfTheWhole() {
        let whole = SecureRandom.bytes(100_000)
        for pieceLength in [1, 63, 64, 65, 4096, 100_000] {
            var digest = RunningDigest()
            for start in stride(from: 0, to: whole.count, by: pieceLength) {
                let piece = Array(whole[start..<min(whole.count, start + pieceLength)])
                digest.add(piece.span)
            }
            #expect(hexadecimal(digest.finish().span) == hexadecimal(Digest.sha256(whole.span).span))
        }
        let nothing = RunningDigest().finish()
        #expect(hexadecimal(nothing.span) == hexadecimal(Digest.sha256([UInt8]().span).span))
    }
}
