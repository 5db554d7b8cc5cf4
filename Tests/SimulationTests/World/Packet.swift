import RelayCore
import STUN

/// What travels through the simulated network.
enum Packet {
    /// From a client, or a stranger, to the relay.
    case toRelay([UInt8], ClientRoute)
    /// From the relay to whoever has this five-tuple.
    case toClient([UInt8], ClientRoute)
    /// From a relayed address to a peer.
    case toPeer([UInt8], from: TransportAddress, to: TransportAddress)
    /// From anywhere to a relayed address.
    case toSocket([UInt8], from: TransportAddress, to: TransportAddress)
    /// From one loop to a socket of another.
    case hairpin([UInt8], from: TransportAddress, loop: UInt8, relay: UInt32, generation: UInt32)
}

/// Payloads that tell where they come from and where they may go.
struct PayloadRegister {
    struct Entry {
        /// The client that sent it; nil when a peer did.
        let client: Int?
        /// The peer that sent it; nil when a client did.
        let peer: TransportAddress?
        /// Where it was sent to: a peer, or a relayed address; nil through a channel, which the relay may know to be
        /// another peer's when an answer to ChannelBind was lost.
        let destination: TransportAddress?
    }

    private static let mark: [UInt8] = [0x74, 0x65, 0x72, 0x6E]
    private var entries: [Entry] = []

    /// A new payload: a mark, its number, and some more bytes.
    mutating func make(_ entry: Entry, using random: inout Randomness) -> [UInt8] {
        // Empty payloads are legal, and nobody can tell where they come from.
        if random.chance(3) { return [] }
        entries.append(entry)
        let number = UInt32(entries.count - 1)
        return PayloadRegister.mark + (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
            + random.bytes(random.pick(0...40))
    }

    /// Where a payload comes from; nil for payloads that are not of ours.
    func entry(of payload: some Collection<UInt8>) -> Entry? {
        let payload = Array(payload)
        guard payload.count >= 8, Array(payload[..<4]) == PayloadRegister.mark else { return nil }
        let number = payload[4..<8].reduce(0) { $0 << 8 | Int($1) }
        return number < entries.count ? entries[number] : nil
    }
}
