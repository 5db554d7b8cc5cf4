import Foundation

/// Sizes and spacing of real traffic, to be replayed by sessions: read from a capture of UDP (pcap or pcapng), or from
/// lines of text.
public struct TrafficTrace: Sendable {
    /// Bytes of a file at most.
    public static let fileBytesMax = 256 << 20
    /// Packets of all flows together at most.
    public static let packetLimit = 1_000_000
    /// Flows at most; a capture of more is cut to a part of it with a filter.
    public static let flowLimit = 10_000
    /// The largest payload; what was sent as one datagram and is larger is refused.
    public static let payloadBytesMax = 65_000
    /// Flows of fewer packets than this share of the busiest one's are left out: look-ups, connectivity checks.
    private static let smallFlowShare = 0.01

    /// One packet of a flow.
    public struct Packet: Hashable, Sendable {
        /// When it was sent, in nanoseconds since the first of its flow.
        public var nanoseconds: UInt64
        /// Bytes of its payload.
        public var bytes: Int
        /// Whether the other end sent it: not the one that sent the flow's first packet.
        public var isDown: Bool
    }

    /// What two endpoints sent each other.
    public struct Flow: Hashable, Sendable {
        /// Its packets in the order of their times.
        public let packets: [Packet]
        /// After how many nanoseconds it begins anew: its span, and one mean gap.
        public let period: UInt64
    }

    /// The flows, busiest first.
    public let flows: [Flow]
    /// How many more were left out, because they were small or had no duration.
    public let leftOut: Int
    /// The file's name, without its folder.
    public let name: String

    /// Reads a capture or a text; throws one line that names the file and what is wrong with it.
    public init(contentsOf path: String) throws(TraceFailure) {
        let url = URL(filePath: path)
        let data: Data
        do {
            let size = try url.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
            guard size <= TrafficTrace.fileBytesMax else {
                throw TraceFailure(
                    path, "has \(size >> 20) MiB, more than \(TrafficTrace.fileBytesMax >> 20): cut it to a part")
            }
            let file = try FileHandle(forReadingFrom: url)
            data = try file.read(upToCount: TrafficTrace.fileBytesMax) ?? Data()
        } catch let failure as TraceFailure {
            throw failure
        } catch {
            throw TraceFailure(path, "cannot be read: does it exist, and may you read it?")
        }
        try self.init([UInt8](data), path: path)
    }

    /// Reads the bytes of a file.
    init(_ bytes: [UInt8], path: String) throws(TraceFailure) {
        var collector = FlowCollector()
        do throws(TraceProblem) {
            switch CaptureFormat(bytes) {
            case .packetCapture?: try PacketCapture.read(bytes, into: &collector)
            case .nextGeneration?: try NextGenerationCapture.read(bytes, into: &collector)
            case nil: try TraceText.read(bytes, into: &collector)
            }
        } catch {
            throw TraceFailure(path, error.text)
        }
        let all = collector.flows.compactMap(Flow.init).sorted { $0.packets.count > $1.packets.count }
        let least = Double(all.first?.packets.count ?? 0) * TrafficTrace.smallFlowShare
        flows = all.filter { Double($0.packets.count) >= least }
        leftOut = collector.flows.count - flows.count
        name = URL(filePath: path).lastPathComponent
        guard !flows.isEmpty else {
            throw TraceFailure(
                path,
                collector.flows.isEmpty
                    ? "has no UDP packets" : "has no flow of two packets at different times: capture longer")
        }
    }

    /// What it is, in a few words.
    public var description: String {
        let flowsText = flows.count == 1 ? "1 flow" : "\(flows.count) flows"
        let more = leftOut == 0 ? "" : ", \(leftOut) small ones left out"
        return "\(flowsText) of \(name)\(more): \(packetCount) packets of \(Int(meanPayload.rounded())) bytes in "
            + String(format: "%.1f s", seconds)
    }

    /// Packets of all flows.
    public var packetCount: Int { flows.reduce(0) { $0 + $1.packets.count } }
    /// The largest payload of all.
    public var largestPayload: Int { flows.lazy.flatMap(\.packets).map(\.bytes).max() ?? 0 }
    /// The mean payload in bytes.
    public var meanPayload: Double {
        Double(flows.reduce(0) { $0 + $1.packets.reduce(0) { $0 + $1.bytes } }) / Double(max(1, packetCount))
    }
    /// The longest flow's span in seconds.
    public var seconds: Double { Double(flows.map(\.period).max() ?? 0) / 1e9 }
}

extension TrafficTrace.Flow {
    /// From packets with absolute times in any order; nil when they do not tell a rate.
    init?(_ raw: [TrafficTrace.Packet]) {
        // Equal times stay in the order of the file.
        var packets = raw.enumerated().sorted {
            ($0.element.nanoseconds, $0.offset) < ($1.element.nanoseconds, $1.offset)
        }.map(\.element)
        guard let first = packets.first, let last = packets.last, last.nanoseconds > first.nanoseconds else {
            return nil
        }
        let span = last.nanoseconds - first.nanoseconds
        period = span + max(1, span / UInt64(packets.count - 1))
        for index in packets.indices { packets[index].nanoseconds -= first.nanoseconds }
        self.packets = packets
    }

    /// The flow with the packets of one direction alone, at their times; both when `isDown` is nil.
    func only(isDown: Bool?) -> TrafficTrace.Flow {
        TrafficTrace.Flow(packets: packets.filter { isDown == nil || $0.isDown == isDown }, period: period)
    }

    /// Packets per second.
    var packetsPerSecond: Double { Double(packets.count) * 1e9 / Double(period) }
}

/// Why a trace cannot be replayed: one line that names the file.
public struct TraceFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file, and what is wrong.
    public let description: String

    init(_ path: String, _ text: String) { description = "\(path) \(text)" }
}

/// What is wrong with a file's contents, to follow its name.
struct TraceProblem: Error, Hashable {
    let text: String

    init(_ text: String) { self.text = text }
}
