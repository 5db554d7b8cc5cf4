import Testing

@testable import MediaPath

@Suite("Quality of a stream")
struct QualityTests {
    // MARK: - Jitter

    @Test("packets that keep their distance have no jitter, also when the timestamp wraps")
    func steady() {
        var jitter = InterarrivalJitter(clockRate: 8_000)
        for index in 0..<200 {
            jitter.receive(
                timestamp: UInt32.max - 8_000 &+ UInt32(160 * index),
                arrivalNanoseconds: 5_000_000_000 + UInt64(index) * 20_000_000)
        }
        #expect(jitter.milliseconds == 0)
    }

    @Test("one packet that is 16 ms late moves the estimate by a sixteenth of that, and back again")
    func late() {
        var jitter = InterarrivalJitter(clockRate: 8_000)
        jitter.receive(timestamp: 0, arrivalNanoseconds: 1_000_000_000)
        jitter.receive(timestamp: 160, arrivalNanoseconds: 1_036_000_000)
        #expect(jitter.milliseconds == 1)
        jitter.receive(timestamp: 320, arrivalNanoseconds: 1_040_000_000)
        #expect(abs(jitter.milliseconds - (1 + 15.0 / 16)) < 1e-9)
    }

    @Test("a path that alternates by 10 ms is found to do so")
    func alternating() {
        var jitter = InterarrivalJitter(clockRate: 48_000)
        for index in 0..<400 {
            jitter.receive(
                timestamp: UInt32(960 * index),
                arrivalNanoseconds: UInt64(index) * 20_000_000 + (index % 2 == 0 ? 0 : 10_000_000))
        }
        #expect(abs(jitter.milliseconds - 10) < 0.01)
    }

    // MARK: - Loss

    private func record(first: UInt16 = 65_500, sent: Int, without lost: Set<Int>) -> SequenceRecord {
        var record = SequenceRecord(first: first)
        for index in 0..<sent where !lost.contains(index) {
            record.receive(first &+ UInt16(truncatingIfNeeded: index))
        }
        record.finish(sent: UInt64(sent))
        return record
    }

    @Test("what did not come is lost, at the start, in the middle and at the end, and over the wrap")
    func lost() {
        let all = record(sent: 70_000, without: [])
        #expect(all.received == 70_000 && all.lost == 0 && all.burstRatio == 1)
        let some = record(sent: 1_000, without: [0, 500, 998, 999])
        #expect(some.received == 996 && some.lost == 4 && some.lossRuns == 3)
        #expect(record(sent: 10, without: Set(0..<10)).lost == 10)
        #expect(record(sent: 5_000, without: Set(100..<4_000)).lost == 3_900)
    }

    @Test("late packets are not lost, and are counted")
    func reordered() {
        var record = SequenceRecord(first: 0)
        for sequence: UInt16 in [0, 2, 1, 3, 5, 4] { record.receive(sequence) }
        record.finish(sent: 6)
        #expect(record.received == 6 && record.lost == 0 && record.reordered == 2)
    }

    @Test("the burst ratio is 1 for losses by themselves, and n for runs of n")
    func bursts() {
        let scattered = record(sent: 1_000, without: Set(stride(from: 5, to: 1_000, by: 100)))
        #expect(abs(scattered.burstRatio - 0.99) < 1e-9 && abs(scattered.lossRatio - 0.01) < 1e-9)
        let runs = record(sent: 1_000, without: Set((0..<10).flatMap { $0 * 100 + 10..<$0 * 100 + 14 }))
        #expect(abs(runs.burstRatio - 4 * 0.96) < 1e-9)
    }

    // MARK: - The E-model

    private func model(
        _ delay: Double, _ loss: Double = 0, burst: Double = 1, _ codec: EModel.Codec = .g711
    ) -> EModel {
        EModel(delayMilliseconds: delay, lossPercent: loss, burstRatio: burst, codec: codec)
    }

    @Test("the default connection has the rating that G.107 gives it: 93.2, a score of 4.41")
    func best() {
        #expect(abs(model(0).rating - 93.2) < 0.05)
        #expect(abs(model(0).meanOpinionScore - 4.41) < 0.005)
    }

    /// R. Cole, J. Rosenbluth, Voice over IP performance monitoring, 2001: their fit to the model's delay curve.
    @Test("delay costs what the published fit says", arguments: [20.0, 50, 100, 150, 200, 250, 300])
    func delay(milliseconds: Double) {
        let fit = 93.2 - 0.024 * milliseconds - 0.11 * max(0, milliseconds - 177.3)
        #expect(abs(model(milliseconds).rating - fit) < 0.4)
    }

    @Test("loss costs what Ie and Bpl say, more in bursts, less with concealment")
    func loss() {
        #expect(abs(model(0, 4.3).effectiveImpairment - 95 * 4.3 / 8.6) < 1e-9)
        #expect(abs(model(0, 5, .g711Concealed).effectiveImpairment - 95 * 5 / 30.1) < 1e-9)
        #expect(model(50, 3, burst: 3).rating < model(50, 3).rating)
        #expect(model(50, 3, .g711Concealed).rating > model(50, 3).rating)
        #expect(model(0, 0).effectiveImpairment == 0)
    }

    /// Table B.1 of G.107.
    @Test(
        "ratings become scores as in G.107's table",
        arguments: zip([90.0, 80, 70, 60, 50], [4.34, 4.03, 3.60, 3.10, 2.58]))
    func scores(rating: Double, score: Double) {
        #expect(abs(EModel.meanOpinionScore(rating: rating) - score) < 0.01)
    }

    @Test("a score is between 1 and 4.5 whatever comes in")
    func limits() {
        for delay in [-5.0, 0, 1e4, 1e9] {
            for loss in [-1.0, 0, 50, 100] {
                let score = model(delay, loss, burst: 0).meanOpinionScore
                #expect(score >= 1 && score <= 4.5, "\(delay) ms, \(loss) %: \(score)")
            }
        }
    }
}
