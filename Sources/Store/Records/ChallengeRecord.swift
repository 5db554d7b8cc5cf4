/// A row of `totp_challenges`: a sign-in whose password was right and whose second factor is missing.
public struct ChallengeRecord: Sendable, Equatable {
    /// The challenge's hash.
    public var hash: [UInt8]
    /// Who signs in.
    public var personID: String
    /// When it ends.
    public var expiresAt: Int64
    /// How often a code was given.
    public var attempts: Int64
    /// Where the password came from.
    public var address: String

    /// A challenge that nobody answered yet.
    public init(hash: [UInt8], personID: String, expiresAt: Int64, address: String) {
        self.hash = hash
        self.personID = personID
        self.expiresAt = expiresAt
        self.address = address
        attempts = 0
    }

    init(_ row: Row) throws {
        hash = try row.bytes("hash")
        personID = try row.text("person_id")
        expiresAt = try row.integer("expires_at")
        attempts = try row.integer("attempts")
        address = try row.text("address")
    }
}

extension StoreConnection {
    /// Adds a challenge.
    public func insert(_ challenge: ChallengeRecord) throws {
        try execute(
            "INSERT INTO totp_challenges (hash, person_id, expires_at, attempts, address) VALUES (?, ?, ?, ?, ?)",
            [
                .bytes(challenge.hash), .text(challenge.personID), .integer(challenge.expiresAt),
                .integer(challenge.attempts), .text(challenge.address),
            ])
    }

    /// Counts one answer and returns the challenge, if it is valid and had fewer than `attemptsMax`.
    public func tryChallenge(hash: [UInt8], at time: Int64, attemptsMax: Int) throws -> ChallengeRecord? {
        let counted = try execute(
            "UPDATE totp_challenges SET attempts = attempts + 1 WHERE hash = ? AND expires_at > ? AND attempts < ?",
            [.bytes(hash), .integer(time), .integer(Int64(attemptsMax))])
        guard counted == 1 else { return nil }
        return try row("SELECT * FROM totp_challenges WHERE hash = ?", [.bytes(hash)]).map(ChallengeRecord.init)
    }

    /// Takes all challenges of a person back, or uses them up.
    public func deleteChallenges(of person: String) throws {
        try execute("DELETE FROM totp_challenges WHERE person_id = ?", [.text(person)])
    }

    /// Removes challenges that ended before `time`.
    public func deleteChallenges(endedBefore time: Int64) throws {
        try execute("DELETE FROM totp_challenges WHERE expires_at < ?", [.integer(time)])
    }
}
