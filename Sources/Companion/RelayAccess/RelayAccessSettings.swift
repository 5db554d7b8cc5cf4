/// Knobs of the relay's credentials.
public struct RelayAccessSettings: Sendable, Hashable {
    /// `stun:` addresses for clients, in the order they are listed.
    public var stunURIs: [String] = []
    /// `turn:` and `turns:` addresses for clients.
    public var turnURIs: [String] = []
    /// How long a credential of a call opens allocations; calls refresh it.
    public var ttlSeconds = 600
    /// Credentials end after so long at the least.
    public var ttlSecondsMin = 30
    /// Credentials that administrators issue end after so long at the latest.
    public var ttlSecondsMax = 24 * 3600
    /// Credentials of one person within ``issueWindowSeconds``.
    public var issuesPerPersonMax = 60
    /// Seconds in which they are counted.
    public var issueWindowSeconds = 600
    /// Seconds between two looks at what the relay did.
    public var usageSeconds = 2
    /// How long credentials and usage are kept after their end.
    public var keptDays = 90

    /// The defaults.
    public init() {}
}
