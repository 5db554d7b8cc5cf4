public import Companion
public import Logging
public import RelayServer
public import STUN

/// Everything that can be configured about the companion, with its defaults.
///
/// Every value that can be set from outside has exactly one entry in `CompanionConfiguration.keys`.
public struct CompanionConfiguration: Sendable, Equatable {
    /// The folder of the database, its master key and the documents.
    public var folder = "companion-data"
    /// Where browsers reach the pages, as origins; the first is the one that mails name.
    public var origins: [Origin] = []

    /// Addresses of the companion's own TLS listener, for installations where the relay runs elsewhere.
    public var listeners: [TransportAddress] = []
    /// Unix socket on which the relay hands over what is HTTP on its TLS port.
    public var socket: String?
    /// Certificate chain of the own listener, PEM.
    public var certificateFile: String?
    /// Private key of that certificate, PEM.
    public var privateKeyFile: String?

    /// The administration socket of the relay, to end and to see what it relays.
    public var relayAdminSocket: String?
    /// URIs of the relay that clients are told, in the order of preference.
    public var relayURIs: [String] = []
    /// Folder of the two secrets that relay and companion share; none: they are in the companion's own folder.
    public var relaySecrets: String?
    /// Lifetime of the credential of a call.
    public var credentialSeconds = 600

    /// Which passwords are good enough.
    public var passwordProfile = PasswordProfile.standard
    /// Whether people may sign up by themselves, or an administrator must invite them.
    public var allowsSignUp = false
    /// How long a session lasts without being used.
    public var sessionIdleSeconds = 3_600
    /// How long a session lasts at most.
    public var sessionSeconds = 86_400

    /// The largest document.
    public var documentBytes = 1 << 30
    /// Documents of one person, together.
    public var documentBytesPerPerson = 20 << 30

    /// Server that takes mail; none: mail stays in the outbox.
    public var mailServer: String?
    /// The sender of mails.
    public var mailFrom = "tern@localhost"
    /// Name that the companion signs in to the mail server with.
    public var mailUser: String?
    /// File of the password for it.
    public var mailPasswordFile: String?
    /// Authority in PEM that the mail server's certificate must come from; none: the system's.
    public var mailAuthorityFile: String?
    /// HTTPS address that text messages are posted to.
    public var textWebhook: String?
    /// File of the token that goes with each text message.
    public var textTokenFile: String?

    /// The least important records that are written.
    public var logLevel = Logger.Level.notice
    /// How they are written.
    public var logFormat = LogFormat.text

    /// Every key at its default.
    public init() {}
}

/// An origin of the web, `https://host` or `https://host:port` [RFC 6454].
public struct Origin: Sendable, Hashable, LosslessStringConvertible {
    /// The origin as browsers send it.
    public let description: String

    /// Reads `https://host[:port]` without path; nil when the text is anything else.
    public init?(_ text: String) {
        let lowered = text.lowercased()
        guard lowered.hasPrefix("https://") else { return nil }
        var authority = lowered.dropFirst("https://".count)
        if authority.hasSuffix("/") { authority = authority.dropLast() }
        let isAllowed = authority.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
                UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"):
                true
            default: false
            }
        }
        guard !authority.isEmpty, isAllowed else { return nil }
        // Browsers leave the usual port out.
        if authority.hasSuffix(":443") { authority = authority.dropLast(4) }
        description = "https://" + authority
    }

    /// The name of its host; nil when it is an address.
    var name: String? {
        let authority = description.dropFirst("https://".count)
        let host = authority.prefix { $0 != ":" }
        return authority.hasPrefix("[") || IPAddress(String(host)) != nil ? nil : String(host)
    }

    /// Its port.
    var port: UInt16 {
        let digits = description.split(separator: ":").last.flatMap { UInt16($0) }
        return digits ?? 443
    }
}
