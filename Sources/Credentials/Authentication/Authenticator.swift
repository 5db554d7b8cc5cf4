public import Integrity
public import STUN

/// What is to be done with a request.
public enum AuthenticationVerdict: Sendable {
    /// It comes from this user.
    case authenticated(Identity)
    /// It is to be answered with this error; 401 and 438 along with a challenge.
    case refused(ErrorCode, Refusal)
}

/// The server's side of the long-term credential mechanism [RFC 8489 9.2.4], without any state per client.
///
/// A loop has its own, since the contexts inside serve one thread.
public struct Authenticator: ~Copyable, Sendable {
    /// Issues and recognises nonces.
    public var nonces: NonceIssuer
    /// Computes the codes.
    public private(set) var mac = MessageAuthenticator()
    /// What requests of unknown users are checked with, so that they take as long as others.
    private let nobody: LongTermKey

    /// An authenticator with these nonces.
    public init(nonces: NonceIssuer) {
        self.nonces = nonces
        let random = SecureRandom.bytes(48)
        nobody = LongTermKey(md5: .init { random[$0] }, sha256: .init { random[16 + $0] })
    }

    /// Checks a request in the order of RFC 8489 9.2.4.
    ///
    /// A user that exists and one that does not cost the same: one code with the user's key, or with a key nobody
    /// has; one password and one code for each secret when the name has the form of a time-limited one; one code for
    /// the nonce. What a client is told is the same as well.
    ///
    /// - Parameters:
    ///   - datagram: The whole message.
    ///   - index: Where its attributes are.
    ///   - client: Where it came from.
    ///   - unixSeconds: The time.
    ///   - directory: Who may come.
    ///   - graceSeconds: How long after its end a time-limited credential still counts: for requests on an allocation
    ///     that exists.
    public mutating func authenticate(
        _ datagram: RawSpan, _ index: MessageIndex, from client: TransportAddress, unixSeconds: Int64,
        directory: CredentialDirectory, graceSeconds: Int64 = 0
    ) -> AuthenticationVerdict {
        // No integrity: 401, which tells the client realm and nonce.
        guard let integrity = MessageSeal.kind(of: index) else { return .refused(.unauthenticated, .noCredentials) }

        // Integrity, but something it needs is missing or impossible: 400.
        if let refusal = Self.incompleteness(of: index) { return .refused(.badRequest, refusal) }
        guard let nonce = index.nonce else { return .refused(.badRequest, .missing(.nonce)) }

        // Algorithms other than those offered with this nonce: 400.
        let nonceVerdict = nonces.verify(
            datagram.extracting(nonce.range), for: client, unixSeconds: unixSeconds,
            features: Self.features(of: directory), offer: directory.policy.offer, using: &mac)
        guard let algorithm = Self.algorithm(datagram, index, nonceVerdict, directory.policy.offer) else {
            return .refused(.badRequest, .algorithmsNotAsOffered)
        }
        if directory.policy.requiresSHA256, algorithm == .md5 || integrity == .sha1 {
            return .refused(.unauthenticated, .sha256Required)
        }

        // Unknown user or wrong integrity: 401.
        let found = find(datagram, index, algorithm, directory)
        guard let match = found.match else { return .refused(.unauthenticated, found.refusal) }
        if let expiry = match.expiresAtUnixSeconds, unixSeconds > expiry, unixSeconds - expiry > graceSeconds {
            return .refused(.unauthenticated, .expired(secondsAgo: unixSeconds - expiry))
        }
        if directory.revocations.contains(username: match.username, id: match.id) {
            return .refused(.unauthenticated, .revoked)
        }

        // Integrity right but the nonce no longer valid: 438.
        switch nonceVerdict {
        case .valid: break
        case .stale(let age): return .refused(.staleNonce, .nonceStale(ageSeconds: age))
        case .otherPort(let port):
            return .refused(.staleNonce, .noncePortChanged(from: port, to: client.port))
        case .foreign: return .refused(.staleNonce, .nonceForeign)
        }

        return .authenticated(
            Identity(
                username: match.username, id: match.id, expiresAtUnixSeconds: match.expiresAtUnixSeconds,
                algorithm: algorithm, integrity: integrity, key: match.key, userID: match.userID,
                secretLabel: match.secretLabel))
    }

    /// Appends what a 401 and a 438 carry: REALM, NONCE and PASSWORD-ALGORITHMS, and nothing that makes them larger.
    public mutating func appendChallenge(
        to writer: inout MessageWriter, for client: TransportAddress, unixSeconds: Int64,
        directory: CredentialDirectory, into buffer: inout MutableRawSpan
    ) {
        writer.append(.realm, text: directory.realm, into: &buffer)
        if let value = writer.reserve(.nonce, byteCount: NonceIssuer.byteCount, into: &buffer) {
            nonces.issue(
                for: client, unixSeconds: unixSeconds, features: Self.features(of: directory),
                offer: directory.policy.offer, using: &mac, into: &buffer, at: value)
        }
        directory.policy.offer.append(to: &writer, into: &buffer)
    }

    /// Writes the whole answer to a request that was refused and returns its size: header, ERROR-CODE, with 401 and
    /// 438 the challenge, and a fingerprint if the request had one. 0 when it does not fit.
    public mutating func writeRefusal(
        _ code: ErrorCode, of index: MessageIndex, to client: TransportAddress, unixSeconds: Int64,
        directory: CredentialDirectory, into buffer: inout MutableRawSpan
    ) -> Int {
        var writer = MessageWriter(MessageType(index.type.method, .error), index.transactionID, into: &buffer)
        writer.append(error: code, into: &buffer)
        if code == .unauthenticated || code == .staleNonce {
            appendChallenge(to: &writer, for: client, unixSeconds: unixSeconds, directory: directory, into: &buffer)
        }
        if index.fingerprint != nil { MessageSeal.appendFingerprint(to: &writer, into: &buffer) }
        return writer.overflowed ? 0 : writer.count
    }

    /// Ends an answer to an authenticated request: integrity of the kind the request had, and a fingerprint if it had
    /// one.
    public mutating func seal(
        _ writer: inout MessageWriter, for identity: Identity, fingerprint: Bool, into buffer: inout MutableRawSpan
    ) {
        switch identity.algorithm {
        case .md5:
            MessageSeal.appendIntegrity(
                identity.integrity, key: identity.key.md5.span, to: &writer, using: &mac, into: &buffer)
        case .sha256:
            MessageSeal.appendIntegrity(
                identity.integrity, key: identity.key.sha256.span, to: &writer, using: &mac, into: &buffer)
        }
        if fingerprint { MessageSeal.appendFingerprint(to: &writer, into: &buffer) }
    }

    /// What the nonce cookie says.
    public static func features(of directory: CredentialDirectory) -> SecurityFeatures {
        directory.offersUsernameAnonymity ? [.passwordAlgorithms, .usernameAnonymity] : .passwordAlgorithms
    }
}

// MARK: - The steps

extension Authenticator {
    /// Attributes that integrity needs and that are missing, or have a size RFC 8489 14.3, 14.4, 14.9, 14.10 exclude.
    private static func incompleteness(of index: MessageIndex) -> Refusal? {
        guard index.username != nil || index.userhash != nil else { return .missing(.username) }
        guard let realm = index.realm else { return .missing(.realm) }
        guard let nonce = index.nonce else { return .missing(.nonce) }
        if let username = index.username, username.count > 508 { return .malformed(.username) }
        if let userhash = index.userhash, userhash.count != 32 { return .malformed(.userhash) }
        if realm.count > 763 { return .malformed(.realm) }
        if nonce.count > 763 { return .malformed(.nonce) }
        return nil
    }

    /// The algorithm of the request, or nil when it is not one that was offered with this nonce.
    ///
    /// What a nonce from elsewhere, or from before a change of policy, was offered with is not known: whatever the
    /// request says is taken, and the nonce earns it a 438.
    private static func algorithm(
        _ datagram: RawSpan, _ index: MessageIndex, _ nonce: NonceVerdict, _ offer: PasswordAlgorithmOffer
    ) -> PasswordAlgorithm? {
        let algorithm = index.passwordAlgorithm.flatMap { PasswordAlgorithm($0, in: datagram) }
        guard nonce != .foreign else { return algorithm ?? .md5 }
        guard index.passwordAlgorithm != nil || index.passwordAlgorithms != nil else { return .md5 }
        guard let list = index.passwordAlgorithms, offer.matches(list, in: datagram), let algorithm,
            offer.contains(algorithm)
        else { return nil }
        return algorithm
    }

    private struct Match {
        let username: String
        let id: String?
        let expiresAtUnixSeconds: Int64?
        let key: LongTermKey
        let secretLabel: String?

        var userID: UInt64 {
            // Users and ids are apart: "alice" with a password is not "alice" with a ticket.
            let text = secretLabel == nil ? "u" + username : "i" + (id ?? username)
            let digest = Digest.sha256(Array(text.utf8).span)
            var value: UInt64 = 0
            for index in 0..<8 { value = value << 8 | UInt64(digest[index]) }
            return value
        }
    }

    /// Tries everything the name could stand for. Nothing ends early.
    private mutating func find(
        _ datagram: RawSpan, _ index: MessageIndex, _ algorithm: PasswordAlgorithm, _ directory: CredentialDirectory
    ) -> (match: Match?, refusal: Refusal) {
        let name: String?
        if let username = index.username {
            name = datagram.extracting(username.range).text()
        } else if let userhash = index.userhash {
            name = datagram.extracting(userhash.range).withBytes { Userhash($0) }.flatMap(directory.username(for:))
        } else {
            name = nil
        }

        let stored = name.flatMap(directory.key(ofUser:))
        let key = stored ?? nobody
        var match: Match?
        if verify(datagram, index, key, algorithm), stored != nil, let name {
            match = Match(username: name, id: nil, expiresAtUnixSeconds: nil, key: key, secretLabel: nil)
        }

        // A name that was found by its hash is a user's; one that was sent may be a time-limited one.
        let ticket =
            index.username == nil
            ? nil : name.flatMap { TimeLimitedCredential.parse(username: $0, separator: directory.separator) }
        if let ticket, let name {
            for secret in directory.secrets {
                let key = LongTermKey(
                    preparedUsername: name, realm: directory.realm,
                    password: TimeLimitedCredential.password(for: name, secret: secret, using: &mac))
                if verify(datagram, index, key, algorithm), match == nil {
                    match = Match(
                        username: name, id: ticket.id, expiresAtUnixSeconds: ticket.expiresAtUnixSeconds, key: key,
                        secretLabel: secret.label)
                }
            }
        }
        if let match { return (match, .wrongPassword) }

        if stored == nil && (ticket == nil || directory.secrets.isEmpty) {
            return (nil, index.username == nil ? .unknownUserhash : .unknownUser)
        }
        if let realm = index.realm {
            let claimed = datagram.extracting(realm.range)
            if claimed.text() != directory.realm { return (nil, .otherRealm(LogText.escape(claimed))) }
        }
        return (nil, .wrongPassword)
    }

    private mutating func verify(
        _ datagram: RawSpan, _ index: MessageIndex, _ key: LongTermKey, _ algorithm: PasswordAlgorithm
    ) -> Bool {
        switch algorithm {
        case .md5: MessageSeal.verifyIntegrity(datagram, index, key: key.md5.span, using: &mac)
        case .sha256: MessageSeal.verifyIntegrity(datagram, index, key: key.sha256.span, using: &mac)
        }
    }
}
