/// Knobs of sessions and of signing in.
public struct SessionSettings: Sendable, Hashable {
    /// A session that is not used for so long ends. An open socket uses it.
    public var idleSeconds = 3600
    /// A session ends after so long, used or not [NIST SP 800-63B-4 2.2.3: 24 hours].
    public var lifetimeSeconds = 24 * 3600
    /// Sessions of one person; a new one ends the oldest beyond that.
    public var sessionsPerPersonMax = 20
    /// Seconds within which the use of a session is noted once.
    public var touchSeconds = 60
    /// How long a ticket opens a socket.
    public var ticketSeconds = 30
    /// Tickets of one session that are open at a time.
    public var ticketsPerSessionMax = 8
    /// How long the second factor may take.
    public var challengeSeconds = 300
    /// Codes that may be tried per sign-in.
    public var challengeAttemptsMax = 5
    /// Days for which an ended session is remembered: from where it was, its person is not held up by others' tries.
    public var rememberedDays = 30

    /// Tries from one source for one account.
    public var pairAttempts = AttemptPolicy(free: 5, firstDelay: 30, delayMax: 900, forgive: 1800)
    /// Tries for one account from sources its person never signed in from.
    public var accountAttempts = AttemptPolicy(free: 50, firstDelay: 10, delayMax: 300, forgive: 600)
    /// Tries from one source.
    public var sourceAttempts = AttemptPolicy(free: 60, firstDelay: 5, delayMax: 300, forgive: 30)
    /// Codes of the second factor for one account from sources its person never signed in from.
    public var codeAttempts = AttemptPolicy(free: 20, firstDelay: 60, delayMax: 3600, forgive: 3600)
    /// Accounts, keys and links asked for from one source.
    public var requestAttempts = AttemptPolicy(free: 30, firstDelay: 10, delayMax: 600, forgive: 60)
    /// Messages to one address.
    public var messageAttempts = AttemptPolicy(free: 5, firstDelay: 300, delayMax: 3600, forgive: 900)

    /// The defaults.
    public init() {}
}
