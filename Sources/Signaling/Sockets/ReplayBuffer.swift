/// The last messages of a socket, for when its connection is lost: bounded in number, bytes and age.
struct ReplayBuffer: Sendable {
    struct Entry: Sendable {
        let sequence: UInt64
        let at: Int64
        let message: ServerMessage
    }

    /// The messages kept now, oldest first.
    private(set) var entries: [Entry] = []
    private(set) var bytes = 0
    /// The number that the next message gets.
    private(set) var nextSequence: UInt64 = 1

    /// Takes a message in and gives its number.
    mutating func append(_ message: ServerMessage, now: Int64, isConnected: Bool, limits: SignalingLimits) -> UInt64 {
        let sequence = nextSequence
        nextSequence += 1
        entries.append(Entry(sequence: sequence, at: now, message: message))
        bytes += message.byteCount
        drop { entry, count, bytes in
            // What was sent this long ago has arrived, or nobody asks for it any more.
            let isOld = isConnected && now - entry.at > limits.replayMilliseconds
            return count > limits.replayMessages || bytes > limits.replayBytes || isOld
        }
        return sequence
    }

    /// Drops what the page has: everything up to `last`.
    ///
    /// - Returns: whether all that follows is still here.
    mutating func acknowledge(_ last: UInt64) -> Bool {
        guard last < nextSequence else { return false }
        drop { entry, _, _ in entry.sequence <= last }
        return (entries.first?.sequence ?? nextSequence) == last + 1
    }

    /// Drops from the front for as long as `condition` holds for the first entry, the count and the bytes.
    private mutating func drop(while condition: (Entry, Int, Int) -> Bool) {
        var dropped = 0
        while dropped < entries.count, condition(entries[dropped], entries.count - dropped, bytes) {
            bytes -= entries[dropped].message.byteCount
            dropped += 1
        }
        if dropped > 0 { entries.removeFirst(dropped) }
    }
}
