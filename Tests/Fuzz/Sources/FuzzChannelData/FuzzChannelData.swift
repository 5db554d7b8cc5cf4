import FuzzDriver
import STUN

@main enum FuzzChannelData {
    static func main() { runFuzzer(fuzz) }
}

/// The first two bytes choose the segment size, the rest is a receive buffer. It is cut into runs to its end; every
/// run lies inside the buffer and says the same as its datagrams one by one.
private func fuzz(_ input: RawSpan) {
    guard input.byteCount >= 2 else { return }
    let segmentSize = Int(input.uint16(at: 0))
    var rest = input.extracting(droppingFirst: 2)
    while rest.byteCount > 0 {
        guard let run = ChannelRun.parse(rest, segmentSize: segmentSize) else {
            let first = ChannelData.parse(rest.extracting(first: max(segmentSize, 0)))
            precondition(first == nil)
            rest = rest.extracting(droppingFirst: max(segmentSize, 1))
            continue
        }
        precondition(run.datagrams >= 1 && run.channel >> 14 == 1)
        var payload = 0
        for number in 0..<run.datagrams {
            let datagram = rest.extracting(droppingFirst: number * segmentSize).extracting(first: segmentSize)
            guard let single = ChannelData.parse(datagram) else { preconditionFailure("no ChannelData in a run") }
            precondition(single.channel == run.channel)
            precondition(
                single.payloadByteCount == (number == run.datagrams - 1 ? run.lastPayloadBytes : run.payloadBytes))
            payload += single.payloadByteCount
        }
        precondition(payload == run.totalPayloadBytes)
        rest = rest.extracting(droppingFirst: run.datagrams * segmentSize)
    }
}
