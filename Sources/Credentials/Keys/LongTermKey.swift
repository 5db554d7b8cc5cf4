internal import Integrity

/// What a password is stored as and what requests are authenticated with: digests of `user:realm:password`
/// [RFC 8489 9.2.2, 18.5.1]. Whoever has them can act as the user at this realm, but does not know the password.
public struct LongTermKey: Sendable {
    /// For clients of RFC 5389 and PASSWORD-ALGORITHM MD5.
    public let md5: [16 of UInt8]
    /// For PASSWORD-ALGORITHM SHA-256.
    public let sha256: [32 of UInt8]

    /// The key of a user, from texts as people enter them.
    public init(username: String, realm: String, password: String) throws(OpaqueStringFailure) {
        self.init(
            preparedUsername: try OpaqueString.prepare(username), realm: try OpaqueString.prepare(realm),
            password: try OpaqueString.prepare(password))
    }

    /// The key from texts that are prepared already.
    public init(preparedUsername username: String, realm: String, password: String) {
        var text: [UInt8] = []
        text.reserveCapacity(username.utf8.count + realm.utf8.count + password.utf8.count + 2)
        text += username.utf8
        text.append(UInt8(ascii: ":"))
        text += realm.utf8
        text.append(UInt8(ascii: ":"))
        text += password.utf8
        md5 = Digest.md5(text.span)
        sha256 = Digest.sha256(text.span)
    }

    /// A key from stored digests.
    public init(md5: [16 of UInt8], sha256: [32 of UInt8]) {
        self.md5 = md5
        self.sha256 = sha256
    }
}

extension LongTermKey: Equatable {
    /// Whether both digests are the same.
    public static func == (left: LongTermKey, right: LongTermKey) -> Bool {
        ConstantTime.equal(left.md5.span, right.md5.span) && ConstantTime.equal(left.sha256.span, right.sha256.span)
    }
}

extension LongTermKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Never the key.
    public var description: String { "LongTermKey(…)" }
    /// Never the key.
    public var debugDescription: String { description }
    /// Never the key.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The algorithms that turn `user:realm:password` into a key, as PASSWORD-ALGORITHM names them [RFC 8489 18.5].
public enum PasswordAlgorithm: UInt16, Sendable, Hashable {
    /// MD5, what RFC 5389 has.
    case md5 = 0x0001
    /// SHA-256.
    case sha256 = 0x0002

    /// Its name.
    public var text: String { self == .md5 ? "MD5" : "SHA-256" }
}

/// USERHASH: a user name that nobody on the way can read [RFC 8489 14.4].
public struct Userhash: Hashable, Sendable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// SHA-256 of `user:realm`.
    public init(username: String, realm: String) {
        self.init(Digest.sha256(Array("\(username):\(realm)".utf8).span).span)!
    }

    /// The hash in a USERHASH attribute; nil when it has not 32 bytes.
    public init?(_ bytes: Span<UInt8>) {
        guard bytes.count == 32 else { return nil }
        func word(_ offset: Int) -> UInt64 {
            var value: UInt64 = 0
            for index in offset..<offset + 8 { value = value << 8 | UInt64(bytes[index]) }
            return value
        }
        words = (word(0), word(8), word(16), word(24))
    }

    /// The 32 bytes for the attribute.
    public var bytes: [32 of UInt8] {
        let words = [words.0, words.1, words.2, words.3]
        return .init { UInt8(truncatingIfNeeded: words[$0 / 8] >> UInt64(56 - $0 % 8 * 8)) }
    }

    /// Whether both are the same hash.
    public static func == (left: Userhash, right: Userhash) -> Bool { left.words == right.words }

    /// A hash needs no more hashing than its first word.
    public func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}
