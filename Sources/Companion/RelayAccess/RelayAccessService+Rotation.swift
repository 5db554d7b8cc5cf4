import Foundation
import Logging
import Store
import Synchronization

extension RelayAccessService {
    private static let sinceName = "relay_secret_since"
    private static let dueName = "relay_reload_due"

    /// Makes a new secret the current one and the current one the previous; since when it is. The secret before them
    /// is gone, and with it what credentials of it could still open.
    public func rotateSecret(by principal: Principal?) async throws -> Int64 {
        guard principal.map({ $0.role == .admin }) ?? true else { throw ServiceFailure.forbidden }
        let begins = state.withLock { state in
            defer { state.isRotating = true }
            return !state.isRotating
        }
        guard begins else {
            throw ServiceFailure(code: "rotation_runs", status: 409, message: "Another rotation runs. Wait for it.")
        }
        defer { state.withLock { $0.isRotating = false } }
        // First the note: a crash between the files and the relay is mended at the next start.
        try await core.store.write { try $0.set(Self.dueName, to: [1]) }
        try secrets.prepare()
        do {
            try await relay.reload()
        } catch {
            core.logger.error("the relay has not read the new secret", metadata: ["reason": "\(error)"])
            throw Self.unreachable
        }
        return try await adopt(by: principal)
    }

    /// Since when the secret in use is the current one; nil before the first rotation.
    public func secretSince() async throws -> Int64? {
        let value = try await core.store.read { try $0.setting(Self.sinceName) }
        return value.flatMap { Int64(String(decoding: $0, as: UTF8.self)) }
    }

    /// Finishes a rotation that the relay did not learn of.
    func finishRotation() async throws {
        guard !state.withLock({ $0.isRotating }), try await core.store.read({ try $0.setting(Self.dueName) }) == [1]
        else { return }
        try await relay.reload()
        _ = try await adopt(by: nil)
    }

    private func adopt(by principal: Principal?) async throws -> Int64 {
        try secrets.adopt()
        return try await core.store.write { [core] connection in
            let now = core.now
            try connection.set(Self.sinceName, to: Array(String(now).utf8))
            try connection.set(Self.dueName, to: [0])
            try connection.audit(
                AuditEvent(
                    type: .turnSecretRotated, requester: principal?.personID,
                    message: "the relay's secret was replaced", address: principal?.address ?? ""),
                core.surroundings)
            return now
        }
    }
}
