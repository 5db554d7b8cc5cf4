import Credentials
import Integrity
import STUN
import TestSupport
import Testing

struct NonceTests {
    private let client = TransportAddress("192.0.2.1:40630")!
    private let issuer = NonceIssuer(secret: Array("a fleet's secret".utf8), lifetimeSeconds: 600)

    private func nonce(
        _ client: TransportAddress? = nil, at time: Int64 = 1_700_000_000, by issuer: NonceIssuer? = nil,
        features: SecurityFeatures = .passwordAlgorithms, offer: PasswordAlgorithmOffer = .sha256AndMD5
    ) -> [UInt8] {
        var mac = MessageAuthenticator()
        var bytes = [UInt8](repeating: 0, count: NonceIssuer.byteCount)
        var elements = bytes.mutableSpan
        var buffer = elements.mutableBytes
        (issuer ?? self.issuer).issue(
            for: client ?? self.client, unixSeconds: time, features: features, offer: offer, using: &mac,
            into: &buffer, at: 0)
        return bytes
    }

    private func verdict(
        _ nonce: [UInt8], _ client: TransportAddress? = nil, at time: Int64 = 1_700_000_000,
        by issuer: NonceIssuer? = nil, features: SecurityFeatures = .passwordAlgorithms,
        offer: PasswordAlgorithmOffer = .sha256AndMD5
    ) -> NonceVerdict {
        var mac = MessageAuthenticator()
        let verdict = (issuer ?? self.issuer).verify(
            nonce.span.bytes, for: client ?? self.client, unixSeconds: time, features: features, offer: offer,
            using: &mac)
        #expect(mac.computations == 1)
        return verdict
    }

    @Test func aNonceIsShortPrintableAndStartsWithTheCookie() {
        let text = String(decoding: nonce(), as: UTF8.self)
        #expect(text.utf8.count == 32)
        #expect(text.hasPrefix("obMatJos2AAAB"))
        #expect(text.utf8.allSatisfy { 0x21...0x7E ~= $0 && $0 != UInt8(ascii: "\"") })
        #expect(SecurityFeatures(nonce: nonce().span.bytes) == .passwordAlgorithms)
        let both = nonce(features: [.passwordAlgorithms, .usernameAnonymity])
        #expect(String(decoding: both[..<13], as: UTF8.self) == "obMatJos2AAAD")
    }

    @Test func aNonceIsValidForItsLifetime() {
        let nonce = nonce()
        for age in [0, 1, 599, 600, -30] as [Int64] { #expect(verdict(nonce, at: 1_700_000_000 + age) == .valid) }
        for age in [601, 3_600, 86_400 * 365, -31, -3_600] as [Int64] {
            #expect(verdict(nonce, at: 1_700_000_000 + age) == .stale(ageSeconds: age))
        }
    }

    @Test func timeMayPassTheYear2106() {
        let nonce = nonce(at: 0xFFFF_FFF0)
        #expect(verdict(nonce, at: 0x1_0000_0010) == .valid)
        #expect(verdict(nonce, at: 0x1_0000_1000) == .stale(ageSeconds: 0x1010))
    }

    /// What the operator is told: "nonce valid but the source port changed from 40630 to 46701".
    @Test func anotherPortOfTheSameAddressIsNamed() {
        let moved = TransportAddress("192.0.2.1:46701")!
        #expect(verdict(nonce(), moved) == .otherPort(40_630))
        #expect(
            Refusal.noncePortChanged(from: 40_630, to: 46_701).text
                == "nonce valid but the source port changed from 40630 to 46701")
    }

    @Test func anotherAddressIsForeign() {
        for other in ["192.0.2.2:40630", "[::c000:201]:40630", "[::ffff:192.0.2.1]:40630"] {
            #expect(verdict(nonce(), TransportAddress(other)!) == .foreign)
        }
    }

    @Test func aForgedNonceIsForeign() {
        let genuine = nonce()
        for offset in genuine.indices {
            for bit in 0..<8 {
                var forged = genuine
                forged[offset] ^= 1 << UInt8(bit)
                #expect(verdict(forged) == .foreign, "byte \(offset) bit \(bit)")
            }
        }
        for count in 0..<genuine.count { #expect(verdict(Array(genuine[..<count])) == .foreign) }
        #expect(verdict(genuine + [0x41]) == .foreign)
    }

    @Test func aNonceOfAnotherSecretOfferOrSetOfFeaturesIsForeign() {
        #expect(verdict(nonce(by: NonceIssuer())) == .foreign)
        #expect(verdict(nonce(), by: NonceIssuer()) == .foreign)
        #expect(verdict(nonce(), offer: .sha256) == .foreign)
        #expect(verdict(nonce(), features: [.passwordAlgorithms, .usernameAnonymity]) == .foreign)
        #expect(verdict(nonce(), by: NonceIssuer(secret: Array("a fleet's secret".utf8))) == .valid)
    }

    @Test func everyNonceIsItsOwn() {
        let seed = Seeded.freshSeed()
        var random = Seeded(seed)
        var seen: Set<[UInt8]> = []
        for _ in 0..<2_000 {
            let client = random.address()
            let time = Int64.random(in: 0...Int64(UInt32.max), using: &random)
            let nonce = nonce(client, at: time)
            #expect(verdict(nonce, client, at: time) == .valid, "seed \(seed)")
            seen.insert(nonce)
        }
        #expect(seen.count == 2_000, "seed \(seed)")
    }

    @Test(arguments: [
        "", "obMatJos2", "obMatJos2AAA", "obMatJos2AA!B", "xbMatJos2AAAB", "obMatJos1AAAB", "f//499k954d6OL34",
    ])
    func otherNoncesHaveNoCookie(text: String) {
        #expect(SecurityFeatures(nonce: Array(text.utf8).span.bytes) == nil)
    }
}
