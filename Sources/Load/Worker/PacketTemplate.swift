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

    /// For sessions of this plan with this peer.
    init(_ plan: LoadPlan, peer: TransportAddress) {
        let isStream = plan.uris.contains { $0.transport != .udp }
        let packet = PacketTemplate.packet(plan, peer, isStream: isStream)
        let burst = plan.profile.carriesData ? plan.burst : 1
        packetBytes = packet.bytes.count
        payloadOffset = packet.offset
        count = packetBytes * burst
        bytes = .allocate(capacity: max(1, count))
        for index in 0..<burst {
            (bytes + index * packetBytes).update(from: packet.bytes, count: packetBytes)
        }
    }

    func deallocate() { bytes.deallocate() }

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
