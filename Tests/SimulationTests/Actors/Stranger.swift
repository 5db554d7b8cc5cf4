import RelayCore
import STUN

/// Somebody without credentials who sees traffic and sends what may do harm.
struct Stranger {
    let route: ClientRoute
    /// Messages that were seen on their way to the relay.
    private var seen: [[UInt8]] = []

    init(_ index: Int, using random: inout Randomness) {
        let address = TransportAddress(ip: IPAddress(ipv4: 0x1500_0000 + UInt32(index)), port: 6_666)
        route = ClientRoute(
            tuple: FiveTuple(client: address, listener: 0, transport: random.pick([.udp, .udp, .tcp])),
            connection: 900_000 + UInt32(index))
    }

    mutating func overhear(_ message: [UInt8]) {
        if seen.count < 32 { seen.append(message) } else { seen[message.count % 32] = message }
    }

    /// The next message, and the address it pretends to come from.
    func attack(posingAs victims: [ClientRoute], using random: inout Randomness) -> (message: [UInt8], ClientRoute) {
        var message: [UInt8]
        switch random.pick(0...5) {
        case 0: message = random.bytes(random.pick(0...80))
        case 1: message = [0x40, UInt8(random.pick(0...6)), 0, 4, 1, 2, 3, 4]
        case 2: message = header(random.pick([0x0001, 0x0003, 0x0004, 0x0008, 0x0009, 0x0016, 0x0101]), &random)
        default:
            guard !seen.isEmpty else { return (header(0x0003, &random), route) }
            message = random.pick(seen)
            if random.chance(60) { damage(&message, &random) }
        }
        // Only datagrams can be sent under a false address, and then not ChannelData: a channel has no other proof of
        // who sends than the address, so that would be the client itself.
        let spoofable = victims.filter { $0.tuple.transport == .udp }
        let isData = message.first.map { (0x40..<0x80).contains($0) } ?? false
        let isSend = message.count > 1 && message[0] == 0 && message[1] == 0x16
        let poses = random.chance(30) && !spoofable.isEmpty && !isData && !isSend
        return (message, poses ? random.pick(spoofable) : route)
    }

    private func header(_ type: Int, _ random: inout Randomness) -> [UInt8] {
        [UInt8(type >> 8), UInt8(type & 0xFF), 0, 0, 0x21, 0x12, 0xA4, 0x42] + random.bytes(12)
    }

    private func damage(_ message: inout [UInt8], _ random: inout Randomness) {
        guard !message.isEmpty else { return }
        switch random.pick(0...2) {
        case 0: message.removeLast(random.pick(1...message.count))
        case 1: message += random.bytes(random.pick(1...12))
        default:
            for _ in 0..<random.pick(1...3) {
                message[random.pick(0...(message.count - 1))] ^= UInt8(1 << random.pick(0...7))
            }
        }
    }
}
