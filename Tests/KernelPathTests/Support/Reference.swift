import STUN

@testable import KernelPath

/// What the relay's way through user space makes of a frame: searched, parsed and written the plain way.
struct Reference {
    struct Installed {
        var channel: KernelChannel
        var isExpired = false
    }

    enum Outcome: Equatable {
        /// The relay itself has to look at it, or nobody has.
        case up
        /// Leaves as this frame.
        case forwarded(Frame)
    }

    var channels: [Installed]
    var typeOfServiceMask: UInt8 = 0b11

    func outcome(_ bytes: [UInt8], fromClient: Bool) -> Outcome {
        guard let frame = Frame(bytes), frame.targetMAC == Network.mac,
            frame.checksum == .right || frame.checksum == .wrong
        else { return .up }
        // A tag names no VLAN (0), or one of the interface; its other bits are a priority.
        let tag = (frame.tag ?? 0) & 0xfff
        guard tag == 0 || tag == (fromClient ? Network.clientVLAN : Network.peerVLAN) else { return .up }
        let payload = frame.payload
        if payload.count >= 4, payload[0] >> 6 == 1,
            let sender = channels.first(where: {
                $0.channel.client == frame.source && $0.channel.listener == frame.target
                    && $0.channel.number == payload.number(0)
            })
        {
            guard !sender.isExpired, Int(payload.number(2)) == payload.count - 4 else { return .up }
            let data = Array(payload[4...])
            guard sender.channel.peerIsRelayed else {
                return leave(frame, sender.channel.bound, sender.channel.peer, data)
            }
            guard
                let receiver = channels.first(where: {
                    $0.channel.external == sender.channel.peer && $0.channel.peer == sender.channel.external
                }), !receiver.isExpired
            else { return .up }
            return leaveToClient(frame, receiver.channel, data)
        }
        guard
            let receiver = channels.first(where: {
                $0.channel.peer == frame.source && $0.channel.bound == frame.target && !$0.channel.peerIsRelayed
            }), !receiver.isExpired
        else { return .up }
        return leaveToClient(frame, receiver.channel, payload)
    }

    private func leaveToClient(_ frame: Frame, _ channel: KernelChannel, _ data: [UInt8]) -> Outcome {
        leave(frame, channel.listener, channel.client, channel.number.bytes + UInt16(data.count).bytes + data)
    }

    private func leave(
        _ frame: Frame, _ source: TransportAddress, _ target: TransportAddress, _ payload: [UInt8]
    ) -> Outcome {
        var out = Frame(source, target)
        out.targetMAC = Network.neighbour
        out.typeOfService = frame.typeOfService & typeOfServiceMask
        out.payload = payload
        out.checksum = frame.checksum
        let network = Int(target.ip.bytes[out.isIPv4 ? 2 : 3])
        let isToPeers = [2, Int(Network.peerVLAN)].contains(network)
        out.tag = network > 2 ? UInt16(network) : nil
        let size = (out.isIPv4 ? 20 : 40) + 8 + payload.count
        return size > (isToPeers ? Network.peerMTU : 1500) ? .up : .forwarded(out)
    }
}
