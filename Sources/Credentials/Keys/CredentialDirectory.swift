/// Why a directory cannot be made.
public enum CredentialDirectoryFailure: Error, Sendable, Equatable {
    /// The realm is no text that can be one.
    case realm(OpaqueStringFailure)
    /// The realm is longer than REALM may be: 127 characters [RFC 8489 14.9].
    case realmTooLong
    /// A user's key was made for another realm and would never fit.
    case otherRealm(user: String, realm: String)
    /// Two users have one name.
    case duplicate(user: String)

    /// The failure in words.
    public var text: String {
        switch self {
        case .realm(let failure): "the realm " + failure.text
        case .realmTooLong: "the realm has more than 127 characters"
        case .otherRealm(let user, let realm):
            "the key of user \(LogText.escape(user)) was made for realm \(LogText.escape(realm)), hash it again"
        case .duplicate(let user): "user \(LogText.escape(user)) is listed twice"
        }
    }
}

/// Who may use the relay. A value: a reload makes a new one and hands it to every loop.
public struct CredentialDirectory: Sendable {
    /// What REALM says.
    public let realm: String
    /// The secrets of time-limited credentials; all of them are tried.
    public let secrets: [SharedSecret]
    /// The character between expiry and id in time-limited user names.
    public let separator: UInt8
    /// Who is no longer welcome.
    public var revocations: RevocationList
    /// What requests have to be like.
    public let policy: CredentialPolicy

    private let users: [String: LongTermKey]
    private let hashes: [Userhash: String]

    /// A directory of users and secrets.
    public init(
        realm: String, users: [UserRecord] = [], secrets: [SharedSecret] = [],
        separator: UInt8 = TimeLimitedCredential.defaultSeparator, revocations: RevocationList = RevocationList(),
        policy: CredentialPolicy = CredentialPolicy()
    ) throws(CredentialDirectoryFailure) {
        let prepared: String
        do { prepared = try OpaqueString.prepare(realm) } catch { throw .realm(error) }
        guard prepared.count < 128, prepared.utf8.count <= 763 else { throw .realmTooLong }
        self.realm = prepared
        self.secrets = secrets
        self.separator = separator
        self.revocations = revocations
        self.policy = policy

        var keys: [String: LongTermKey] = [:]
        var hashes: [Userhash: String] = [:]
        for user in users {
            guard user.realm == prepared else { throw .otherRealm(user: user.name, realm: user.realm) }
            guard keys.updateValue(user.key, forKey: user.name) == nil else { throw .duplicate(user: user.name) }
            hashes[Userhash(username: user.name, realm: prepared)] = user.name
        }
        self.users = keys
        self.hashes = hashes
    }

    /// How many users have a password of their own.
    public var userCount: Int { users.count }

    /// The key of a user with a password of their own.
    public func key(ofUser name: String) -> LongTermKey? { users[name] }

    /// The user a USERHASH stands for. A hash cannot be turned back, so only the names in the directory are found;
    /// a time-limited name is known to nobody before it is sent, and has to be sent as USERNAME.
    public func username(for hash: Userhash) -> String? { hashes[hash] }

    /// Whether challenges say that USERHASH is understood [RFC 8489 9.2, "Username anonymity"]. With secrets it is
    /// not said: a client that believes it would hide a time-limited name, and nobody could find it.
    public var offersUsernameAnonymity: Bool { secrets.isEmpty && !users.isEmpty }
}

/// What requests have to be like.
public struct CredentialPolicy: Sendable, Equatable {
    /// Only SHA-256 is offered and accepted, for the key and for the message; off by default, since clients of
    /// RFC 5389, all browsers among them, know MD5 and SHA-1 only.
    public var requiresSHA256: Bool

    /// The policy with everything allowed, unless said otherwise.
    public init(requiresSHA256: Bool = false) { self.requiresSHA256 = requiresSHA256 }

    /// What PASSWORD-ALGORITHMS offers.
    public var offer: PasswordAlgorithmOffer { requiresSHA256 ? .sha256 : .sha256AndMD5 }
}
