/// The least severe log records that are written.
public enum LogLevel: String, Sendable, CaseIterable {
    /// Everything, single datagrams too: for development.
    case trace
    /// Single requests and connections.
    case debug
    /// What an operator wants to know: start, stop, reload, allocations.
    case info
    /// Conditions that are not errors and still deserve a look.
    case notice
    /// What may become a problem.
    case warning
    /// What failed.
    case error
    /// What ends the relay.
    case critical
}

/// How log records are written, one line each.
public enum LogFormat: String, Sendable, CaseIterable {
    /// For people.
    case text
    /// For machines: one JSON object per line.
    case json
}
