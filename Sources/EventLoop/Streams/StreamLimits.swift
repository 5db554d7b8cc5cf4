/// Limits on streams, in bytes and milliseconds.
public struct StreamLimits: Sendable {
    /// Connections per loop.
    public var connectionsMax = 100_000
    /// Connections from one source, in all loops together: an IPv4 address or an IPv6 /64. A site behind one NAT
    /// address shares it.
    public var connectionsPerSource = 4_096
    /// Bytes that may wait in a connection's output queue before the oldest media is dropped.
    public var outputBytesMax = 256 * 1024
    /// How long media may wait in an output queue, in milliseconds.
    public var outputAgeMax: UInt64 = 1_000
    /// Output blocks (72 KiB each) per loop.
    public var outputBlocksMax = 4_096
    /// How long a TLS handshake may take, in milliseconds.
    public var handshakeTimeMax: UInt64 = 10_000
    /// How long a connection without an allocation may be silent or leave a message unfinished, in milliseconds.
    public var idleTimeMax: UInt64 = 60_000
    /// How long a connection with an allocation may leave a message unfinished, in milliseconds.
    public var partialTimeMax: UInt64 = 30_000
    /// The longest message of a connection that has no allocation yet, in bytes.
    public var strangerMessageBytesMax = 4_096
    /// Connections per loop that are passed on to the companion.
    public var passagesMax = 16_384
    /// How long a client waits while the companion's queue of new connections is full, in milliseconds.
    public var passageWaitTimeMax: UInt64 = 5_000
    /// How long neither side of such a connection may say anything, in milliseconds: the companion pings its
    /// WebSockets far more often.
    public var passageIdleTimeMax: UInt64 = 300_000
    /// The same when one side has ended already.
    public var passageHalfTimeMax: UInt64 = 60_000
    /// How long the client is given to close its side when everything has been said, in milliseconds.
    public var lingerTimeMax: UInt64 = 2_000

    /// The defaults.
    public init() {}
}
