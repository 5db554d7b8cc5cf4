public import Integrity

/// A secret that the relay shares with those who issue time-limited credentials.
public struct SharedSecret: Sendable, Equatable {
    /// The secret itself.
    public let bytes: [UInt8]
    /// What to call it where people read: the file it comes from, a number. Never the secret.
    public let label: String

    /// A secret made of bytes.
    public init(bytes: [UInt8], label: String) {
        self.bytes = bytes
        self.label = label
    }

    /// A secret made of the UTF-8 form of a text, as coturn's `static-auth-secret` is.
    public init(text: String, label: String) {
        self.init(bytes: Array(text.utf8), label: label)
    }
}

extension SharedSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The label, never the secret.
    public var description: String { "SharedSecret(\(label))" }
    /// The label, never the secret.
    public var debugDescription: String { description }
    /// The label, never the secret.
    public var customMirror: Mirror { Mirror(self, children: ["label": label]) }
}

/// Credentials that carry their own end [draft-uberti-behave-turn-rest]: the user name is `expiry` or `expiry:id`
/// with the expiry in Unix seconds, the password is base64(HMAC-SHA1(secret, user name)). Whoever knows the secret can
/// issue them, and the relay checks them without asking anybody.
public enum TimeLimitedCredential {
    /// The character between expiry and id unless somebody configures another.
    public static let defaultSeparator = UInt8(ascii: ":")

    /// What a user name of this form says.
    public struct Name: Sendable, Equatable {
        /// When the credential ends, in Unix seconds.
        public let expiresAtUnixSeconds: Int64
        /// Whom it was issued to, if it says so.
        public let id: String?
    }

    /// A credential that ends at `expiresAtUnixSeconds`.
    public static func issue(
        secret: SharedSecret, id: String?, expiresAtUnixSeconds: Int64, separator: UInt8 = defaultSeparator
    ) -> (username: String, password: String) {
        var username = String(expiresAtUnixSeconds)
        if let id {
            username.unicodeScalars.append(Unicode.Scalar(separator))
            username += id
        }
        var mac = MessageAuthenticator()
        return (username, password(for: username, secret: secret, using: &mac))
    }

    /// The password of a user name.
    public static func password(
        for username: String, secret: SharedSecret, using mac: inout MessageAuthenticator
    ) -> String {
        Base64.encode(mac.sha1(key: secret.bytes.span, Array(username.utf8).span).span)
    }

    /// Reads a user name; nil when it has another form. The expiry has 1 to 18 digits and nothing else.
    public static func parse(username: String, separator: UInt8 = defaultSeparator) -> Name? {
        var expiry: Int64 = 0
        var digits = 0
        let bytes = username.utf8
        var index = bytes.startIndex
        while index < bytes.endIndex, 48...57 ~= bytes[index] {
            expiry = expiry &* 10 &+ Int64(bytes[index] - 48)
            digits += 1
            guard digits <= 18 else { return nil }
            index = bytes.index(after: index)
        }
        guard digits > 0 else { return nil }
        guard index < bytes.endIndex else { return Name(expiresAtUnixSeconds: expiry, id: nil) }
        guard bytes[index] == separator else { return nil }
        return Name(expiresAtUnixSeconds: expiry, id: String(username[bytes.index(after: index)...]))
    }
}
