import STUN
import TURNClient

/// The bytes of a burst as a client sends it: only the stamps change from one burst to the next.
struct PacketTemplate {
    /// A burst: headers in place, payloads to be stamped.
    let bytes: UnsafeMutablePointer<UInt8>
    /// Bytes of the burst.
    let count: Int
    /// Bytes of each packet in it.
    let packetBytes: Int
    /// Where the payload begins in each.
    let payloadOffset: Int
    private let isPadded: Bool
    private let isIndication: Bool

    /// For sessions of this plan with this peer.
    init(_ plan: LoadPlan, peer: TransportAddress) {
        let isStream = plan.uris.contains { $0.transport != .udp }
        let packet = PacketTemplate.packet(plan, peer, isStream: isStream)
        let burst = plan.profile.carriesData ? plan.burst : 1
        isPadded = isStream
        isIndication = plan.usesIndications
        packetBytes = packet.bytes.count
        payloadOffset = packet.offset
        count = packetBytes * burst
        bytes = .allocate(capacity: max(1, count))
        for index in 0..<burst {
            (bytes + index * packetBytes).update(from: packet.bytes, count: packetBytes)
        }
    }

    func deallocate() { bytes.deallocate() }

    /// Writes the lengths for a payload of another size, up to the plan's, into the first packet; bytes of the packet.
    func resize(_ payload: Int) -> Int {
        let padded = payloadOffset + paddedTo4(payload)
        // The length stands right before the payload: of the ChannelData message, or of the attribute DATA, the last.
        put(payload, at: payloadOffset - 2)
        if isIndication { put(padded - STUNHeader.byteCount, at: 2) }
        return isPadded || isIndication ? padded : payloadOffset + payload
    }

    private func put(_ number: Int, at offset: Int) {
        bytes[offset] = UInt8(truncatingIfNeeded: number >> 8)
        bytes[offset + 1] = UInt8(truncatingIfNeeded: number)
    }

    private static func packet(
        _ plan: LoadPlan, _ peer: TransportAddress, isStream: Bool
    ) -> (bytes: [UInt8], offset: Int) {
        // The padding that a stream wants does no harm in a datagram [RFC 8656 12.5].
        let payload = [UInt8](repeating: 0, count: plan.payloadBytes)
        var client = RelayClient(
            ClientSettings(), framing: isStream ? .stream : .datagram, random: SystemRandomNumberGenerator())
        if plan.usesIndications {
            let bytes = client.sendIndication(payload, to: peer)
            return (bytes, bytes.count - paddedTo4(payload.count))
        }
        let bytes = client.channelData(payload, channel: LoadWorker.channel)
        return (bytes, ChannelData.headerByteCount)
    }
}
