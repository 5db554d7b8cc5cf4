/// Every knob of the companion with its default. Each service has a struct of its own, next to its code.
public struct CompanionSettings: Sendable {
    /// What people see as the name of the service: in mails and in the authenticator.
    public var serviceName = "Tern"
    /// How browsers reach the server, without a path: the allowed origin, and the base of links in mails.
    public var publicURL = "https://localhost:8443"
    /// The audit log.
    public var audit = AuditSettings()
    /// Accounts.
    public var accounts = AccountSettings()
    /// Sessions and signing in.
    public var sessions = SessionSettings()
    /// Mail and text messages.
    public var mail = MailSettings()
    /// Credentials of the relay.
    public var relayAccess = RelayAccessSettings()
    /// Sockets, calls, rooms and chat.
    public var signaling = SignalingSettings()
    /// Documents.
    public var documents = DocumentSettings()

    /// The defaults.
    public init() {}
}
