/// A row of `activations`: the key that proves a person's address. One at a time.
public struct ActivationRecord: Sendable, Equatable {
    /// Whose address it proves.
    public var personID: String
    /// The key's hash.
    public var keyHash: [UInt8]
    /// When it ends.
    public var expiresAt: Int64
    /// How often another key was given.
    public var attempts: Int64

    /// A key that nobody tried yet.
    public init(personID: String, keyHash: [UInt8], expiresAt: Int64) {
        self.personID = personID
        self.keyHash = keyHash
        self.expiresAt = expiresAt
        attempts = 0
    }

    init(_ row: Row) throws {
        personID = try row.text("person_id")
        keyHash = try row.bytes("key_hash")
        expiresAt = try row.integer("expires_at")
        attempts = try row.integer("attempts")
    }
}

extension StoreConnection {
    /// The key a person has to give.
    public func activation(of person: String) throws -> ActivationRecord? {
        try row("SELECT * FROM activations WHERE person_id = ?", [.text(person)]).map(ActivationRecord.init)
    }

    /// Gives a person a key, in place of an earlier one.
    public func replace(_ activation: ActivationRecord) throws {
        try deleteActivation(of: activation.personID)
        try execute(
            "INSERT INTO activations (person_id, key_hash, expires_at, attempts) VALUES (?, ?, ?, ?)",
            [
                .text(activation.personID), .bytes(activation.keyHash), .integer(activation.expiresAt),
                .integer(activation.attempts),
            ])
    }

    /// Counts a wrong key.
    public func countActivationAttempt(of person: String) throws {
        try execute("UPDATE activations SET attempts = attempts + 1 WHERE person_id = ?", [.text(person)])
    }

    /// Takes a person's key back, or uses it up.
    public func deleteActivation(of person: String) throws {
        try execute("DELETE FROM activations WHERE person_id = ?", [.text(person)])
    }
}
