import MediaPath
import STUN

/// One call through the relay: two ends, the ways between them, and what became of it.
final class MediaSession {
    /// How far it is.
    enum State {
        /// Allocations and channels are asked for.
        case asking
        /// DTLS is under way.
        case handshaking
        /// Packets may be sent.
        case ready
        /// No media: but what the ends still say to each other is carried, so that both come to a verdict.
        case broken
        /// Its allocations are given back.
        case leaving
        /// It is over.
        case ended
    }

    /// Its place among the worker's sessions.
    let place: Int
    /// Its number among all, from 1.
    let number: Int
    /// When it was begun, in nanoseconds.
    let startedAt: UInt64
    var state = State.asking
    var handshakeStartedAt: UInt64 = 0
    /// By `MediaOutcome.End`.
    var legs: [any MediaLeg] = []
    var ends: [MediaEndpoint] = []
    var outcome: MediaOutcome
    /// Where the timestamps of its packets begin.
    let firstTimestamp: UInt32
    /// Allocations that wait to be given back.
    var leaving = 0

    var relayLegs: [RelayLeg] { legs.compactMap { $0 as? RelayLeg } }

    init(place: Int, number: Int, now: UInt64, firstTimestamp: UInt32) {
        self.place = place
        self.number = number
        self.firstTimestamp = firstTimestamp
        startedAt = now
        outcome = MediaOutcome(number: number)
    }
}

/// What all workers of a run of media know.
struct MediaSetting: Sendable {
    let media: MediaPlan
    let needles = Needles()
    /// What the first session's client names as its source; the others follow.
    let firstSource: UInt32
    /// Sessions at most: their sources are known to be of this run.
    let sessions: Int

    /// What an end of a session names as its source.
    func source(_ number: Int, _ end: MediaOutcome.End) -> UInt32 {
        firstSource &+ UInt32(truncatingIfNeeded: 2 * (number - 1) + end.rawValue)
    }

    /// The number of the session whose source this is; nil for a stranger's.
    func owner(of source: UInt32) -> Int? {
        let place = Int(source &- firstSource) / 2
        return place < sessions ? place + 1 : nil
    }
}
