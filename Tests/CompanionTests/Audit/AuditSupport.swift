import Foundation
import Integrity
import Store

@testable import Companion

extension TestCompanion {
    var verifier: AuditVerifier { AuditVerifier(store: store) }

    /// The file of the log's head.
    var headPath: String { folder.appending(path: "audit.head").path }

    /// The file of checkpoints.
    var checkpointPath: String { folder.appending(path: "audit.checkpoints").path }

    func keeper() -> AuditKeeper { AuditKeeper(core: core, path: headPath, checkpointPath: checkpointPath) }

    func append(_ event: AuditEvent) async throws {
        let surroundings = core.surroundings
        try await store.write { try $0.audit(event, surroundings) }
    }

    /// So many events, with something to tell each from the others.
    func append(_ count: Int) async throws {
        let surroundings = core.surroundings
        try await store.write { connection in
            for number in 0..<count {
                try connection.audit(
                    AuditEvent(
                        type: .signIn, requester: "anna", owner: "anna", message: "signed in",
                        extra: ["number": .integer(Int64(number))], address: "192.0.2.1"),
                    surroundings)
            }
        }
    }

    /// All rows, the oldest first.
    func rows() async throws -> [AuditRecord] {
        try await store.read { connection in
            var filter = AuditFilter()
            filter.newestFirst = false
            filter.limit = AuditFilter.limitMax
            return try connection.audit(filter)
        }
    }

    /// What somebody does to the log who has the database in his hands: the triggers are no obstacle.
    func tamper(_ body: @escaping @Sendable (any StoreConnection) throws -> Void) async throws {
        try await store.write { connection in
            try connection.execute("DROP TRIGGER IF EXISTS audit_refuses_update", [])
            try connection.execute("DROP TRIGGER IF EXISTS audit_refuses_delete", [])
            try body(connection)
        }
    }

    /// Computes leaf and chain anew for all rows from `sequence` on: what an intruder does who knows the format.
    func rechain(from sequence: Int64) async throws {
        let rows = try await rows()
        try await tamper { connection in
            var chain = rows.last { $0.sequence < sequence }?.chain ?? AuditChain.start
            for row in rows where row.sequence >= sequence {
                let leaf = AuditChain.leaf(row)
                chain = AuditChain.next(chain, sequence: row.sequence, leaf: leaf)
                try connection.execute(
                    "UPDATE audit SET leaf = ?, chain = ? WHERE sequence = ?",
                    [.bytes(leaf), .bytes(chain), .integer(row.sequence)])
            }
        }
    }

    func sha256(_ bytes: [UInt8]) -> [UInt8] {
        let digest = Digest.sha256(bytes.span)
        return digest.indices.map { digest[$0] }
    }
}
