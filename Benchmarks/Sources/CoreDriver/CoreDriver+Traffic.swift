import RelayCore
import STUN

// Datagrams, one by one, in the order that makes the caches least useful.
extension CoreDriver {
    /// `count` datagrams of 160 bytes from clients, each of a session at random of the first `sessions`, over its first
    /// channel: ChannelData is parsed and the core asked. A sum over the verdicts: the same on every machine.
    public mutating func sendToPeers(_ count: Int, sessions: Int) -> UInt64 {
        var datagram = [164 of UInt8](repeating: 0)
        datagram[0] = 0x40
        datagram[3] = 160
        let bytes = datagram.span.bytes
        var random = SplitMix(seed: 17)
        var sum: UInt64 = 0
        for _ in 0..<count {
            let session = Session(random.below(sessions))
            guard let data = ChannelData.parse(bytes) else { fatalError("no ChannelData") }
            let verdict = relay.forward(
                channel: data.channel, datagrams: 1, payloadBytes: data.payloadByteCount, from: session.route.tuple,
                now: now)
            guard case .peer(let relay, let peer, _) = verdict else { fatalError("\(verdict)") }
            sum &+= UInt64(relay) &+ UInt64(peer.port)
        }
        return sum
    }

    /// The same from peers: the core is asked, and the ChannelData header written. Sessions have the relay slots of
    /// their numbers, since they came in their order.
    public mutating func sendToClients(_ count: Int, sessions: Int) -> UInt64 {
        var header = [4 of UInt8](repeating: 0)
        var span = header.mutableSpan
        var bytes = span.mutableBytes
        var random = SplitMix(seed: 19)
        var sum: UInt64 = 0
        for _ in 0..<count {
            let session = Session(random.below(sessions))
            let verdict = relay.deliver(
                from: session.peer(), on: UInt32(session.number), datagrams: 1, payloadBytes: 160, now: now)
            guard case .channel(let number, let route) = verdict else { fatalError("\(verdict)") }
            ChannelData.writeHeader(channel: number, payloadCount: 160, into: &bytes, at: 0)
            sum &+= UInt64(bytes.byteCount) &+ UInt64(route.tuple.client.port)
        }
        return sum
    }

    /// `count` datagrams over all of the `channels` of `sessions` in turn, so that every one needs a search.
    public mutating func switchChannels(_ count: Int, sessions: Int, channels: Int) -> UInt64 {
        var sum: UInt64 = 0
        var number: UInt16 = 0x4000
        var session = Session(0)
        for _ in 0..<count {
            let verdict = relay.forward(
                channel: number, datagrams: 1, payloadBytes: 160, from: session.route.tuple, now: now)
            guard case .peer(_, let peer, _) = verdict else { fatalError("\(verdict)") }
            sum &+= UInt64(peer.port)
            number &+= 1
            if number == 0x4000 + UInt16(channels) {
                number = 0x4000
                session = Session((session.number + 1) % sessions)
            }
        }
        return sum
    }
}
