import Credentials
import Integrity
import STUN
import TestSupport
import Testing

struct AuthenticationKindTests {
    @Test func everyKindOfIntegrityIsAcceptedAndAnsweredInKind() throws {
        for anyUsers in [true, false] {
            var exchange = try Exchange(secrets: anyUsers ? [] : ["north"])
            let challenge = try exchange.challenge()
            for kind in [
                .sha1, .sha256(count: 16), .sha256(count: 20), .sha256(count: 24), .sha256(count: 28),
                .sha256(count: 32),
            ] as [IntegrityKind] {
                for algorithm in [nil, [0, 1, 0, 0], [0, 2, 0, 0]] as [[UInt8]?] {
                    for fingerprint in [false, true] {
                        var request = Request(challenge)
                        request.integrity = [kind]
                        request.algorithm = algorithm
                        request.algorithms = algorithm == nil ? nil : challenge.algorithms
                        request.keyIsSHA256 = algorithm == [0, 2, 0, 0]
                        request.fingerprint = fingerprint
                        let who = try #require(identity(try exchange.check(request.bytes)))
                        #expect(who.username == "alice")
                        #expect(who.integrity == kind)
                        try answer(&exchange, who, request, kind)
                    }
                }
            }
        }
    }

    private func answer(
        _ exchange: inout Exchange, _ who: Identity, _ request: Request, _ kind: IntegrityKind
    ) throws {
        var bytes = [UInt8](repeating: 0xEE, count: 400)
        var elements = bytes.mutableSpan
        var buffer = elements.mutableBytes
        var writer = MessageWriter(MessageType(.allocate, .success), someID, into: &buffer)
        writer.append(.lifetime, uint32: 600, into: &buffer)
        exchange.authenticator.seal(&writer, for: who, fingerprint: request.fingerprint, into: &buffer)
        let count = writer.count
        let answer = Array(bytes[..<count])
        let index = try parse(answer)
        #expect(MessageSeal.kind(of: index) == kind)
        #expect((index.fingerprint != nil) == request.fingerprint)
        #expect(try hasValidFingerprint(answer))
        let key = Array(copying: request.keyIsSHA256 ? request.key.sha256.span : request.key.md5.span)
        #expect(try hasIntegrity(answer, key: key))
    }

    @Test func ofTwoIntegrityAttributesTheStrongerCounts() throws {
        var exchange = try Exchange()
        var request = Request(try exchange.challenge())
        request.integrity = [.sha1, .sha256(count: 32)]
        let bytes = request.bytes
        #expect(identity(try exchange.check(bytes))?.integrity == .sha256(count: 32))
        let index = try parse(bytes)
        var weak = bytes
        weak[index.messageIntegritySHA256!.lowerBound] ^= 1
        #expect(identity(try exchange.check(weak)) == nil)
    }

    @Test func requireSHA256OffersAndAcceptsNothingElse() throws {
        var exchange = try Exchange(policy: CredentialPolicy(requiresSHA256: true))
        let challenge = try exchange.challenge()
        #expect(challenge.algorithms == [0, 2, 0, 0])
        // A client of RFC 5389.
        #expect(refusal(try exchange.check(Request(challenge).bytes))! == (401, .sha256Required))
        // SHA-256 for the key only, and for the message only.
        var request = Request(challenge)
        request.useSHA256(challenge)
        request.integrity = [.sha1]
        #expect(refusal(try exchange.check(request.bytes))! == (401, .sha256Required))
        request = Request(challenge)
        request.integrity = [.sha256(count: 32)]
        #expect(refusal(try exchange.check(request.bytes))! == (401, .sha256Required))
        // MD5, which was not offered.
        request.algorithms = challenge.algorithms
        request.algorithm = [0, 1, 0, 0]
        #expect(refusal(try exchange.check(request.bytes))! == (400, .algorithmsNotAsOffered))
        request = Request(challenge)
        request.useSHA256(challenge)
        #expect(identity(try exchange.check(request.bytes))?.algorithm == .sha256)
    }

    /// A call that began before the policy changed gets a new nonce and goes on.
    @Test func aChangeOfPolicyEndsInAFreshNonce() throws {
        var exchange = try Exchange()
        let before = try exchange.challenge()
        var request = Request(before)
        request.useSHA256(before)
        exchange.directory = try CredentialDirectory(
            realm: "example.test",
            users: [try UserRecord(name: "alice", realm: "example.test", password: "secret")],
            secrets: exchange.directory.secrets, policy: CredentialPolicy(requiresSHA256: true))
        #expect(refusal(try exchange.check(request.bytes))! == (438, .nonceForeign))
        let after = try exchange.challenge()
        request = Request(after)
        request.useSHA256(after)
        #expect(identity(try exchange.check(request.bytes)) != nil)
    }

    @Test func userhashFindsUsersWithAPassword() throws {
        var exchange = try Exchange(users: [("alice", "secret"), ("マトリックス", "TheMatrIX")], secrets: [])
        let challenge = try exchange.challenge()
        #expect(String(decoding: challenge.nonce[..<13], as: UTF8.self) == "obMatJos2AAAD")
        for (name, password) in [("alice", "secret"), ("マトリックス", "TheMatrIX")] {
            var request = Request(challenge, name, password)
            request.username = nil
            request.userhash = Array(copying: Userhash(username: name, realm: "example.test").bytes.span)
            request.useSHA256(challenge)
            #expect(identity(try exchange.check(request.bytes))?.username == name)
        }
        var request = Request(challenge)
        request.username = nil
        request.userhash = [UInt8](repeating: 7, count: 32)
        #expect(refusal(try exchange.check(request.bytes))! == (401, .unknownUserhash))
    }

    @Test func withSecretsAnonymityIsNotOfferedAndTimeLimitedNamesCannotBeHashed() throws {
        var exchange = try Exchange()
        let challenge = try exchange.challenge()
        #expect(String(decoding: challenge.nonce[..<13], as: UTF8.self) == "obMatJos2AAAB")
        let issued = TimeLimitedCredential.issue(
            secret: exchange.directory.secrets[0], id: "room", expiresAtUnixSeconds: now + 60)
        var request = Request(challenge, issued.username, issued.password)
        request.username = nil
        request.userhash = Array(copying: Userhash(username: issued.username, realm: "example.test").bytes.span)
        #expect(refusal(try exchange.check(request.bytes))! == (401, .unknownUserhash))
        // A user's hash is understood all the same.
        request = Request(challenge)
        request.username = nil
        request.userhash = Array(copying: Userhash(username: "alice", realm: "example.test").bytes.span)
        #expect(identity(try exchange.check(request.bytes))?.username == "alice")
    }
}
