public import Companion
import Logging

/// The services behind the server, wired to each other.
public struct CompanionServices: Sendable {
    /// Tells of sessions that end.
    public let events: SessionEvents
    /// Messages by mail and by telephone.
    public let mail: MailService
    /// People.
    public let accounts: AccountService
    /// Who is signed in.
    public let sessions: SessionService
    /// Credentials of the relay.
    public let relayAccess: RelayAccessService
    /// Sockets and calls.
    public let hub: SignalingHub
    /// Rooms.
    public let rooms: RoomService
    /// What was written in rooms.
    public let messages: MessageService
    /// What was shared in rooms.
    public let documents: DocumentService
    /// Keeps and verifies the audit log's head.
    public let audit: AuditKeeper

    /// The outside of a companion: where its messages, files and the relay are.
    public struct Outside: Sendable {
        /// Takes mails.
        public var mail: any MailTransport
        /// Takes text messages; nil when there are none.
        public var text: (any MailTransport)?
        /// The relay.
        public var relay: any RelayAdministration
        /// The secrets shared with it.
        public var secrets: RelaySecrets
        /// The folder of documents.
        public var documentsFolder: String
        /// The file that keeps the audit log's head, best on another disk than the database.
        public var auditHeadFile: String
        /// The file that signed checkpoints of the audit log are added to.
        public var auditCheckpointFile: String

        /// All of it.
        public init(
            mail: any MailTransport, text: (any MailTransport)? = nil, relay: any RelayAdministration,
            secrets: RelaySecrets, documentsFolder: String, auditHeadFile: String, auditCheckpointFile: String
        ) {
            self.mail = mail
            self.text = text
            self.relay = relay
            self.secrets = secrets
            self.documentsFolder = documentsFolder
            self.auditHeadFile = auditHeadFile
            self.auditCheckpointFile = auditCheckpointFile
        }
    }

    /// All services of `core`. When a session ends, its sockets and what its person has at the relay end with it.
    public init(core: CompanionCore, outside: Outside) {
        let events = SessionEvents()
        self.events = events
        mail = MailService(core: core, mail: outside.mail, text: outside.text)
        accounts = AccountService(core: core, mail: mail, events: events)
        sessions = SessionService(core: core, events: events)
        relayAccess = RelayAccessService(core: core, relay: outside.relay, secrets: outside.secrets)
        let hub = SignalingHub(core: core, issuer: relayAccess)
        self.hub = hub
        rooms = RoomService(core: core, announcer: hub)
        messages = MessageService(core: core)
        documents = DocumentService(core: core, folder: outside.documentsFolder, announcer: hub)
        audit = AuditKeeper(
            core: core, path: outside.auditHeadFile, checkpointPath: outside.auditCheckpointFile)
        relayAccess.follow(events)
        events.onEnded { [weak hub] sessions in await hub?.end(sessions: sessions) }
    }

    /// What has to be done before the first client.
    func start() async throws {
        try await audit.start()
        try await documents.start()
        try await hub.start()
    }

    /// Looks after time until the task is cancelled.
    func run(_ core: CompanionCore) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await mail.run() }
            group.addTask { await sessions.run() }
            group.addTask { await relayAccess.run() }
            group.addTask { await hub.run() }
            group.addTask {
                do {
                    try await audit.run()
                } catch {
                    core.logger.error("the head of the audit log was not kept: \(error)")
                }
            }
        }
    }
}
