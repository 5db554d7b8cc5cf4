import Glibc

/// The E-model of ITU-T G.107 (06/2015): what a call would sound like, estimated from delay and loss.
///
/// All parameters but delay, loss and codec have the default values of its Table 2: an echo loss of 65 dB among them,
/// which is why delay costs something below 100 ms, too.
public struct EModel: Sendable {
    /// What a codec and its concealment make of loss [ITU-T G.113 Appendix I].
    public struct Codec: Hashable, Sendable {
        /// What it is called.
        public let name: String
        /// Ie: what it costs without loss.
        public let impairment: Double
        /// Bpl: how robust it is against loss.
        public let robustness: Double

        /// G.711, a lost packet is silence.
        public static let g711 = Codec(name: "G.711", impairment: 0, robustness: 4.3)
        /// G.711 with the concealment of its Appendix I: the nearest that G.113 lists to what browsers do.
        public static let g711Concealed = Codec(name: "G.711 with concealment", impairment: 0, robustness: 25.1)
    }

    /// One way from mouth to ear, in milliseconds.
    public var delayMilliseconds: Double
    /// In percent.
    public var lossPercent: Double
    /// 1 for random loss, more for bursts.
    public var burstRatio: Double
    /// What speaks.
    public var codec: Codec

    /// A connection with these properties.
    public init(delayMilliseconds: Double, lossPercent: Double, burstRatio: Double = 1, codec: Codec) {
        self.delayMilliseconds = delayMilliseconds
        self.lossPercent = lossPercent
        self.burstRatio = burstRatio
        self.codec = codec
    }

    /// The transmission rating R [G.107 7.1]; 93.2 at best.
    public var rating: Double {
        EModel.signalToNoise - EModel.simultaneous - delayImpairment - effectiveImpairment
    }

    /// The mean opinion score, from 1 to 4.5 [G.107 Annex B].
    public var meanOpinionScore: Double { EModel.meanOpinionScore(rating: rating) }

    /// The mean opinion score of a rating [G.107 Annex B].
    public static func meanOpinionScore(rating: Double) -> Double {
        if rating <= 0 { return 1 }
        if rating >= 100 { return 4.5 }
        return max(1, 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6)
    }

    // MARK: - Impairments

    /// Ie-eff: codec and loss [G.107 7.5].
    var effectiveImpairment: Double {
        let loss = max(0, lossPercent)
        guard loss > 0 else { return codec.impairment }
        return codec.impairment
            + (95 - codec.impairment) * loss / (loss / max(burstRatio, 0.01) + codec.robustness)
    }

    /// Id: echo of the talker and the listener, and delay as such [G.107 7.4].
    var delayImpairment: Double {
        let oneWay = max(0, delayMilliseconds)
        return talkerEcho(oneWay) + listenerEcho(2 * oneWay) + absoluteDelay(oneWay)
    }

    /// Idte.
    private func talkerEcho(_ delay: Double) -> Double {
        let loudness: Double =
            EModel.talkerEchoLoss - 40 * log10((1 + delay / 10) / (1 + delay / 150)) + 6 * exp(-0.3 * delay * delay)
        let echo = 80 + 2.5 * (loudness - 14)
        let noise: Double = -1.5 * (EModel.noise - EModel.receiveLoudness)
        let gap = noise - echo
        return (gap / 2 + sqrt(gap * gap / 4 + 100) - 1) * (1 - exp(-delay))
    }

    /// Idle.
    private func listenerEcho(_ roundTrip: Double) -> Double {
        let echo = 10.5 * (EModel.echoPathLoss + 7) * pow(roundTrip + 1, -0.25)
        let gap = EModel.signalToNoise - echo
        return gap / 2 + sqrt(gap * gap / 4 + 169)
    }

    /// Idd.
    private func absoluteDelay(_ delay: Double) -> Double {
        guard delay > 100 else { return 0 }
        let doublings = log2(delay / 100)
        return 25 * (EModel.rounded(doublings, 6) - 3 * EModel.rounded(doublings / 3, 6) + 2)
    }

    /// 1 for small values and the value itself for large ones, with a bend between them that `power` makes sharp.
    private static func rounded(_ value: Double, _ power: Double) -> Double {
        pow(1 + pow(value, power), 1 / power)
    }

    // MARK: - Constants of the default connection

    private static let sendLoudness = 8.0  // SLR, dB
    private static let receiveLoudness = 2.0  // RLR, dB
    private static let sidetoneLoss = 15.0  // STMR, dB
    private static let talkerEchoLoss = 65.0  // TELR, dB
    private static let echoPathLoss = 110.0  // WEPL, dB

    /// No: all noise, as power at the 0 dBr point [G.107 7.2].
    private static let noise: Double = {
        let overall = sendLoudness + receiveLoudness
        let circuit = -70.0
        let (roomSend, roomReceive, deltaSend, deltaReceive) = (35.0, 35.0, 3.0, 3.0)
        let level: Double = roomSend - overall - deltaSend - 14
        let sending: Double = roomSend - sendLoudness - deltaSend - 100 + 0.004 * level * level
        let listener = sidetoneLoss + deltaReceive
        let effective = roomReceive + 10 * log10(1 + pow(10, (10 - listener) / 10))
        let gap: Double = effective - 35
        let receiving: Double = receiveLoudness - 121 + effective + 0.008 * gap * gap
        let floor = -64 + receiveLoudness
        return 10 * log10([circuit, sending, receiving, floor].reduce(0) { $0 + pow(10, $1 / 10) })
    }()

    /// Ro [G.107 7.2].
    private static let signalToNoise = 15 - 1.5 * (sendLoudness + noise)

    /// Is: what happens together with the voice, with one quantizing step [G.107 7.3].
    private static let simultaneous: Double = {
        let excess = sendLoudness + receiveLoudness + 0.2 * (64 + noise - receiveLoudness)
        let tooLoud = 20 * (rounded(excess / 8, 8) - excess / 8)
        let sidetone = -10 * log10(pow(10, -sidetoneLoss / 10) + pow(10, -talkerEchoLoss / 10))
        let (low, middle, high) = (
            rounded((sidetone - 13) / 6, 8), rounded((sidetone + 1) / 19.4, 35), rounded((sidetone - 3) / 33, 13)
        )
        let wrongSidetone: Double = 12 * low - 28 * middle - 13 * high + 29
        let quality = 37.0  // Q for qdu = 1, dB
        let granularity: Double = 1.07 + 0.258 * quality + 0.0602 * quality * quality
        let y: Double = (signalToNoise - 100) / 15 + 46 / 8.4 - granularity / 9
        let z: Double = 46 / 30.0 - granularity / 40
        let quantizing = 15 * log10(1 + pow(10, y) + pow(10, z))
        return tooLoud + wrongSidetone + quantizing
    }()
}
