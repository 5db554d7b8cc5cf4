/// Knobs of the audit log.
public struct AuditSettings: Sendable, Hashable {
    /// After so many new rows the head is written to its file outside of the database.
    public var rowsPerHead = 256
    /// And at the latest so many seconds after a row, when nothing else comes.
    public var secondsPerHead = 60

    /// The defaults.
    public init() {}
}
