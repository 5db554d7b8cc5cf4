import MediaPath

/// What became of real media: what a user would have heard, and whether anybody touched it.
public struct MediaResult: Codable, Equatable, Sendable {
    /// What a call would sound like with one codec: an estimate [ITU-T G.107].
    public struct Voice: Codable, Equatable, Sendable {
        /// The codec and its concealment.
        public var codec: String
        /// The mean opinion score of all streams' mean, from 1 to 4.5.
        public var meanOpinionScore: Double
        /// That of the worst stream.
        public var worstMeanOpinionScore: Double
        /// The rating R that the first score comes from.
        public var rating: Double
    }

    /// A packet of sound holds so much, in milliseconds.
    static let packetMilliseconds = 20.0

    /// The name of the protection profile.
    public var srtpProfile: String
    /// The library that protects packets, and its version.
    public var library: String
    /// Handshakes that ended with keys.
    public var handshakes: UInt64 = 0
    /// From the first message until both ends had keys.
    public var handshake: LoadResult.Latency?
    /// Packets whose tag was wrong.
    public var authenticationFailures: UInt64 = 0
    /// Packets that came again, and were not accepted.
    public var replayRejections: UInt64 = 0
    /// Packets that were no RTP, or came before there were keys.
    public var malformed: UInt64 = 0
    /// In percent of the packets sent.
    public var lossPercent = 0.0
    /// How much loss comes in bursts: 1 if it does not [ITU-T G.107].
    public var burstRatio = 1.0
    /// The mean of all streams' interarrival jitter [RFC 3550 6.4.1].
    public var jitterMilliseconds = 0.0
    /// That of the worst stream.
    public var worstJitterMilliseconds = 0.0
    /// From sending to arrival.
    public var delayMilliseconds = 0.0
    /// From mouth to ear: with a packet's duration and the buffer that takes up jitter.
    public var mouthToEarMilliseconds = 0.0
    /// For the profile `voice`.
    public var voice: [Voice] = []

    /// What must not be, in one line; nil when nothing is.
    public var failure: String? {
        guard authenticationFailures + malformed > 0 else { return nil }
        return
            "\(authenticationFailures) SRTP packets failed authentication and \(malformed) were unreadable: something"
            + " on the way changes them; --prove tells more"
    }

    init(profile: SRTPProfile, library: String) {
        srtpProfile = profile.name
        self.library = library
    }

    /// Takes what the sessions came to.
    mutating func take(_ outcomes: [MediaOutcome], handshakes: LatencyHistogram, isVoice: Bool) {
        let streams = outcomes.flatMap(\.streams).map(\.finished)
        self.handshakes = handshakes.total
        handshake = LoadResult.Latency(handshakes)
        authenticationFailures = streams.reduce(0) { $0 + $1.authenticationFailures }
        replayRejections = streams.reduce(0) { $0 + $1.replays }
        malformed = streams.reduce(0) { $0 + $1.malformed }
        let heard = streams.filter { $0.sent > 0 }
        guard !heard.isEmpty else { return }
        let (sent, lost) = heard.reduce((0.0, 0.0)) { ($0.0 + Double($1.sent), $0.1 + Double($1.record.lost)) }
        let runs = heard.reduce(0.0) { $0 + Double($1.record.lossRuns) }
        lossPercent = 100 * lost / sent
        burstRatio = runs == 0 ? 1 : lost / runs * (1 - lost / sent)
        jitterMilliseconds = heard.reduce(0) { $0 + $1.jitter.milliseconds } / Double(heard.count)
        worstJitterMilliseconds = heard.map(\.jitter.milliseconds).max() ?? 0
        delayMilliseconds = heard.reduce(0) { $0 + $1.delayMilliseconds } / Double(heard.count)
        mouthToEarMilliseconds = MediaResult.mouthToEar(delayMilliseconds, jitterMilliseconds)
        if isVoice { voice = [EModel.Codec.g711, .g711Concealed].map { estimate($0, heard) } }
    }

    /// A packet is filled, travels, and waits in a buffer of one packet or twice the jitter.
    static func mouthToEar(_ delay: Double, _ jitter: Double) -> Double {
        packetMilliseconds + delay + max(packetMilliseconds, 2 * jitter)
    }

    private func estimate(_ codec: EModel.Codec, _ streams: [MediaStream]) -> Voice {
        let mean = EModel(
            delayMilliseconds: mouthToEarMilliseconds, lossPercent: lossPercent, burstRatio: burstRatio, codec: codec)
        let each = streams.map { stream in
            EModel(
                delayMilliseconds: MediaResult.mouthToEar(stream.delayMilliseconds, stream.jitter.milliseconds),
                lossPercent: 100 * stream.record.lossRatio, burstRatio: stream.record.burstRatio, codec: codec
            ).meanOpinionScore
        }
        return Voice(
            codec: codec.name, meanOpinionScore: mean.meanOpinionScore, worstMeanOpinionScore: each.min() ?? 1,
            rating: mean.rating)
    }
}
