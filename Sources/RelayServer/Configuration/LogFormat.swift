/// How log records are written, one line each.
public enum LogFormat: String, Sendable, CaseIterable {
    /// For people.
    case text
    /// For machines: one JSON object per line.
    case json
}
