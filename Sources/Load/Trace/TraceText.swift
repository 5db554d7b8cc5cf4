/// A trace as text: a line per packet, `SECONDS BYTES up|down [FLOW]`; what follows a `#` is a comment.
///
///     0.000 160 up
///     0.011 172 down
///     0.020 160 up
enum TraceText {
    /// Seconds after which a packet is taken for a mistake: a year.
    private static let secondsMax = 31_536_000.0

    static func read(_ bytes: [UInt8], into collector: inout FlowCollector) throws(TraceProblem) {
        var number = 0
        var rest = bytes[...]
        while !rest.isEmpty {
            number += 1
            let line = rest.prefix { $0 != UInt8(ascii: "\n") }
            rest = rest.dropFirst(line.count + 1)
            guard line.count <= 200, let text = String(validating: line, as: UTF8.self) else {
                throw TraceProblem("is neither a pcap or pcapng capture nor lines of text (line \(number))")
            }
            let words = text.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
            guard !words.isEmpty else { continue }
            guard let (packet, flow) = parse(words) else {
                throw TraceProblem(
                    "line \(number): write SECONDS BYTES up|down [FLOW], as in '0.020 160 up', not '\(text.prefix(40))'"
                )
            }
            try collector.add(packet, flow: flow)
        }
    }

    private static func parse(_ words: [Substring]) -> (TrafficTrace.Packet, Substring)? {
        guard (3...4).contains(words.count), let seconds = Double(words[0]), 0...secondsMax ~= seconds,
            let bytes = Int(words[1]), bytes >= 0, words[2] == "up" || words[2] == "down"
        else { return nil }
        let packet = TrafficTrace.Packet(
            nanoseconds: UInt64((seconds * 1e9).rounded()), bytes: bytes, isDown: words[2] == "down")
        return (packet, words.count == 4 ? words[3] : "")
    }
}
