import FuzzDriver
import STUN

@main enum FuzzStreamFraming {
    static func main() { runFuzzer(fuzz) }
}

/// A stream is cut into messages. A decision about a beginning holds when more has arrived.
private func fuzz(_ input: RawSpan) {
    var stream = input
    while stream.byteCount > 0 {
        let whole = StreamFraming.next(stream, messageLimit: 4_096)
        for length in 1..<min(stream.byteCount, 64) {
            let partial = StreamFraming.next(stream.extracting(first: length), messageLimit: 4_096)
            switch partial {
            case .need(let needed): precondition(needed > length && needed <= 65_540)
            case .message, .channelData, .invalid: precondition(partial == whole)
            }
        }
        switch whole {
        case .need(let needed):
            precondition(needed > stream.byteCount)
            return
        case .invalid:
            return
        case .message(let total):
            precondition(total >= 20 && total % 4 == 0 && total <= stream.byteCount && total <= 4_096)
            _ = try? MessageIndex.parse(stream.extracting(first: total))
            stream = stream.extracting(droppingFirst: total)
        case .channelData(let payload, let total):
            precondition(total >= 4 + payload && total < 8 + payload && total <= stream.byteCount)
            precondition(ChannelData.parse(stream.extracting(first: total))?.payloadByteCount == payload)
            stream = stream.extracting(droppingFirst: total)
        }
    }
}
