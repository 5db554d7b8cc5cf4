/// Knobs of the audit log.
public struct AuditSettings: Sendable, Hashable {
    /// After so many new rows the head is written to its file outside of the database.
    public var rowsPerHead = 256
    /// And at the latest so many seconds after a row, when nothing else comes.
    public var secondsPerHead: Int64 = 60
    /// How often a signed checkpoint is added to the file of them, also when nothing happened.
    public var secondsPerCheckpoint: Int64 = 3600
    /// How often it is looked whether one of the two is due.
    public var secondsPerCheck = 1
    /// Rows that are read and handed out at a time in an export.
    public var rowsPerExportPage = 200

    /// The defaults.
    public init() {}
}
