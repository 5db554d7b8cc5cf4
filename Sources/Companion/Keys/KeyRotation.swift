internal import Store
internal import Vault

/// Seals anew, under the newest master key, everything that was sealed under earlier ones: what follows a rotation.
///
/// A batch is a transaction, and each value tells by which key it was sealed: whatever interrupts this, the next run
/// goes on where it ended, and everything opens at any moment. Earlier keys stay in the file all the same: the blind
/// indexes and the password pepper follow from the first.
public struct KeyRotation: Sendable {
    /// Values that are sealed anew in one transaction.
    public static let batchMax = 200

    private let core: CompanionCore

    /// The rotation of this companion's data, which no other process may be serving.
    public init(core: CompanionCore) { self.core = core }

    /// Seals all that is left; how many values that were. One row in the audit log tells of it.
    @discardableResult
    public func rewrap(batchMax: Int = batchMax) async throws -> Int {
        var values = 0
        for column in SealedColumn.allCases {
            while true {
                let done = try await rewrap(column, batchMax)
                values += done
                if done == 0 { break }
            }
        }
        let (core, count, key) = (core, values, core.vault.currentKeyID)
        try await core.store.write { connection in
            // The database knows its key by this value.
            try connection.set(CompanionCore.checkName, to: core.vault.checkValue())
            try connection.audit(
                AuditEvent(
                    type: .keyRotated, message: "values were sealed anew under the newest master key",
                    extra: ["values": .integer(Int64(count)), "key": .integer(Int64(key))]), core.surroundings)
        }
        return values
    }

    /// Values that wait to be sealed anew, in all columns; at most `limit` are counted of each.
    public func left(limit: Int = 1) async throws -> Int {
        let key = core.vault.currentKeyID
        return try await core.store.read { connection in
            try SealedColumn.allCases.reduce(0) {
                try $0 + connection.sealedValues(of: $1, notUnder: key, limit: limit).count
            }
        }
    }

    private func rewrap(_ column: SealedColumn, _ batchMax: Int) async throws -> Int {
        let vault = core.vault
        return try await core.store.write { connection in
            let found = try connection.sealedValues(of: column, notUnder: vault.currentKeyID, limit: batchMax)
            for (row, value) in found {
                let context = SealContext(table: column.table, column: column.name, row: row)
                let new =
                    try column.isWrappedKey
                    ? vault.rewrap(value, context: context) : vault.reseal(value, context: context)
                _ = try connection.replaceSealed(column, of: row, value, with: new)
            }
            return found.count
        }
    }
}
