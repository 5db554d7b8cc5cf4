extension StoreConnection {
    /// Adds a reset's token.
    public func insertPasswordReset(hash: [UInt8], person: String, expiresAt: Int64) throws {
        try execute(
            "INSERT INTO password_resets (token_hash, person_id, expires_at, used_at) VALUES (?, ?, ?, NULL)",
            [.bytes(hash), .text(person), .integer(expiresAt)])
    }

    /// Whose password a token resets, while it is valid.
    public func passwordReset(hash: [UInt8], at time: Int64) throws -> String? {
        try row(
            "SELECT person_id FROM password_resets WHERE token_hash = ? AND used_at IS NULL AND expires_at > ?",
            [.bytes(hash), .integer(time)])?.text("person_id")
    }

    /// Uses a token up: false when somebody else did, or it has ended.
    public func takePasswordReset(hash: [UInt8], at time: Int64) throws -> Bool {
        try execute(
            "UPDATE password_resets SET used_at = ? WHERE token_hash = ? AND used_at IS NULL AND expires_at > ?",
            [.integer(time), .bytes(hash), .integer(time)]) == 1
    }

    /// Takes all tokens of a person back.
    public func deletePasswordResets(of person: String) throws {
        try execute("DELETE FROM password_resets WHERE person_id = ?", [.text(person)])
    }

    /// Removes tokens that ended before `time`.
    public func deletePasswordResets(endedBefore time: Int64) throws {
        try execute("DELETE FROM password_resets WHERE expires_at < ?", [.integer(time)])
    }
}
