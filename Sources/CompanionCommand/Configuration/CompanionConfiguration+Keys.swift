import Companion
public import ConfigurationKeys
import Logging
import RelayServer
import STUN

extension CompanionConfiguration: ConfigurationValues {
    /// The one table of keys, in the order of `conf/tern.yaml`.
    public static let keys: [ConfigurationKey<Self>] = web + relay + accounts + mail + operation

    /// A line about each section.
    public static let sections: [ConfigurationSection] = [
        ConfigurationSection("companion", "The companion: accounts, signaling, documents, relay credentials."),
        ConfigurationSection("companion.tls", "TLS of its own listener; behind the relay's port, the relay's counts."),
        ConfigurationSection("companion.relay", "The relay that it hands out credentials for."),
        ConfigurationSection("companion.accounts", "People, passwords and sessions."),
        ConfigurationSection("companion.documents", "Shared documents, encrypted in the folder."),
        ConfigurationSection("companion.mail", "Mail with activation keys; without a server it stays in the outbox."),
        ConfigurationSection("companion.texts", "Text messages to telephones, through a web service."),
        ConfigurationSection("companion.log", "Log records go to standard error, one line each."),
    ]

    private static let web: [ConfigurationKey<Self>] = [
        .one(
            "companion.folder", "--companion-folder", \.folder, .text("FOLDER"), .atStart,
            "Folder of the database, its master key and the documents."),
        .list(
            "companion.origins", "--origin", \.origins, .origin, .atStart,
            "Where browsers reach the pages, https://HOST[:PORT]; mails name the first."),
        .list(
            "companion.listen", "--web-listen", \.listeners, .endpoint, .atStart,
            "Addresses of an own TLS listener, for installations where the relay runs elsewhere."),
        .optional(
            "companion.socket", "--web-socket", \.socket, .text("PATH"), .atStart,
            "Unix socket on which the relay hands over the HTTP of its TLS port (relay.tls.http-socket)."),
        .optional(
            "companion.tls.certificate", "--web-certificate", \.certificateFile, .text("FILE"), .atStart,
            "Certificate chain in PEM, the server's own first; watched for changes."),
        .optional(
            "companion.tls.private-key", "--web-private-key", \.privateKeyFile, .text("FILE"), .atStart,
            "Private key of the certificate, in PEM."),
    ]

    private static let relay: [ConfigurationKey<Self>] = [
        .optional(
            "companion.relay.admin", "--relay-admin", \.relayAdminSocket, .text("PATH"), .atStart,
            "Administration socket of the relay, to see and to end what it relays."),
        .list(
            "companion.relay.uris", "--turn-uri", \.relayURIs, .turnURI, .atStart,
            "URIs of the relay for clients, for example turn:relay.example:3478?transport=udp; a name for turns:."),
        .optional(
            "companion.relay.secrets", "--turn-secrets", \.relaySecrets, .text("FOLDER"), .atStart,
            "Folder of relay-secret-current and -previous, made when missing; the relay's secret-files name both."),
        .one(
            "companion.relay.credential-lifetime", "--credential-lifetime", \.credentialSeconds, .seconds(10...86_400),
            .atStart,
            "Lifetime of the credential of a call; it is renewed while the call lasts."),
    ]

    private static let accounts: [ConfigurationKey<Self>] = [
        .one(
            "companion.accounts.password-profile", "--password-profile", \.passwordProfile, .word("PROFILE"), .atStart,
            "default: 8 characters with upper and lower case and a digit; nist: 15 of any kind."),
        .one(
            "companion.accounts.sign-up", "--sign-up", \.allowsSignUp, .flag, .atStart,
            "Let people sign up by themselves; otherwise an administrator invites them."),
        .one(
            "companion.accounts.session-idle", "--session-idle", \.sessionIdleSeconds, .seconds(60...31_536_000),
            .atStart,
            "How long a session lasts without being used."),
        .one(
            "companion.accounts.session-lifetime", "--session-lifetime", \.sessionSeconds, .seconds(60...31_536_000),
            .atStart,
            "How long a session lasts at most."),
        .one(
            "companion.documents.size", "--document-size", \.documentBytes, .bytes(1...1 << 40), .atStart,
            "The largest document."),
        .one(
            "companion.documents.per-person", "--documents-per-person", \.documentBytesPerPerson, .bytes(1...1 << 44),
            .atStart,
            "Documents of one person, together."),
    ]

    private static let mail: [ConfigurationKey<Self>] = [
        .optional(
            "companion.mail.server", "--mail-server", \.mailServer, .mailServer, .atStart,
            "Server that takes mail, smtp://HOST:PORT (with STARTTLS) or smtps://HOST:PORT."),
        .one(
            "companion.mail.from", "--mail-from", \.mailFrom, .text("ADDRESS"), .atStart,
            "Sender of the mails."),
        .optional(
            "companion.mail.user", "--mail-user", \.mailUser, .text("NAME"), .atStart,
            "Name to sign in to the mail server with."),
        .optional(
            "companion.mail.password-file", "--mail-password-file", \.mailPasswordFile, .text("FILE"), .atStart,
            "File of the password for it."),
        .optional(
            "companion.mail.authority", "--mail-authority", \.mailAuthorityFile, .text("FILE"), .atStart,
            "Authority in PEM that the server's certificate must come from; none: the system's."),
        .optional(
            "companion.texts.webhook", "--text-webhook", \.textWebhook, .webhook, .atStart,
            "HTTPS address that text messages are posted to, as JSON {to, text}."),
        .optional(
            "companion.texts.token-file", "--text-token-file", \.textTokenFile, .text("FILE"), .atStart,
            "File of the bearer token that goes with each of them."),
    ]

    private static let operation: [ConfigurationKey<Self>] = [
        .one(
            "companion.log.level", "--companion-log-level", \.logLevel, .word("LEVEL"), .atStart,
            "trace, debug, info, notice, warning, error or critical."),
        .one(
            "companion.log.format", "--companion-log-format", \.logFormat, .word("FORMAT"), .atStart,
            "text or json."),
    ]
}
