import ConfigurationKeys
public import RelayCore

/// A user given in clear text as `name:password`; the password never appears in a description.
public struct ClearTextUser: Hashable, Sendable, CustomStringConvertible {
    /// The username.
    public var name: String
    /// The password, as typed.
    public var password: String

    /// A user with this name and password.
    public init(name: String, password: String) {
        self.name = name
        self.password = password
    }

    /// The name alone.
    public var description: String { name }
}

/// A file that holds one shared secret, written `FILE` or `CLASS=FILE`.
///
/// The class names the credentials made with that secret, so that an expiry policy can be given for them.
public struct SecretFile: Hashable, Sendable, LosslessStringConvertible {
    /// The class of credentials made with this secret.
    public var credentialClass: String
    /// Path of the file.
    public var path: String

    /// A secret file, and the class of the credentials that are made with it.
    public init(path: String, credentialClass: String = SecretFile.defaultClass) {
        self.path = path
        self.credentialClass = credentialClass
    }

    /// Reads `FILE` or `CLASS=FILE`; `nil` without a path.
    public init?(_ description: String) {
        if let equals = description.firstIndex(of: "="), Self.isClassName(description[..<equals]) {
            self.init(
                path: String(description[description.index(after: equals)...]),
                credentialClass: String(description[..<equals]))
        } else {
            self.init(path: description)
        }
        if path.isEmpty { return nil }
    }

    /// The same form that the initializer reads.
    public var description: String {
        credentialClass == Self.defaultClass ? path : "\(credentialClass)=\(path)"
    }

    /// The class of secrets that name none.
    public static let defaultClass = "default"

    /// Whether the text can name a class: ASCII letters, digits, `-` and `_`.
    static func isClassName(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy(isClassByte)
    }

    private static func isClassByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension CredentialExpiry {
    /// Reads `end`, `call` or `grace:DURATION`.
    init?(configured text: String) {
        switch text {
        case "end": self = .end
        case "call": self = .call
        default:
            guard text.hasPrefix("grace:"),
                let seconds = DurationText.seconds(String(text.dropFirst("grace:".count))).flatMap(
                    UInt32.init(exactly:))
            else { return nil }
            self = .grace(seconds: seconds)
        }
    }

    /// The same form that the initializer reads.
    var configuredText: String {
        switch self {
        case .end: "end"
        case .call: "call"
        case .grace(let seconds): "grace:\(DurationText.describe(seconds: Int(seconds)))"
        }
    }
}

/// The expiry policy of one class of credentials, written `CLASS=POLICY`.
public struct ClassExpiry: Hashable, Sendable, LosslessStringConvertible {
    /// The class, as a secret file names it.
    public var credentialClass: String
    /// What its expiry does.
    public var expiry: CredentialExpiry

    /// Reads `CLASS=POLICY`.
    public init?(_ description: String) {
        guard let equals = description.firstIndex(of: "="), SecretFile.isClassName(description[..<equals]),
            let expiry = CredentialExpiry(configured: String(description[description.index(after: equals)...]))
        else { return nil }
        credentialClass = String(description[..<equals])
        self.expiry = expiry
    }

    /// The same form that the initializer reads.
    public var description: String { "\(credentialClass)=\(expiry.configuredText)" }
}
