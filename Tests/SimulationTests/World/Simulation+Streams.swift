import RelayCore
import STUN
import TURNClient

/// Streams: what one side writes arrives whole and in order, in whatever pieces.
extension Simulation {
    /// The number of the stream from a client, and of the one to it.
    func toRelay(_ route: ClientRoute) -> Int { Int(route.connection) * 2 }
    func toClient(_ route: ClientRoute) -> Int { Int(route.connection) * 2 + 1 }

    /// A message as it travels: whole, in a few pieces, or byte by byte.
    mutating func pieces(of message: [UInt8]) -> [[UInt8]] {
        guard message.count > 1, random.chance(scenario.fragmentationPercent) else { return [message] }
        if random.chance(10) { return message.map { [$0] } }
        var cuts: Set = [0, message.count]
        for _ in 0..<random.pick(1...3) { cuts.insert(random.pick(1...(message.count - 1))) }
        let sorted = cuts.sorted()
        return zip(sorted, sorted.dropFirst()).map { Array(message[$0..<$1]) }
    }

    /// A piece arrives: what is whole by now is taken in.
    mutating func arriveInStream(
        _ piece: [UInt8], _ stream: Int, _ route: ClientRoute,
        _ take: (inout Simulation, [UInt8]) throws -> Void
    ) throws {
        var reassembler = streams[stream] ?? StreamReassembler()
        reassembler.append(piece)
        while true {
            switch reassembler.next() {
            case .message(let message): try take(&self, message)
            case .incomplete:
                streams[stream] = reassembler
                return
            case .invalid:
                // Clients keep to the framing, and so does the relay: only a stranger's connection ends for it.
                guard strangers.contains(where: { $0.route.tuple == route.tuple }) else {
                    throw Violation("the stream of \(route.tuple.client) falls out of step")
                }
                streams[stream] = nil
                try connectionClosed(route, loop: loop(of: route))
                return
            }
        }
    }
}
