/// What a loop counts about the machine, beside what its core counts about the protocol. Read through a snapshot.
public struct LoopCounters: Sendable {
    /// Turns of the loop.
    public var turns: UInt64 = 0
    /// Nanoseconds spent between waits.
    public var busyNanoseconds: UInt64 = 0
    /// Nanoseconds since the loop began.
    public var totalNanoseconds: UInt64 = 0
    /// System calls that received datagrams.
    public var receiveCalls: UInt64 = 0
    /// System calls that sent datagrams.
    public var sendCalls: UInt64 = 0
    /// Datagrams dropped because a socket's send queue was full.
    public var sendQueueFull: UInt64 = 0
    /// Datagrams that the system refused to send.
    public var sendErrors: UInt64 = 0
    /// Runs of datagrams that had to be sent one by one.
    public var segmentationFallbacks: UInt64 = 0
    /// Datagrams that the kernel dropped because a listening socket's receive queue was full.
    public var clientReceiveDrops: UInt64 = 0
    /// Times more came in from clients than the loop could do, and their queue was made shallow.
    public var overloads: UInt64 = 0
    /// Datagrams that the kernel dropped at relay sockets that have since been closed.
    public var relayReceiveDrops: UInt64 = 0
    /// Datagrams larger than a buffer.
    public var truncated: UInt64 = 0
    /// Relay sockets that could not be opened.
    public var relayOpenFailures: UInt64 = 0
    /// Stream connections accepted.
    public var connectionsAccepted: UInt64 = 0
    /// Stream connections refused because the table was full.
    public var connectionsRefused: UInt64 = 0
    /// Stream connections refused because their source had too many.
    public var connectionsOverSource: UInt64 = 0
    /// Times no descriptor was left to accept with.
    public var descriptorsExhausted: UInt64 = 0
    /// Stream connections open now.
    public var connectionsOpen: UInt64 = 0
    /// Connections closed because nothing useful came in time.
    public var connectionsTimedOut: UInt64 = 0
    /// Connections closed because what came was neither STUN nor ChannelData.
    public var connectionsInvalid: UInt64 = 0
    /// TLS handshakes completed.
    public var handshakes: UInt64 = 0
    /// TLS handshakes that failed.
    public var handshakeFailures: UInt64 = 0
    /// Connections that speak HTTP and were passed on to the companion.
    public var passagesOpened: UInt64 = 0
    /// Connections passed on to the companion now.
    public var passagesOpen: UInt64 = 0
    /// Connections that speak HTTP and could not be passed on.
    public var passagesRefused: UInt64 = 0
    /// Messages dropped because a connection's output queue was full.
    public var outputDroppedFull: UInt64 = 0
    /// Messages dropped because they had waited too long in a connection's output queue.
    public var outputDroppedLate: UInt64 = 0
    /// Datagrams handed to another loop of this relay.
    public var handedOver: UInt64 = 0
    /// Channels handed to the kernel.
    public var channelsForwarded: UInt64 = 0
    /// Channels that the kernel had no room for.
    public var forwardingRefused: UInt64 = 0
    /// Datagrams that another loop had no room for.
    public var handOverDropped: UInt64 = 0

    /// All zero.
    public init() {}
}
