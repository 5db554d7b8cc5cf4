/// Knobs of the outbox. Where messages go is the transports' matter.
public struct MailSettings: Sendable, Hashable {
    /// Messages that wait at most; what would send one more is refused.
    public var waitingMax = 10_000
    /// Seconds until a message that did not go is tried again; twice as long each time.
    public var retrySeconds = 5
    /// The longest time between two tries.
    public var retrySecondsMax = 3600
    /// Tries after which a message is given up.
    public var attemptsMax = 14
    /// Seconds for which messages that were shown, or given up, can be read in the outbox.
    public var keptSeconds = 24 * 3600

    /// The defaults.
    public init() {}
}
