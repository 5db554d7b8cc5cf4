import Foundation
import Logging
import Store
import Synchronization

extension RelayAccessService {
    /// Events that are asked for at once.
    static let usageMax = 500
    /// Revocations that a relay which was started anew is told again.
    static let repeatedMax = 10_000
    /// Seconds between two removals of what is too old.
    static let sweepSeconds: Int64 = 3600

    /// Reads what the relay did, repeats what it did not confirm, until the task is cancelled.
    public func run() async {
        while !Task.isCancelled {
            await poll()
            try? await Task.sleep(for: .seconds(max(1, settings.usageSeconds)))
        }
    }

    /// One round.
    func poll() async {
        do {
            try await finishRotation()
            while try await readUsage() == Self.usageMax, !Task.isCancelled {}
            let unconfirmed = state.withLock { $0.unconfirmed }
            if !unconfirmed.isEmpty { await tell(unconfirmed) }
            try await sweep()
            report(nil)
        } catch {
            report(error)
        }
    }

    /// Says once that the relay is out of reach, and once that it is back.
    private func report(_ failure: (any Error)?) {
        let changed = state.withLock { state in
            defer { state.isReachable = failure == nil }
            return state.isReachable != (failure == nil)
        }
        guard changed else { return }
        if let failure {
            core.logger.warning("\(failure)")
        } else {
            core.logger.notice("the relay answers again")
        }
    }

    /// Reads and keeps the next events; how many.
    private func readUsage() async throws -> Int {
        let (epoch, last) = state.withLock { ($0.epoch, $0.last) }
        let usage = try await relay.usage(after: last, limit: Self.usageMax)
        guard usage.epoch == epoch else {
            try await meet(usage.epoch)
            return Self.usageMax
        }
        if usage.lost > 0 {
            core.logger.warning("the relay forgot events before they were read", metadata: ["lost": "\(usage.lost)"])
        }
        guard let newest = usage.entries.map(\.sequence).max() else { return 0 }
        try await core.store.write { [self] connection in
            for entry in usage.entries { try keep(entry, epoch, connection) }
        }
        state.withLock { $0.last = max($0.last, newest) }
        return usage.entries.count
    }

    /// Another run of the relay: it counts anew and knows of no revocation.
    private func meet(_ epoch: String) async throws {
        let now = core.now
        let (last, revoked) = try await core.store.read { connection in
            (
                try connection.relayUsageLast(relay: epoch),
                try connection.revokedRelayCredentials(at: now, limit: Self.repeatedMax)
            )
        }
        state.withLock { state in
            state.epoch = epoch
            state.last = last
            state.unconfirmed.formUnion(revoked)
        }
    }

    private func keep(_ entry: RelayUsage.Entry, _ epoch: String, _ connection: any StoreConnection) throws {
        let credential = try (entry.id ?? Self.credentialID(entry.username)).flatMap {
            try connection.relayCredential(id: $0)
        }
        let isNew = try connection.insertIfNew(
            RelayUsageRecord(
                relay: epoch, sequence: entry.sequence, credentialID: credential?.id, roomID: credential?.roomID,
                event: entry.event, transport: entry.transport, bytesUp: entry.bytesUp, bytesDown: entry.bytesDown,
                startedAt: entry.startedAt, endedAt: entry.endedAt, reason: entry.reason))
        guard isNew else { return }
        let hasEnded = entry.event == "ended"
        var extra: [String: AuditValue] = [
            "allocation": .text(entry.allocation), "transport": .text(entry.transport),
            "started_at": .integer(entry.startedAt),
        ]
        if let credential {
            extra["credential"] = .text(credential.id)
            if let call = credential.callID { extra["call"] = .text(call) }
        }
        if hasEnded {
            extra["bytes_up"] = .integer(entry.bytesUp)
            extra["bytes_down"] = .integer(entry.bytesDown)
            if let endedAt = entry.endedAt { extra["milliseconds"] = .integer(endedAt - entry.startedAt) }
            if let reason = entry.reason { extra["reason"] = .text(reason) }
        }
        try connection.audit(
            AuditEvent(
                type: hasEnded ? .turnAllocationEnded : .turnAllocationOpened, requester: credential?.personID,
                owner: credential?.personID, room: credential?.roomID,
                message: hasEnded ? "an allocation ended at the relay" : "an allocation was opened at the relay",
                extra: extra, address: entry.client),
            core.surroundings)
    }

    private func sweep() async throws {
        let now = core.now
        guard state.withLock({ now - $0.sweptAt >= Self.sweepSeconds * 1000 }) else { return }
        state.withLock { $0.sweptAt = now }
        let before = now - Int64(settings.keptDays) * 86_400_000
        try await core.store.write { connection in
            try connection.deleteRelayCredentials(expiredBefore: before)
            try connection.deleteRelayUsage(startedBefore: before)
        }
    }
}
