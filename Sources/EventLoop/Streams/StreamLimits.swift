/// Limits on streams, in bytes and milliseconds.
public struct StreamLimits: Sendable {
    /// Connections per loop.
    public var connectionsMax = 100_000
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

    /// The defaults.
    public init() {}
}
