extension StoreConnection {
    /// Gives a person these recovery codes in place of all earlier ones.
    public func replaceRecoveryCodes(of person: String, hashes: [[UInt8]]) throws {
        try execute("DELETE FROM recovery_codes WHERE person_id = ?", [.text(person)])
        for hash in hashes {
            try execute(
                "INSERT INTO recovery_codes (person_id, hash, used_at) VALUES (?, ?, NULL)",
                [.text(person), .bytes(hash)])
        }
    }

    /// Uses a recovery code up: false when the person has none such, or used it before.
    public func takeRecoveryCode(of person: String, hash: [UInt8], at time: Int64) throws -> Bool {
        try execute(
            "UPDATE recovery_codes SET used_at = ? WHERE person_id = ? AND hash = ? AND used_at IS NULL",
            [.integer(time), .text(person), .bytes(hash)]) == 1
    }

    /// How many recovery codes a person has left.
    public func recoveryCodesLeft(of person: String) throws -> Int {
        try count(
            "SELECT count(*) AS value FROM recovery_codes WHERE person_id = ? AND used_at IS NULL", [.text(person)])
    }
}
