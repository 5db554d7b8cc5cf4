import Credentials
import Integrity
import STUN
import Testing

private let client = TransportAddress("192.0.2.1:40630")!
private let now: Int64 = 1_700_000_000

/// A relay's side and a client's side of the long-term mechanism.
private struct Exchange: ~Copyable {
    var directory: CredentialDirectory
    var authenticator = Authenticator(nonces: NonceIssuer(lifetimeSeconds: 600))

    init(
        users: [(String, String)] = [("alice", "secret")], secrets: [String] = ["north", "south"],
        policy: CredentialPolicy = CredentialPolicy(), separator: UInt8 = UInt8(ascii: ":")
    ) throws {
        directory = try CredentialDirectory(
            realm: "example.test",
            users: try users.map { try UserRecord(name: $0.0, realm: "example.test", password: $0.1) },
            secrets: secrets.enumerated().map { SharedSecret(text: $1, label: "secret \($0)") },
            separator: separator, policy: policy)
    }

    /// What a first request is answered with.
    mutating func challenge(to client: TransportAddress = client, at time: Int64 = now) throws -> Challenge {
        let request = message { $0.append(requestedTransport: 17, into: &$1) }
        let answer = answer(.unauthenticated, try parse(request), to: client, at: time)
        let index = try parse(answer)
        let bytes = answer.span.bytes
        return Challenge(
            nonce: bytes.extracting(index.nonce!.range).copied(), realm: bytes.extracting(index.realm!.range).text()!,
            algorithms: bytes.extracting(index.passwordAlgorithms!.range).copied())
    }

    mutating func answer(
        _ code: ErrorCode, _ index: MessageIndex, to client: TransportAddress = client, at time: Int64 = now
    ) -> [UInt8] {
        var bytes = [UInt8](repeating: 0xEE, count: 600)
        var elements = bytes.mutableSpan
        var buffer = elements.mutableBytes
        let count = authenticator.writeRefusal(
            code, of: index, to: client, unixSeconds: time, directory: directory, into: &buffer)
        return Array(bytes[..<count])
    }

    mutating func check(
        _ bytes: [UInt8], from client: TransportAddress = client, at time: Int64 = now, grace: Int64 = 0
    ) throws -> AuthenticationVerdict {
        authenticator.authenticate(
            bytes.span.bytes, try parse(bytes), from: client, unixSeconds: time, directory: directory,
            graceSeconds: grace)
    }
}

private struct Challenge {
    var nonce: [UInt8]
    var realm: String
    var algorithms: [UInt8]
}

/// A request as a client makes it, each part of which can be left out or be another.
private struct Request {
    var username: [UInt8]? = Array("alice".utf8)
    var userhash: [UInt8]?
    var realm: String? = "example.test"
    var nonce: [UInt8]?
    var algorithms: [UInt8]?
    var algorithm: [UInt8]?
    var integrity: [IntegrityKind] = [.sha1]
    var key: LongTermKey
    var keyIsSHA256 = false
    var fingerprint = false

    init(_ challenge: Challenge, _ username: String = "alice", _ password: String = "secret") {
        self.username = Array(username.utf8)
        nonce = challenge.nonce
        key = LongTermKey(preparedUsername: username, realm: challenge.realm, password: password)
    }

    /// The client of RFC 8489 that takes the first algorithm it is offered.
    mutating func useSHA256(_ challenge: Challenge, count: Int = 32) {
        algorithms = challenge.algorithms
        algorithm = [0, 2, 0, 0]
        integrity = [.sha256(count: count)]
        keyIsSHA256 = true
    }

    var bytes: [UInt8] {
        message { writer, buffer in
            writer.append(requestedTransport: 17, into: &buffer)
            if let username { writer.append(.username, username.span, into: &buffer) }
            if let userhash { writer.append(.userhash, userhash.span, into: &buffer) }
            if let realm { writer.append(.realm, text: realm, into: &buffer) }
            if let nonce { writer.append(.nonce, nonce.span, into: &buffer) }
            if let algorithms { writer.append(.passwordAlgorithms, algorithms.span, into: &buffer) }
            if let algorithm { writer.append(.passwordAlgorithm, algorithm.span, into: &buffer) }
            var mac = MessageAuthenticator()
            for kind in integrity {
                let bytes = keyIsSHA256 ? Array(copying: key.sha256.span) : Array(copying: key.md5.span)
                MessageSeal.appendIntegrity(kind, key: bytes.span, to: &writer, using: &mac, into: &buffer)
            }
            if fingerprint { MessageSeal.appendFingerprint(to: &writer, into: &buffer) }
        }
    }
}

extension Array where Element == UInt8 {
    init(copying span: Span<UInt8>) { self = span.indices.map { span[$0] } }
}

private func refusal(_ verdict: AuthenticationVerdict) -> (code: UInt16, reason: Refusal)? {
    if case .refused(let code, let reason) = verdict { (code.rawValue, reason) } else { nil }
}

private func identity(_ verdict: AuthenticationVerdict) -> Identity? {
    if case .authenticated(let identity) = verdict { identity } else { nil }
}

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

struct TimeLimitedAuthenticationTests {
    @Test func everyLiveSecretIsTried() throws {
        var exchange = try Exchange(secrets: ["north", "south", "east"])
        let challenge = try exchange.challenge()
        for (number, secret) in exchange.directory.secrets.enumerated() {
            let issued = TimeLimitedCredential.issue(secret: secret, id: "room42", expiresAtUnixSeconds: now + 60)
            let who = identity(try exchange.check(Request(challenge, issued.username, issued.password).bytes))
            #expect(who?.secretLabel == "secret \(number)")
            #expect(who?.id == "room42")
            #expect(who?.expiresAtUnixSeconds == now + 60)
        }
        let forged = TimeLimitedCredential.issue(
            secret: SharedSecret(text: "west", label: ""), id: "room42", expiresAtUnixSeconds: now + 60)
        #expect(
            refusal(try exchange.check(Request(challenge, forged.username, forged.password).bytes))!
                == (401, .wrongPassword))
    }

    @Test func aNewCredentialForTheSameIDIsTheSameUser() throws {
        var exchange = try Exchange(users: [("alice", "secret"), ("room42", "secret")])
        let challenge = try exchange.challenge()
        func userID(_ id: String?, _ expiry: Int64, _ exchange: inout Exchange) throws -> UInt64? {
            let issued = TimeLimitedCredential.issue(
                secret: exchange.directory.secrets[1], id: id, expiresAtUnixSeconds: expiry)
            return identity(try exchange.check(Request(challenge, issued.username, issued.password).bytes))?.userID
        }
        let first = try userID("room42", now + 60, &exchange)
        #expect(first != nil)
        #expect(try userID("room42", now + 90, &exchange) == first)
        #expect(try userID("room43", now + 60, &exchange) != first)
        #expect(try userID(nil, now + 60, &exchange) != userID(nil, now + 61, &exchange))
        // The user with a password and the same name is somebody else.
        let user = identity(try exchange.check(Request(challenge, "room42", "secret").bytes))
        #expect(user != nil && user?.userID != first)
    }

    @Test func anExpiredCredentialIsUnauthenticatedUnlessThereIsGrace() throws {
        var exchange = try Exchange()
        let issued = TimeLimitedCredential.issue(
            secret: exchange.directory.secrets[0], id: nil, expiresAtUnixSeconds: now)
        let bytes = Request(try exchange.challenge(), issued.username, issued.password).bytes
        #expect(identity(try exchange.check(bytes)) != nil)
        #expect(refusal(try exchange.check(bytes, at: now + 12))! == (401, .expired(secondsAgo: 12)))
        #expect(identity(try exchange.check(bytes, at: now + 12, grace: 12)) != nil)
        #expect(refusal(try exchange.check(bytes, at: now + 13, grace: 12))?.code == 401)
        #expect(identity(try exchange.check(bytes, at: now + 500, grace: .max)) != nil)
    }

    @Test func theSeparatorOfTheDirectoryCounts() throws {
        var exchange = try Exchange(separator: UInt8(ascii: "|"))
        let challenge = try exchange.challenge()
        for (separator, isKnown) in [(UInt8(ascii: "|"), true), (UInt8(ascii: ":"), false)] {
            let issued = TimeLimitedCredential.issue(
                secret: exchange.directory.secrets[0], id: "a", expiresAtUnixSeconds: now + 1, separator: separator)
            let verdict = try exchange.check(Request(challenge, issued.username, issued.password).bytes)
            #expect((identity(verdict) != nil) == isKnown)
        }
    }

    @Test func revokedUsersAndIDsAreUnauthenticated() throws {
        var exchange = try Exchange()
        let challenge = try exchange.challenge()
        let issued = TimeLimitedCredential.issue(
            secret: exchange.directory.secrets[0], id: "room42", expiresAtUnixSeconds: now + 60)
        exchange.directory.revocations.revoke("alice")
        exchange.directory.revocations.revoke("room42")
        #expect(refusal(try exchange.check(Request(challenge).bytes))! == (401, .revoked))
        #expect(
            refusal(try exchange.check(Request(challenge, issued.username, issued.password).bytes))! == (401, .revoked))
        // Who does not know the password does not learn that the name is revoked.
        #expect(refusal(try exchange.check(Request(challenge, "alice", "x").bytes))! == (401, .wrongPassword))
    }

    @Test func aUserWithANameOfTheTimeLimitedFormIsStillAUser() throws {
        var exchange = try Exchange(users: [("12:x", "secret")])
        let who = identity(try exchange.check(Request(try exchange.challenge(), "12:x", "secret").bytes))
        #expect(who?.expiresAtUnixSeconds == nil)
        #expect(who?.username == "12:x")
    }
}

/// A known user and an unknown one take the same time and get the same bytes.
struct EnumerationTests {
    private func work(
        _ exchange: inout Exchange, _ username: String, _ change: (inout Request) -> Void = { _ in }
    ) throws -> UInt64 {
        var request = Request(try exchange.challenge(), username, "not the password")
        change(&request)
        let before = exchange.authenticator.mac.computations
        let verdict = try exchange.check(request.bytes)
        #expect(refusal(verdict)?.code == 401)
        return exchange.authenticator.mac.computations - before
    }

    @Test func theSameNumberOfCodesIsComputedForKnownAndUnknownUsers() throws {
        var exchange = try Exchange(
            users: [("alice", "secret"), ("1800000000:bob", "secret")], secrets: ["north", "south"])
        // One for the nonce, one for the message.
        #expect(try work(&exchange, "alice") == 2)
        #expect(try work(&exchange, "mallory") == 2)
        // And one for the password and one for the message for each secret.
        #expect(try work(&exchange, "1800000000:bob") == 6)
        #expect(try work(&exchange, "1800000000:eve") == 6)
        #expect(try work(&exchange, "1600000000:eve") == 6)
        func hash(_ name: String) -> (inout Request) -> Void {
            { request in
                request.username = nil
                request.userhash = Array(copying: Userhash(username: name, realm: "example.test").bytes.span)
            }
        }
        #expect(try work(&exchange, "", hash("alice")) == 2)
        #expect(try work(&exchange, "", hash("1800000000:bob")) == 2)
        #expect(try work(&exchange, "", hash("mallory")) == 2)
    }

    @Test func theAnswersAreTheSameBytes() throws {
        var exchange = try Exchange()
        exchange.directory.revocations.revoke("bob")
        let challenge = try exchange.challenge()
        var answers: Set<[UInt8]> = []
        for (name, password) in [("alice", "wrong"), ("mallory", "wrong"), ("\(now + 5):x", "wrong"), ("5:x", "wrong")]
        {
            let bytes = Request(challenge, name, password).bytes
            let code = ErrorCode(rawValue: refusal(try exchange.check(bytes))!.code)
            answers.insert(exchange.answer(code, try parse(bytes)))
        }
        #expect(answers.count == 1)
    }
}

/// Section 6 of the attack table: reflection and amplification.
struct AnswerSizeTests {
    @Test func theFirst401IsAsSmallAsTheRFCAllows() throws {
        var exchange = try Exchange()
        let request = message { $0.append(requestedTransport: 17, into: &$1) }
        let answer = exchange.answer(.unauthenticated, try parse(request))
        let index = try parse(answer)
        // Header, ERROR-CODE without a phrase, REALM, NONCE, PASSWORD-ALGORITHMS; no SOFTWARE.
        #expect(answer.count == 20 + 8 + (4 + 12) + (4 + 32) + (4 + 8))
        #expect(index.errorCode?.count == 4)
        #expect(index.software == nil && index.username == nil && index.messageIntegrity == nil)
        #expect(index.error(in: answer.span.bytes) == .value(.unauthenticated))
        #expect(index.type == MessageType(.allocate, .error))
        #expect(index.transactionID == someID)
        #expect(Double(answer.count) / Double(request.count) < 3.3)
    }

    @Test func aFingerprintIsAnsweredWithOne() throws {
        var exchange = try Exchange()
        let request = message { writer, buffer in
            writer.append(requestedTransport: 17, into: &buffer)
            MessageSeal.appendFingerprint(to: &writer, into: &buffer)
        }
        let answer = exchange.answer(.unauthenticated, try parse(request))
        #expect(try parse(answer).fingerprint != nil)
        #expect(try hasValidFingerprint(answer))
    }

    @Test func anAnswerThatDoesNotFitIsNone() throws {
        var exchange = try Exchange()
        let index = try parse(message())
        var bytes = [UInt8](repeating: 0xEE, count: 64)
        var elements = bytes.mutableSpan
        var buffer = elements.mutableBytes
        let count = exchange.authenticator.writeRefusal(
            .unauthenticated, of: index, to: client, unixSeconds: now, directory: exchange.directory, into: &buffer)
        #expect(count == 0)
    }
}

/// Section 6 of the attack table: log and metric injection (GHSA-4g7c).
struct HostileNameTests {
    static let names: [[UInt8]] = [
        Array("%s%n%x%p".utf8), Array("a\0b".utf8), Array("a\nroot: b".utf8), Array("\"'`$(reboot)".utf8),
        [UInt8](repeating: 0x41, count: 508), [0xC3, 0x28], [0xFF, 0xFE, 0xFD], [], Array("\u{1B}]0;x\u{7}".utf8),
        Array("../../etc/passwd".utf8), Array("' OR 1=1 --".utf8), Array("\u{202E}ecila".utf8),
        Array("99999999999999999999:x".utf8), Array("-1:x".utf8),
    ]

    @Test(arguments: names)
    func namesAreDataAndNothingElse(name: [UInt8]) throws {
        var exchange = try Exchange()
        let challenge = try exchange.challenge()
        var request = Request(challenge)
        request.username = name
        let bytes = request.bytes
        let found = refusal(try exchange.check(bytes))
        #expect(found?.code == 401)
        let text = found!.reason.text + LogText.escape(bytes.span.bytes.extracting(try parse(bytes).username!.range))
        #expect(!text.utf8.contains { $0 < 0x20 || $0 == 0x7F })
        #expect(!text.contains("\""))
        request.realm = String(decoding: name, as: UTF8.self)
        request.username = Array("alice".utf8)
        let reason = refusal(try exchange.check(request.bytes))?.reason.text
        #expect(reason?.utf8.contains { $0 < 0x20 || $0 == 0x7F } != true)
    }

    @Test func aUserMayHaveAnyNameThatCanBePrepared() throws {
        for name in HostileNameTests.names.map({ String(decoding: $0, as: UTF8.self) }) {
            guard let prepared = try? OpaqueString.prepare(name) else { continue }
            var exchange = try Exchange(users: [(name, "secret")])
            let request = Request(try exchange.challenge(), prepared, "secret")
            #expect(identity(try exchange.check(request.bytes))?.username == prepared)
        }
    }

    @Test func randomRequestsAreNeverAuthenticatedAndNeverTrap() throws {
        let seed = Seeded.freshSeed()
        var random = Seeded(seed)
        var exchange = try Exchange()
        let challenge = try exchange.challenge()
        for _ in 0..<2_000 {
            var request = Request(challenge)
            request.useSHA256(challenge)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: request.username = random.bytes(Int.random(in: 0...40, using: &random))
            case 1: request.nonce = random.bytes(Int.random(in: 0...40, using: &random))
            case 2: request.algorithms = random.bytes(Int.random(in: 0...12, using: &random))
            case 3: request.algorithm = random.bytes(Int.random(in: 0...8, using: &random))
            case 4: request.userhash = random.bytes(32); request.username = nil
            default: request.key = LongTermKey(preparedUsername: "alice", realm: "r", password: "\(random.next())")
            }
            let verdict = try exchange.check(request.bytes)
            #expect(identity(verdict) == nil, "seed \(seed)")
        }
    }
}
