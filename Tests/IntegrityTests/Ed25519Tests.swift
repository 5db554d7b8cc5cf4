import Integrity
import Testing

@Suite("Ed25519")
struct Ed25519Tests {
    private func bytes(_ hex: String) -> [UInt8] {
        stride(from: 0, to: hex.utf8.count, by: 2).map {
            UInt8(hex.dropFirst($0).prefix(2), radix: 16)!
        }
    }

    /// RFC 8032 7.1, tests 1 and 2.
    private static let vectors = [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5"
                + "f0595bbe24655141438e7a100b"
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2"
                + "eaeb4302aeeb00d291612bb0c00"
        ),
    ]

    @Test("keys and signatures are those of RFC 8032", arguments: vectors)
    func vector(_ vector: (String, String, String, String)) {
        let (seed, key, message, signature) = (
            bytes(vector.0), bytes(vector.1), bytes(vector.2), bytes(vector.3)
        )
        let (made, signed) = (Ed25519.publicKey(seed: seed.span), Ed25519.sign(message.span, seed: seed.span))
        #expect(made == key && signed == signature)
        #expect(verifies(signature, message, key))
    }

    private func verifies(_ signature: [UInt8], _ message: [UInt8], _ key: [UInt8]) -> Bool {
        Ed25519.verify(signature.span, of: message.span, publicKey: key.span)
    }

    @Test("a signature of something else, by somebody else or with a bit changed is none")
    func refused() {
        let seed = [UInt8](repeating: 1, count: 32)
        let message = Array("the log stands here".utf8)
        let key = Ed25519.publicKey(seed: seed.span)
        let signature = Ed25519.sign(message.span, seed: seed.span)
        for index in signature.indices {
            var other = signature
            other[index] ^= 1
            #expect(!verifies(other, message, key))
        }
        let others = Ed25519.publicKey(seed: [UInt8](repeating: 2, count: 32).span)
        #expect(!verifies(signature, message, others))
        #expect(!verifies(signature, message + [0], key))
        #expect(!verifies(Array(signature.dropLast()), message, key))
    }
}
