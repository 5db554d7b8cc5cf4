import Companion
import Store

/// What the server needs of what is behind it.
struct ServerParts: Sendable {
    /// What the API document calls itself.
    var serviceName: String
    var routes: [Route]
    var pages = PageLibrary.embedded
    var sessions: any SessionKeeper
    /// Takes a socket's ticket; nil when it is none.
    var redeem: @Sendable (_ ticket: String, _ address: String) async throws -> Principal?
    /// Connects a new socket.
    var attach: @Sendable (Principal) async throws -> SocketLine
    /// Whether requests can be served now.
    var isReady: @Sendable () async -> Bool
    /// What is done before the first client.
    var start: @Sendable () async throws -> Void = {}
    /// What goes on beside the clients, until the task is cancelled.
    var run: @Sendable () async -> Void = {}
    /// What is done when no new clients come.
    var stop: @Sendable () async -> Void = {}
}

extension ServerParts {
    /// The parts of a whole companion.
    init(_ core: CompanionCore, _ services: CompanionServices) {
        let sessions = services.sessions
        let hub = services.hub
        self.init(
            serviceName: core.settings.serviceName, routes: RouteTable.make(core, services),
            sessions: SessionServiceKeeper(sessions: sessions),
            redeem: { try await sessions.redeem(ticket: $0, address: $1) },
            attach: { SocketLine(hub, try await hub.attach($0), sessions) },
            isReady: { (try? await core.store.read { try $0.count("SELECT 1 AS value") }) == 1 },
            start: {
                try await services.start()
                try await core.note(.serverStarted, "the server has started")
            },
            run: { await services.run(core) },
            stop: {
                await hub.shutdown()
                try? await core.note(.serverStopped, "the server stops")
            })
    }
}

extension CompanionCore {
    /// A row in the audit log about the server itself.
    fileprivate func note(_ type: AuditType, _ message: String) async throws {
        let surroundings = surroundings
        try await store.write { try $0.audit(AuditEvent(type: type, message: message), surroundings) }
    }
}
