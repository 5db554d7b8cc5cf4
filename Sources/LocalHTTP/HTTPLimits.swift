/// What one service bears with.
public struct HTTPLimits: Sendable, Equatable {
    /// Connections at once; one more is closed unheard.
    public var connectionsMax = 128
    /// Bytes of a request's first line and header fields together.
    public var headerBytesMax = 16_384
    /// Header fields of a request.
    public var headerFieldsMax = 64
    /// Bytes of a request's body.
    public var bodyBytesMax: Int
    /// From a request's first byte to its last, in milliseconds.
    public var requestMilliseconds: Int64 = 15_000
    /// How long a connection may say nothing between requests, in milliseconds.
    public var idleMilliseconds: Int64 = 60_000
    /// How long the responder may think, in milliseconds.
    public var answerMilliseconds: Int64 = 60_000
    /// How long a client may take to receive its answer, in milliseconds.
    public var deliveryMilliseconds: Int64 = 60_000
    /// How long what still comes after the last answer is thrown away, in milliseconds.
    public var lingerMilliseconds: Int64 = 5000
    /// What requests under way get when the service stops, in milliseconds.
    public var stopMilliseconds: Int64 = 100
    /// Between a listener's end and the next attempt, in milliseconds.
    public var reopenMilliseconds: Int64 = 1000

    /// The usual limits.
    public init(bodyBytesMax: Int = 4096) { self.bodyBytesMax = bodyBytesMax }
}
