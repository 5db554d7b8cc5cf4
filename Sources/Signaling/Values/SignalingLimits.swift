/// Every size and time of the signaling, each with its reason. Times are milliseconds.
public struct SignalingLimits: Sendable {
    /// How long a call rings.
    public var ringMilliseconds: Int64 = 45_000
    /// How long a lost socket can be resumed, and its call waits for it.
    public var resumeMilliseconds: Int64 = 60_000
    /// How long a person without a connection is still shown as online: a page that is loaded again, a change of
    /// network.
    public var presenceGraceMilliseconds: Int64 = 5_000

    /// Messages kept for a resumption: more than one side of a call can cause.
    public var replayMessages = 512
    /// Bytes kept for a resumption: three of the largest descriptions and the candidates around them.
    public var replayBytes = 196_608
    /// How long a message is kept that was sent: a dead connection is noticed within a minute, and can be resumed for
    /// another one.
    public var replayMilliseconds: Int64 = 120_000
    /// Changes of presence remembered for a lost socket; beyond those it has to ask again.
    public var replayPresence = 1_024

    /// Messages per second and socket, in the long run.
    public var messagesPerSecond: Int64 = 30
    /// Messages at once: the candidates of one gathering.
    public var messageBurst: Int64 = 60
    /// Refused messages in a row after which the connection is closed.
    public var refusalsBeforeClose = 120
    /// Call requests per minute and person, in the long run: each writes rows and makes devices ring.
    public var requestsPerMinute: Int64 = 20
    /// Call requests at once.
    public var requestBurst: Int64 = 10
    /// Refusals per minute and socket that reach the audit log.
    public var auditedRefusalsPerMinute: Int64 = 6
    /// Refusals at once that reach the audit log.
    public var auditedRefusalBurst: Int64 = 5

    /// ICE candidates of one side at once. An ICE restart begins with as many anew.
    public var candidateBurst: Int64 = 200
    /// ICE candidates per minute and side, in the long run: networks come and go while a call lasts.
    public var candidatesPerMinute: Int64 = 60
    /// Session descriptions of one side at once.
    public var descriptionBurst: Int64 = 64
    /// Session descriptions per minute and side, in the long run: a restart or a change of media each few seconds.
    public var descriptionsPerMinute: Int64 = 6
    /// Changes of the path per call and side that are written down.
    public var pathChangesPerSide = 32
    /// Messages of one call that wait for a transition to be written.
    public var heldMessages = 256
    /// Bytes of those messages.
    public var heldBytes = 262_144

    /// Sockets in all, lost ones included.
    public var sockets = 16_384
    /// Sockets of one person, lost ones included.
    public var socketsPerPerson = 8

    /// The least time between two sets of ICE servers that one side asks for.
    public var refreshMilliseconds: Int64 = 5_000
    /// ICE servers are replaced before they expire: by a quarter of their lifetime, but not more than this.
    public var refreshLeadMilliseconds: Int64 = 120_000

    /// The limits of a companion.
    public init() {}
}

/// Sizes of the texts that a socket may send: larger ones are refused before anything is done with them.
public enum TextLimits {
    /// One frame.
    public static let frameBytes = 65_536
    /// One session description.
    public static let descriptionBytes = 49_152
    /// One line of a session description.
    public static let descriptionLineBytes = 4_096
    /// Lines of a session description.
    public static let descriptionLines = 4_096
    /// Different fingerprints in a session description.
    public static let fingerprints = 8
    /// One ICE candidate.
    public static let candidateBytes = 1_024
    /// The name of a media section, or a fragment of a user name.
    public static let tokenBytes = 256
    /// One chat message.
    public static let chatBytes = 8_192
    /// An identifier made by the client.
    public static let clientIDBytes = 64
    /// Nesting of a frame.
    public static let frameDepth = 6
}
