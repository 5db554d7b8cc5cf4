import Foundation
import Logging
import Store
import Synchronization

extension RelayAccessService {
    /// Revokes a credential: it opens nothing any more, and what it opened ends at once.
    public func revoke(_ id: String, by principal: Principal?) async throws {
        guard principal.map({ $0.role == .admin }) ?? true else { throw ServiceFailure.forbidden }
        let isKnown = try await core.store.write { [self] connection in
            guard let credential = try connection.relayCredential(id: id) else { return false }
            try revoke(
                credential, requester: principal?.personID, reason: "by an administrator",
                address: principal?.address ?? "", connection)
            return true
        }
        guard isKnown else { throw ServiceFailure.notFound }
        // Revoked before or not: the relay may have been out of reach then.
        await tell([id])
    }

    /// Revokes what was issued for a call.
    public func revokeAll(ofCall call: String) async {
        await revokeAll(reason: "the call was ended by the server") { connection in
            try connection.relayCredentials(ofCall: call, limit: Self.revokeMax)
        }
    }

    /// Revokes whatever a person can open allocations with, or has allocations from.
    func revokeAll(of person: String, reason: String) async {
        let since = core.now - Self.runningHoursMax * 3_600_000
        await revokeAll(reason: reason) { connection in
            try connection.relayCredentials(of: person, issuedAfter: since, limit: Self.revokeMax)
        }
    }

    private func revokeAll(
        reason: String, _ select: @escaping @Sendable (any StoreConnection) throws -> [RelayCredentialRecord]
    ) async {
        do {
            let candidates = try await core.store.read(select)
            var ids = Set(candidates.filter { $0.expiresAt > core.now }.map(\.id))
            let ended = candidates.filter { $0.expiresAt <= core.now }
            if !ended.isEmpty {
                // What a credential opened outlives it [the relay asks for its expiry when it opens only].
                let sessions = try? await relay.sessions(limit: Self.allocationsMax).sessions
                let running = sessions.map { Set($0.compactMap { Self.credentialID($0.username) }) }
                // Of a relay that does not answer nothing is known: all of them are revoked when it does.
                ids.formUnion(ended.map(\.id).filter { running?.contains($0) ?? true })
            }
            guard !ids.isEmpty else { return }
            let revoked = ids
            try await core.store.write { [self] connection in
                for credential in candidates where revoked.contains(credential.id) {
                    try revoke(credential, requester: nil, reason: reason, address: "", connection)
                }
            }
            await tell(ids)
        } catch {
            core.logger.error("credentials of the relay cannot be revoked: \(error)")
        }
    }

    private func revoke(
        _ credential: RelayCredentialRecord, requester: String?, reason: String, address: String,
        _ connection: any StoreConnection
    ) throws {
        guard try connection.revokeRelayCredential(id: credential.id, at: core.now) else { return }
        try connection.audit(
            AuditEvent(
                type: .turnCredentialRevoked, requester: requester, owner: credential.personID,
                room: credential.roomID, message: "a credential of the relay was revoked",
                extra: ["credential": .text(credential.id), "reason": .text(reason)], address: address),
            core.surroundings)
    }

    /// Tells the relay, several at once; what it does not confirm is said again until it does.
    func tell(_ ids: Set<String>) async {
        state.withLock { $0.unconfirmed.formUnion(ids) }
        await withTaskGroup { group in
            var waiting = Array(ids)
            for _ in 0..<min(Self.revocationsAtOnce, waiting.count) {
                let id = waiting.removeLast()
                group.addTask { [self] in await tell(id) }
            }
            while await group.next() != nil {
                guard let id = waiting.popLast() else { continue }
                group.addTask { [self] in await tell(id) }
            }
        }
    }

    private func tell(_ id: String) async {
        let credential = try? await core.store.read { try $0.relayCredential(id: id) }
        let forgetAfter = credential.map { $0.expiresAt / 1_000 + Self.forgottenAfterSeconds }
        do throws(RelayFailure) {
            _ = try await relay.revoke(id, forgetAfterUnixSeconds: forgetAfter)
            state.withLock { _ = $0.unconfirmed.remove(id) }
        } catch {
            core.logger.error("a revocation waits", metadata: ["credential": "\(id)", "reason": "\(error)"])
        }
    }

    /// Ends one allocation; its credential stays valid.
    public func end(allocation: String, by principal: Principal) async throws {
        guard principal.role == .admin else { throw ServiceFailure.forbidden }
        let isEnded: Bool
        do {
            isEnded = try await relay.end(allocation)
        } catch {
            throw Self.unreachable
        }
        try await core.store.write { [core] connection in
            try connection.audit(
                AuditEvent(
                    type: .turnAllocationEnded, outcome: isEnded ? .success : .failure,
                    requester: principal.personID, message: "an administrator ended an allocation",
                    extra: ["allocation": .text(allocation)], address: principal.address),
                core.surroundings)
        }
        guard isEnded else { throw ServiceFailure.notFound }
    }

    static let unreachable = ServiceFailure(
        code: "relay_unreachable", status: 503, message: "The relay does not answer. Start it, or try again.",
        retryAfterSeconds: 5)
}
