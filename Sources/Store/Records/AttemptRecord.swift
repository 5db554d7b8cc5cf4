/// A row of `sign_in_attempts`: how often something went wrong in one bucket (an account, a source, a pair of them).
public struct AttemptRecord: Sendable, Equatable {
    /// Which bucket, as a blind index.
    public var bucket: [UInt8]
    /// Failures that count.
    public var failures: Int64
    /// Until when nothing is tried; 0 when nothing holds it.
    public var blockedUntil: Int64
    /// When it last changed.
    public var updatedAt: Int64

    /// The state of a bucket.
    public init(bucket: [UInt8], failures: Int64, blockedUntil: Int64, updatedAt: Int64) {
        self.bucket = bucket
        self.failures = failures
        self.blockedUntil = blockedUntil
        self.updatedAt = updatedAt
    }

    init(_ row: Row) throws {
        bucket = try row.bytes("bucket")
        failures = try row.integer("failures")
        blockedUntil = try row.integer("blocked_until")
        updatedAt = try row.integer("updated_at")
    }
}

extension StoreConnection {
    /// The state of a bucket; nil when nothing went wrong in it.
    public func attempts(bucket: [UInt8]) throws -> AttemptRecord? {
        try row("SELECT * FROM sign_in_attempts WHERE bucket = ?", [.bytes(bucket)]).map(AttemptRecord.init)
    }

    /// Writes the state of a bucket.
    public func put(_ attempts: AttemptRecord) throws {
        try execute(
            """
            INSERT INTO sign_in_attempts (bucket, failures, blocked_until, updated_at) VALUES (?, ?, ?, ?)
            ON CONFLICT (bucket) DO UPDATE SET failures = excluded.failures, blocked_until = excluded.blocked_until,
                updated_at = excluded.updated_at
            """,
            [
                .bytes(attempts.bucket), .integer(attempts.failures), .integer(attempts.blockedUntil),
                .integer(attempts.updatedAt),
            ])
    }

    /// Forgets a bucket.
    public func deleteAttempts(bucket: [UInt8]) throws {
        try execute("DELETE FROM sign_in_attempts WHERE bucket = ?", [.bytes(bucket)])
    }

    /// Forgets buckets that did not change since `time` and hold nothing back.
    public func deleteAttempts(unchangedSince time: Int64, now: Int64) throws {
        try execute(
            "DELETE FROM sign_in_attempts WHERE updated_at < ? AND blocked_until < ?", [.integer(time), .integer(now)])
    }

    /// Forgets the oldest buckets beyond the newest `keeping`.
    public func deleteAttempts(keeping: Int) throws {
        try execute(
            """
            DELETE FROM sign_in_attempts WHERE bucket IN (
                SELECT bucket FROM sign_in_attempts ORDER BY updated_at DESC LIMIT ? OFFSET ?)
            """,
            [.integer(.max), .integer(Int64(keeping))])
    }
}
