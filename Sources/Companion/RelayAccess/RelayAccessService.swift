import Credentials
import Foundation
import Logging
public import Signaling
public import Store
import Synchronization
import Vault

/// Credentials of the relay: who may relay what, for how long, and the end of it.
///
/// A credential is computed from a secret that relay and companion share, so issuing asks nobody. It ends by itself;
/// what was opened with it goes on, so revoking tells the relay, which ends it at once.
public final class RelayAccessService: Sendable {
    /// Credentials and allocations that are listed at most.
    public static let listMax = 200
    /// Characters of a reason.
    public static let reasonCharactersMax = 200
    /// Credentials of one person that are looked at when all are revoked.
    static let revokeMax = 1000
    /// Hours back in which a credential may have opened what still runs.
    static let runningHoursMax: Int64 = 48
    /// A revocation may be forgotten so long after its credential has expired.
    static let forgottenAfterSeconds = runningHoursMax * 3_600
    /// Revocations that go to the relay at once.
    static let revocationsAtOnce = 8
    /// Allocations that are asked of the relay at most.
    static let allocationsMax = 100_000

    let core: CompanionCore
    let relay: any RelayAdministration
    let secrets: RelaySecrets
    let state = Mutex(State())

    struct State {
        /// The run of the relay whose events are read, and the last one that is known.
        var epoch = ""
        var last: Int64 = 0
        /// Revocations that the relay has not confirmed.
        var unconfirmed: Set<String> = []
        /// Whether a rotation runs.
        var isRotating = false
        /// Whether the relay answered last time.
        var isReachable = true
        /// When what is too old was last removed.
        var sweptAt: Int64 = 0
    }

    /// Credentials of the relay behind `relay`, made with `secrets`.
    public init(core: CompanionCore, relay: any RelayAdministration, secrets: RelaySecrets) {
        self.core = core
        self.relay = relay
        self.secrets = secrets
    }

    var settings: RelayAccessSettings { core.settings.relayAccess }

    /// Ends what people have at the relay when their last session ends or their account is closed.
    public func follow(_ events: SessionEvents) {
        events.onSignedOut { [weak self] person in await self?.revokeAll(of: person, reason: "signed out") }
    }

    // MARK: Issuing

    /// Servers and a credential for a member of a room, before a call.
    public func issue(for principal: Principal, room: String) async throws -> IceServers {
        try await issue(to: principal, room: room, call: nil)
    }

    /// Servers and a credential for a member of a room, in a call.
    public func issue(for principal: Principal, room: String, call: String) async throws -> IceServers {
        try await issue(to: principal, room: room, call: call)
    }

    private func issue(to principal: Principal, room: String, call: String?) async throws -> IceServers {
        let person = principal.personID
        let ttl = min(max(settings.ttlSeconds, settings.ttlSecondsMin), settings.ttlSecondsMax)
        let since = core.now - Int64(settings.issueWindowSeconds) * 1000
        return try await store(ttl: ttl) { [self] id, expiresAt, connection in
            // Asked again here: the session may have ended while the request was on its way.
            guard try connection.person(id: person)?.state == .active,
                let session = try connection.session(id: principal.sessionID), session.endedAt == nil
            else { throw ServiceFailure.notSignedIn }
            guard try connection.room(id: room, of: person) != nil else { throw ServiceFailure.notFound }
            let issued = try connection.relayCredentialCount(of: person, issuedAfter: since)
            guard issued < settings.issuesPerPersonMax else {
                throw ServiceFailure.tooMany(retryAfterSeconds: settings.issueWindowSeconds)
            }
            return record(
                id, person: person, room: room, call: call, reason: "call", issuedBy: person, expiresAt,
                principal.address)
        }
    }

    /// A credential that an administrator issues, for a person, a room or anybody, with a reason. `principal` is nil
    /// for whoever runs the server's command line.
    public func issueByAdministrator(
        reason: String, ttlSeconds: Int, room: String? = nil, person: String? = nil, by principal: Principal?
    ) async throws -> IceServers {
        guard principal.map({ $0.role == .admin }) ?? true else { throw ServiceFailure.forbidden }
        let reason = reason.trimmingCharacters(in: .whitespacesAndNewlines)
        guard 1...Self.reasonCharactersMax ~= reason.count else {
            throw ServiceFailure.invalid("Give a reason of 1 to \(Self.reasonCharactersMax) characters.")
        }
        guard settings.ttlSecondsMin...settings.ttlSecondsMax ~= ttlSeconds else {
            throw ServiceFailure.invalid(
                "A credential lasts \(settings.ttlSecondsMin) to \(settings.ttlSecondsMax) seconds.")
        }
        return try await store(ttl: ttlSeconds) { [self] id, expiresAt, connection in
            if let person, try connection.person(id: person)?.state != .active { throw ServiceFailure.notFound }
            if let room, try connection.room(id: room) == nil { throw ServiceFailure.notFound }
            return record(
                id, person: person, room: room, call: nil, reason: reason,
                issuedBy: principal?.personID ?? Self.system, expiresAt, principal?.address ?? "")
        }
    }

    /// Who issued what no person did.
    static let system = "system"

    private struct Issued: Sendable {
        let record: RelayCredentialRecord
        let address: String
    }

    private func record(
        _ id: String, person: String?, room: String?, call: String?, reason: String, issuedBy: String,
        _ expiresAt: Int64, _ address: String
    ) -> Issued {
        Issued(
            record: RelayCredentialRecord(
                id: id, personID: person, roomID: room, callID: call,
                reasonSealed: core.vault.seal(reason, context: Self.reason(id)), issuedBy: issuedBy,
                issuedAt: core.now, expiresAt: expiresAt),
            address: address)
    }

    private func store(
        ttl: Int, _ make: @escaping @Sendable (String, Int64, any StoreConnection) throws -> Issued
    ) async throws -> IceServers {
        guard !settings.turnURIs.isEmpty else {
            throw ServiceFailure(
                code: "relay_not_configured", status: 503, message: "This installation has no relay.")
        }
        let id = Identifier.make(core.surroundings)
        // The user name counts in seconds; a credential is never valid for longer than the row says.
        let expiresAt = (core.now / 1000 + Int64(ttl)) * 1000
        try await core.store.write { [core] connection in
            let issued = try make(id, expiresAt, connection)
            try connection.insert(issued.record)
            try connection.audit(
                AuditEvent(
                    type: .turnCredentialIssued, requester: issued.record.issuedBy, owner: issued.record.personID,
                    room: issued.record.roomID, message: "a credential of the relay was issued",
                    extra: ["credential": .text(id), "seconds": .integer(Int64(ttl))], address: issued.address),
                core.surroundings)
        }
        let pair = TimeLimitedCredential.issue(
            secret: secrets.current, id: id, expiresAtUnixSeconds: expiresAt / 1000)
        let stun = settings.stunURIs.isEmpty ? [] : [IceServers.Server(urls: settings.stunURIs)]
        let turn = IceServers.Server(urls: settings.turnURIs, username: pair.username, credential: pair.password)
        return IceServers(id: id, ttlSeconds: Int64(ttl), expiresAt: expiresAt, servers: stun + [turn])
    }

    // MARK: Looking

    /// The newest credentials.
    public func list(
        limit: Int = listMax, after cursor: PageCursor? = nil, by principal: Principal
    ) async throws -> Page<RelayCredentialSummary> {
        let limit = min(max(limit, 1), Self.listMax)
        guard principal.role == .admin else { throw ServiceFailure.forbidden }
        return try await core.store.read { [core] connection in
            try Page(
                connection.relayCredentials(limit: limit + 1, after: cursor), limit: limit,
                cursor: { PageCursor(key: $0.issuedAt, id: $0.id) }
            ) { record in
                RelayCredentialSummary(
                    id: record.id, personID: record.personID, roomID: record.roomID, callID: record.callID,
                    reason: try core.vault.openText(record.reasonSealed, context: Self.reason(record.id)),
                    issuedBy: record.issuedBy, issuedAt: record.issuedAt, expiresAt: record.expiresAt,
                    revokedAt: record.revokedAt)
            }
        }
    }

    /// What the relay carries now; nil when it does not answer.
    public func allocations(by principal: Principal) async throws -> [RelayAllocation]? {
        guard principal.role == .admin else { throw ServiceFailure.forbidden }
        guard let sessions = try? await relay.sessions(limit: Self.listMax).sessions else { return nil }
        return try await core.store.read { connection in
            try sessions.map { session in
                let credential = try Self.credentialID(session.username).flatMap {
                    try connection.relayCredential(id: $0)
                }
                return RelayAllocation(
                    id: session.id, personID: credential?.personID, roomID: credential?.roomID,
                    transport: session.transport, client: session.client, relayed: session.relayed,
                    bytesUp: session.toPeers.bytes, bytesDown: session.toClient.bytes, seconds: session.ageSeconds)
            }
        }
    }

    /// The relay's status document, JSON as the relay wrote it; nil when it does not answer.
    public func status(by principal: Principal) async throws -> [UInt8]? {
        guard principal.role == .admin else { throw ServiceFailure.forbidden }
        return try? await relay.status()
    }

    /// The id inside a user name.
    static func credentialID(_ username: String) -> String? { TimeLimitedCredential.parse(username: username)?.id }

    static func reason(_ id: String) -> SealContext {
        SealContext(table: "relay_credentials", column: "reason", row: id)
    }
}
