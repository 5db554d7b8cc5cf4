import Foundation

/// What a probe found, for people and for scripts.
struct ProbeReport: Codable, Equatable {
    /// One way to the relay.
    struct Path: Codable, Equatable {
        /// The URI in full.
        var uri: String
        /// udp, tcp or tls.
        var transport: String
        /// The first client's relayed address; absent when none was allocated.
        var relayed: String?
        /// Packets the first client sent.
        var sent = 0
        /// Packets the second client received.
        var received = 0
        /// Packets that came back to the first client.
        var returned = 0
        /// Times from the first client to the second and back, in microseconds.
        var roundTrip: RoundTrip?
        /// Why there is no path, or no complete one; one line.
        var problem: String?

        /// Packets that did not come back.
        var lost: Int { sent - returned }

        enum CodingKeys: String, CodingKey {
            case uri, transport, relayed, sent, received, returned, problem
            case roundTrip = "round_trip_us"
        }
    }

    /// A distribution of round-trip times in microseconds.
    struct RoundTrip: Codable, Equatable {
        var min: Double
        var median: Double
        var p99: Double

        /// Of times in nanoseconds; nil when there are none.
        init?(nanoseconds: [UInt64]) {
            let sorted = nanoseconds.sorted()
            guard let first = sorted.first else { return nil }
            // Nearest rank: the smallest time that is not less than that share of all.
            func quantile(_ share: Double) -> UInt64 {
                sorted[Swift.max(0, Int((Double(sorted.count) * share).rounded(.up)) - 1)]
            }
            min = Double(first) / 1_000
            median = Double(quantile(0.5)) / 1_000
            p99 = Double(quantile(0.99)) / 1_000
        }
    }

    /// The ways in the order they were asked for.
    var paths: [Path]

    /// 0 when every packet came back, 2 when no URI gave a path, 1 otherwise.
    var exitCode: Int32 {
        if paths.allSatisfy({ $0.returned == 0 }) { return 2 }
        return paths.allSatisfy { $0.sent > 0 && $0.lost == 0 } ? 0 : 1
    }

    /// A table with one line per way.
    var table: String {
        let head = ["TRANSPORT", "RELAYED ADDRESS", "SENT", "RECEIVED", "LOST", "RTT MIN", "MEDIAN", "P99", "URI"]
        let rows = paths.map { path in
            let times = path.roundTrip.map { [$0.min, $0.median, $0.p99].map(ProbeReport.milliseconds) }
            return [path.transport, path.relayed ?? "-", "\(path.sent)", "\(path.received)", "\(path.lost)"]
                + (times ?? ["-", "-", "-"]) + [path.uri]
        }
        return TextColumns.align([head] + rows)
    }

    /// The report as JSON.
    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    private static func milliseconds(_ microseconds: Double) -> String {
        String(format: "%.2f ms", microseconds / 1_000)
    }
}
