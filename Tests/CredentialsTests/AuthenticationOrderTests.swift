import Credentials
import Integrity
import STUN
import TestSupport
import Testing

/// RFC 8489 9.2.4, in its order.
struct AuthenticationOrderTests {
    /// "If the message does not contain a MESSAGE-INTEGRITY or MESSAGE-INTEGRITY-SHA256 attribute, the server MUST
    /// generate an error response with an error code of 401 [...] MUST include a REALM value [...] a NONCE".
    @Test func aRequestWithoutIntegrityIsChallenged() throws {
        var exchange = try Exchange()
        var request = Request(try exchange.challenge())
        request.integrity = []
        let found = refusal(try exchange.check(request.bytes))
        #expect(found?.code == 401)
        #expect(found?.reason == .noCredentials)
        let challenge = try exchange.challenge()
        #expect(challenge.realm == "example.test")
        #expect(challenge.nonce.count == NonceIssuer.byteCount)
        #expect(challenge.algorithms == [0, 2, 0, 0, 0, 1, 0, 0])
    }

    /// "[...] but is missing either the USERNAME or USERHASH, REALM, or NONCE attribute [...] 400".
    @Test func aRequestWithIntegrityAndAnAttributeMissingIsBad() throws {
        var exchange = try Exchange()
        let challenge = try exchange.challenge()
        var request = Request(challenge)
        request.username = nil
        #expect(refusal(try exchange.check(request.bytes))! == (400, .missing(.username)))
        request = Request(challenge)
        request.realm = nil
        #expect(refusal(try exchange.check(request.bytes))! == (400, .missing(.realm)))
        request = Request(challenge)
        request.nonce = nil
        #expect(refusal(try exchange.check(request.bytes))! == (400, .missing(.nonce)))
        // "This response SHOULD NOT include a USERNAME, USERHASH, NONCE, or REALM attribute."
        let answer = exchange.answer(.badRequest, try parse(request.bytes))
        #expect(answer.count == 28)
    }

    @Test func attributesOfImpossibleSizesAreBad() throws {
        var exchange = try Exchange()
        let challenge = try exchange.challenge()
        var request = Request(challenge)
        request.username = [UInt8](repeating: 0x61, count: 509)
        #expect(refusal(try exchange.check(request.bytes))! == (400, .malformed(.username)))
        request = Request(challenge)
        request.username = nil
        request.userhash = [UInt8](repeating: 1, count: 31)
        #expect(refusal(try exchange.check(request.bytes))! == (400, .malformed(.userhash)))
        request = Request(challenge)
        request.realm = String(repeating: "r", count: 764)
        #expect(refusal(try exchange.check(request.bytes))! == (400, .malformed(.realm)))
        request = Request(challenge)
        request.nonce = [UInt8](repeating: 0x61, count: 764)
        #expect(refusal(try exchange.check(request.bytes))! == (400, .malformed(.nonce)))
    }

    /// "If the request contains neither the PASSWORD-ALGORITHMS nor the PASSWORD-ALGORITHM [...] MD5. Otherwise,
    /// unless (1) [...] both present, (2) PASSWORD-ALGORITHMS matches the value sent [...], and (3) PASSWORD-ALGORITHM
    /// matches one of the entries [...] 400".
    @Test func algorithmsThatWereNotOfferedAreBad() throws {
        var exchange = try Exchange()
        let challenge = try exchange.challenge()
        let offered = challenge.algorithms
        for (algorithms, algorithm) in [
            (offered, nil), (nil, [0, 2, 0, 0]), (nil, [0, 1, 0, 0]), (offered, [0, 3, 0, 0]), (offered, [0, 2, 0, 4]),
            (offered, [0, 2]), ([0, 1, 0, 0], [0, 1, 0, 0]), ([0, 1, 0, 0, 0, 2, 0, 0], [0, 2, 0, 0]),
            ([], [0, 1, 0, 0]), (offered + [0, 3, 0, 0], [0, 2, 0, 0]), ([0, 2, 0, 0], [0, 2, 0, 0]),
        ] as [([UInt8]?, [UInt8]?)] {
            var request = Request(challenge)
            request.algorithms = algorithms
            request.algorithm = algorithm
            request.keyIsSHA256 = algorithm == [0, 2, 0, 0]
            #expect(refusal(try exchange.check(request.bytes))! == (400, .algorithmsNotAsOffered))
        }
        for algorithm in [[0, 1, 0, 0], [0, 2, 0, 0]] as [[UInt8]] {
            var request = Request(challenge)
            request.algorithms = offered
            request.algorithm = algorithm
            request.keyIsSHA256 = algorithm[1] == 2
            #expect(identity(try exchange.check(request.bytes))?.algorithm == (algorithm[1] == 2 ? .sha256 : .md5))
        }
    }

    /// Somebody on the way takes SHA-256 out of the offer, or the bit out of the nonce, and the client falls for it.
    @Test func bidDownIsNoticed() throws {
        var exchange = try Exchange()
        let challenge = try exchange.challenge()
        var request = Request(challenge)
        request.algorithms = [0, 1, 0, 0]
        request.algorithm = [0, 1, 0, 0]
        #expect(refusal(try exchange.check(request.bytes))?.code == 400)
        request = Request(challenge)
        request.nonce!.replaceSubrange(9..<13, with: "AAAA".utf8)
        #expect(refusal(try exchange.check(request.bytes))! == (438, .nonceForeign))
        request.nonce!.replaceSubrange(0..<9, with: "xxxxxxxxx".utf8)
        #expect(refusal(try exchange.check(request.bytes))! == (438, .nonceForeign))
    }

    @Test func anUnknownUserIsUnauthenticated() throws {
        var exchange = try Exchange()
        let request = Request(try exchange.challenge(), "mallory", "secret")
        #expect(refusal(try exchange.check(request.bytes))! == (401, .unknownUser))
    }

    @Test func aWrongPasswordIsUnauthenticated() throws {
        var exchange = try Exchange()
        let challenge = try exchange.challenge()
        #expect(refusal(try exchange.check(Request(challenge, "alice", "Secret").bytes))! == (401, .wrongPassword))
        var request = Request(challenge)
        request.realm = "other.test"
        request.key = try LongTermKey(username: "alice", realm: "other.test", password: "secret")
        #expect(refusal(try exchange.check(request.bytes))! == (401, .otherRealm("other.test")))
    }

    /// "If the NONCE is no longer valid, the server MUST generate an error response with an error code of 438".
    @Test func aStaleNonceIsNamedOnlyWhenTheIntegrityIsRight() throws {
        var exchange = try Exchange()
        let challenge = try exchange.challenge()
        let request = Request(challenge)
        #expect(refusal(try exchange.check(request.bytes, at: now + 601))! == (438, .nonceStale(ageSeconds: 601)))
        #expect(
            refusal(try exchange.check(Request(challenge, "alice", "wrong").bytes, at: now + 601))!
                == (401, .wrongPassword))
        let fresh = try parse(exchange.answer(.staleNonce, try parse(request.bytes), at: now + 601))
        #expect(fresh.nonce != nil && fresh.realm != nil && fresh.passwordAlgorithms != nil)
    }

    /// Section 6 of the attack table: nonce replay from another address.
    @Test func aNonceReplayedFromAnotherAddressOrPortIsStale() throws {
        var exchange = try Exchange()
        let request = Request(try exchange.challenge())
        let port = TransportAddress("192.0.2.1:46701")!
        #expect(
            refusal(try exchange.check(request.bytes, from: port))!
                == (438, .noncePortChanged(from: 40_630, to: 46_701)))
        let host = TransportAddress("198.51.100.7:40630")!
        #expect(refusal(try exchange.check(request.bytes, from: host))! == (438, .nonceForeign))
        #expect(identity(try exchange.check(request.bytes)) != nil)
    }

    @Test func anyBitThatChangedOnTheWayIsNoticed() throws {
        var exchange = try Exchange()
        let bytes = Request(try exchange.challenge()).bytes
        for offset in 20..<bytes.count {
            var changed = bytes
            changed[offset] ^= 0x10
            guard let verdict = try? exchange.check(changed) else { continue }
            #expect(identity(verdict) == nil, "byte \(offset)")
        }
    }

    /// Section 6 of the attack table: attributes after MESSAGE-INTEGRITY.
    @Test(arguments: [false, true])
    func attributesAppendedBehindTheIntegrityHaveNoEffect(sha256: Bool) throws {
        var exchange = try Exchange()
        let challenge = try exchange.challenge()
        var request = Request(challenge)
        if sha256 { request.useSHA256(challenge) }
        var bytes = request.bytes
        let original = try parse(bytes)
        // LIFETIME, XOR-PEER-ADDRESS, an unknown type that has to be understood, and a new FINGERPRINT.
        bytes += [0x00, 0x0D, 0x00, 0x04, 0, 0, 0, 0]
        bytes += [0x00, 0x12, 0x00, 0x08, 0, 1, 0x21, 0x13, 0x5E, 0x12, 0xA4, 0x43]
        bytes += [0x7F, 0x77, 0x00, 0x00]
        bytes += [0x80, 0x28, 0x00, 0x04, 0, 0, 0, 0]
        bytes.replaceSubrange(2..<4, with: [0, UInt8(bytes.count - 20)])
        let checksum = CRC32.checksum(bytes.span.bytes.extracting(0..<bytes.count - 8)) ^ 0x5354_554E
        bytes.replaceSubrange(
            bytes.count - 4..<bytes.count, with: (0..<4).map { UInt8(checksum >> (24 - $0 * 8) & 255) })
        let index = try parse(bytes)
        #expect(try hasValidFingerprint(bytes))
        #expect(identity(try exchange.check(bytes)) != nil)
        #expect(index.lifetime == nil && index.xorPeerAddress == nil && index.unknownRequired.isEmpty)
        #expect(index.attributesEnd == original.attributesEnd)
    }
}
