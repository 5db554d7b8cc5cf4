import MediaPath

/// What one session of media came to, in both directions.
struct MediaOutcome: Sendable {
    /// The two ends of a session.
    enum End: Int, CaseIterable, Sendable {
        /// The relay's client, which begins the handshake.
        case client
        /// Who it talks to.
        case peer

        var other: End { self == .client ? .peer : .client }

        /// What goes from this end to the other.
        var direction: String { self == .client ? "client to peer" : "peer to client" }
    }

    /// Why a session has no keys.
    struct Failure: Sendable, Equatable {
        let end: End
        let reason: MediaEndpoint.Failure
    }

    /// Its number among all sessions, from 1.
    var number: Int
    /// Ends that saw the certificate that was signalled to them.
    var verifiedEnds = 0
    /// The first failure.
    var failure: Failure?
    /// The fingerprints that signaling told: the client's and the peer's.
    var fingerprints: [CertificateFingerprint] = []
    /// By the end that sends.
    var streams: [MediaStream] = []
    /// What was sent in clear on purpose, and came to each end.
    var openArrivals = 0
    /// What both ends sent and received, before the relay's framing.
    var wire = NeedleCounts()
}

/// The packets of one direction of a session, as its receiver counted them.
struct MediaStream: Sendable {
    /// What its packets name as their source.
    let source: UInt32
    let firstSequence: UInt16
    var sent: UInt64 = 0
    var received: UInt64 = 0
    var record: SequenceRecord
    var jitter: InterarrivalJitter
    /// Sum of the times from sending to arrival, in nanoseconds.
    var delaySum: UInt64 = 0
    /// Packets whose tag was wrong.
    var authenticationFailures: UInt64 = 0
    /// Of these, packets that name another session's source: by its number.
    var swapped: [Int: UInt64] = [:]
    /// Packets that came again.
    var replays: UInt64 = 0
    /// Packets that were no RTP, or came before there were keys.
    var malformed: UInt64 = 0
    /// Packets that were accepted, and are another session's.
    var foreign: UInt64 = 0

    init(source: UInt32, firstSequence: UInt16, clockRate: Double) {
        self.source = source
        self.firstSequence = firstSequence
        record = SequenceRecord(first: firstSequence)
        jitter = InterarrivalJitter(clockRate: clockRate)
    }

    /// The stream once nothing more comes.
    var finished: MediaStream {
        var copy = self
        copy.record.finish(sent: sent)
        return copy
    }

    /// Mean time from sending to arrival, in milliseconds.
    var delayMilliseconds: Double { received == 0 ? 0 : Double(delaySum) / Double(received) / 1e6 }
}
