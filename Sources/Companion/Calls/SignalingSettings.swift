public import Signaling

/// Knobs of sockets, calls, rooms and chat.
public struct SignalingSettings: Sendable {
    /// Sizes and times of sockets and calls.
    public var limits = SignalingLimits()
    /// People see and may call only those who share a room with them; else everybody in the contact list.
    public var contactsShareRoom = false
    /// How often expired things are looked for.
    public var tickMilliseconds = 250
    /// Chat messages, calls and refusals that wait to be written; more are refused.
    public var waitingMax = 4_096
    /// Of those, so many are written in one transaction.
    public var batchMax = 256
    /// Frames that wait for a connection to take them.
    public var outboxFrames = 4_096
    /// Bytes of those frames.
    public var outboxBytes = 1 << 20
    /// Members of one room.
    public var membersPerRoom = 100
    /// Rooms of one person.
    public var roomsPerPerson = 1_000
    /// Bytes of a room's title.
    public var titleBytes = 200

    /// The defaults.
    public init() {}
}
