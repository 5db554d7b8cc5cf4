public import Foundation
import TURNClient

/// What a load came to: for people, for scripts, and for a page with charts.
public struct LoadResult: Codable, Sendable {
    /// Times in microseconds.
    public struct Latency: Codable, Equatable, Sendable {
        /// Half are not longer.
        public var p50: Double
        /// 90 of 100 are not longer.
        public var p90: Double
        /// 99 of 100 are not longer.
        public var p99: Double
        /// 999 of 1000 are not longer.
        public var p999: Double
        /// The longest.
        public var max: Double

        /// Nil when nothing was counted.
        init?(_ histogram: LatencyHistogram) {
            let found = histogram.quantiles([0.5, 0.9, 0.99, 0.999, 1]).compactMap { $0.map { Double($0) / 1_000 } }
            guard found.count == 5 else { return nil }
            (p50, p90, p99, p999, max) = (found[0], found[1], found[2], found[3], found[4])
        }
    }

    /// One second of a run.
    public struct Sample: Codable, Equatable, Sendable {
        /// Seconds since packets began.
        public var second: Double
        /// Packets sent per second.
        public var sentPerSecond: Double
        /// Packets delivered per second.
        public var receivedPerSecond: Double
        /// Payload delivered, in Mbit/s.
        public var megabits: Double
        /// Packets sent and not delivered within the second, in percent.
        public var lossPercent: Double
        /// Sessions that are ready.
        public var ready: UInt64
        /// Of what arrived in that second.
        public var latency: Latency?
        /// Of the generator's threads, in cores.
        public var generatorCores: Double
    }

    /// One step of a search for capacity.
    public struct Step: Codable, Equatable, Sendable {
        /// Packets per second asked for.
        public var target: Double
        /// Packets per second delivered.
        public var delivered: Double
        /// In percent.
        public var lossPercent: Double
        /// Of what arrived.
        public var latency: Latency?
        /// Whether loss and latency were within their limits at the rate asked for.
        public var passed: Bool
        /// Whether the generator itself could not hold the rate.
        public var isGeneratorLimited: Bool
    }

    /// A point of the latency's distribution.
    public struct Percentile: Codable, Equatable, Sendable {
        /// In percent.
        public var percent: Double
        /// In microseconds.
        public var microseconds: Double
    }

    /// The server's URIs.
    public var uris: [String]
    /// What sessions did.
    public var profile: String
    /// What sessions replayed, with the profile `trace`.
    public var trace: String?
    /// Who sent.
    public var direction: String
    /// When it ended, in Unix seconds.
    public var time: Int64 = 0
    /// Sessions asked for.
    public var sessions: Int
    /// Event loops of the generator.
    public var loops: Int
    /// Bytes of each payload.
    public var payloadBytes: Int
    /// Packets that left together.
    public var burst: Int
    /// How long packets that were due waited for others at most, in microseconds; nil when none waited.
    public var paceUs: Int?
    /// How long packets were sent.
    public var seconds = 0.0
    /// Packets per second asked for.
    public var targetPerSecond: Double
    /// What was counted while packets were sent, and until the last came.
    public var ready: UInt64 = 0
    /// Sessions that failed.
    public var failed: UInt64 = 0
    /// Why the first of them failed.
    public var failure: String?
    /// Sessions set up per second.
    public var setupPerSecond = 0.0
    /// From the first byte of a session until its allocation.
    public var setup: Latency?
    /// Payloads sent.
    public var sent: UInt64 = 0
    /// Payloads that arrived.
    public var received: UInt64 = 0
    /// Payloads that did not.
    public var lost: UInt64 = 0
    /// In percent of those sent.
    public var lossPercent = 0.0
    /// Payloads that came twice.
    public var duplicates: UInt64 = 0
    /// Payloads that came after a later one.
    public var reordered: UInt64 = 0
    /// Payloads that came to another socket, or with another length, than they should have: they count as lost. Nil
    /// when there were none.
    public var strays: UInt64?
    /// Payloads that were due and not sent.
    public var missed: UInt64 = 0
    /// Sent per second.
    public var sentPerSecond = 0.0
    /// Delivered per second.
    public var receivedPerSecond = 0.0
    /// Payload delivered, in Mbit/s.
    public var megabits = 0.0
    /// From sending to arrival; with `echo` there and back.
    public var latency: Latency?
    /// How much that varies from packet to packet [RFC 3550 6.4.1], in microseconds.
    public var jitterUs = 0.0
    /// Allocations made, and refreshed or given back, by the profile `allocations`.
    public var allocated: UInt64 = 0
    /// Refreshes answered.
    public var refreshed: UInt64 = 0
    /// Answers to requests and to hostile datagrams.
    public var answers: UInt64 = 0
    /// CPU of the generator, user and system of all its threads, in cores. Interrupts that come while one of them runs
    /// are in it, what the kernel does for it while none runs is not.
    public var generatorCores = 0.0
    /// CPU of the generator per packet delivered, in microseconds.
    public var generatorUsPerPacket: Double?
    /// How packets over UDP left: "frames" through a packet socket, or "sockets"; nil without traffic.
    public var sendsBy: String?
    /// Where packets over UDP were counted and timed: in the "kernel", or when read from "sockets".
    public var countsIn: String?
    /// Why it was not frames, or not the kernel, where that was to be.
    public var socketsBecause: String?
    /// CPU of the server, in cores, when its process is known.
    public var serverCores: Double?
    /// CPU of the server per packet delivered, in microseconds.
    public var serverUsPerPacket: Double?
    /// Why the figures say more of the generator than of the server; nil when they do not.
    public var generatorLimit: String?
    /// A sample per second.
    public var series: [Sample] = []
    /// The latency's distribution.
    public var percentiles: [Percentile] = []
    /// The steps of a search for capacity.
    public var steps: [Step] = []
    /// The highest rate that passed.
    public var capacity: Double?

    /// What became of real media; nil without `--media`.
    public var media: MediaResult?
    /// What was proven; nil without `--prove`.
    public var proof: ProofResult?

    /// Of a plan that has not run.
    init(_ plan: LoadPlan) {
        uris = plan.uris.map(\.description)
        profile = plan.profile.rawValue
        direction = plan.isClientToClient ? "client to client" : plan.direction.rawValue
        sessions = plan.sessions
        loops = plan.loops
        payloadBytes = plan.trace.map { Int($0.meanPayload.rounded()) } ?? plan.payloadBytes
        trace = plan.trace?.description
        burst = plan.burst
        paceUs = plan.media == nil && plan.profile != .idle ? plan.paceMicroseconds : nil
        targetPerSecond = plan.targetRate
    }

    /// Reads what `json` wrote.
    public init(json: Data) throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        self = try decoder.decode(LoadResult.self, from: json)
    }

    /// The result as JSON.
    public func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
