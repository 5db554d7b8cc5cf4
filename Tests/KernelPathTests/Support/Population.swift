import STUN

@testable import KernelPath

/// Channels of every kind: all mixes of families, hairpins, 1:1 NAT, expired ones.
enum Population {
    static func address(_ text: String) -> TransportAddress { TransportAddress(text)! }

    static func client(_ isIPv4: Bool, _ host: Int, _ port: Int) -> TransportAddress {
        address(isIPv4 ? "10.90.1.\(host):\(port)" : "[fd90:1::\(host)]:\(port)")
    }

    static func peer(_ isIPv4: Bool, _ host: Int, _ port: Int) -> TransportAddress {
        address(isIPv4 ? "10.90.2.\(host):\(port)" : "[fd90:2::\(host)]:\(port)")
    }

    private static func tagged(_ isIPv4: Bool, _ vlan: UInt16, _ host: Int, _ port: Int) -> TransportAddress {
        address(isIPv4 ? "10.90.\(vlan).\(host):\(port)" : "[fd90:\(vlan)::\(host)]:\(port)")
    }

    static func all() -> [Reference.Installed] {
        var installed: [Reference.Installed] = []
        for (index, (client4, peer4)) in [(true, true), (true, false), (false, true), (false, false)].enumerated() {
            let base = 20_000 + index * 1_000
            func channel(_ number: Int, from: Int, to: TransportAddress, relayed: Int) -> KernelChannel {
                let bound = peer(peer4, 1, relayed)
                return KernelChannel(
                    client: client(client4, 2, from), listener: client(client4, 1, 3478), number: UInt16(number),
                    peer: to, bound: bound, external: bound)
            }
            for i in 0..<3 {
                installed.append(
                    .init(channel: channel(0x4000 + i, from: base, to: peer(peer4, 2 + i, 7_000), relayed: base)))
            }
            // Where its datagrams came from, they also go to.
            installed.append(
                .init(channel: channel(0x4abc, from: base, to: client(peer4, 3, 7_000), relayed: base)))
            installed.append(
                .init(
                    channel: channel(0x4003, from: base + 1, to: peer(peer4, 2, 7_000), relayed: base + 1),
                    isExpired: true))
            // A hairpin between this client and one of the other kind, and one whose other end has none.
            var one = channel(0x4010, from: base + 2, to: peer(peer4, 1, base + 3), relayed: base + 2)
            one.peerIsRelayed = true
            var other = one
            other.client = client(!client4, 3, base + 3)
            other.listener = client(!client4, 1, 3478)
            other.number = 0x4f11
            (other.bound, other.external, other.peer) = (one.peer, one.peer, one.bound)
            var alone = one
            alone.number = 0x4012
            alone.peer = peer(peer4, 1, base + 4)
            installed += [one, other, alone].map { .init(channel: $0) }
            // VLANs on both sides, and on one of them.
            for i in 0..<3 {
                let vlanClient = tagged(client4, Network.clientVLAN, 2, base + 10 + i)
                let relayed = i == 1 ? peer(peer4, 1, base + 10 + i) : tagged(peer4, Network.peerVLAN, 1, base + 10 + i)
                installed.append(
                    .init(
                        channel: KernelChannel(
                            client: i == 2 ? client(client4, 2, base + 10 + i) : vlanClient,
                            listener: i == 2
                                ? client(client4, 1, 3478) : tagged(client4, Network.clientVLAN, 1, 3478),
                            number: 0x4200,
                            peer: i == 1 ? peer(peer4, 2, 7_000) : tagged(peer4, Network.peerVLAN, 3, 7_000),
                            bound: relayed, external: relayed)))
            }
        }
        // 1:1 NAT: a peer on the wire, and two clients that know each other by outside addresses.
        let outside = (1...3).map { address("198.51.100.1:\(30_000 + $0)") }
        let inside = (1...3).map { peer(true, 1, 30_000 + $0) }
        for i in 0..<3 {
            var channel = KernelChannel(
                client: client(true, 4, 30_000 + i), listener: client(true, 1, 3478), number: 0x4100,
                peer: peer(true, 5, 7_000), bound: inside[i], external: outside[i])
            if i > 0 {
                channel.peer = outside[3 - i]
                channel.peerIsRelayed = true
            }
            installed.append(.init(channel: channel))
        }
        return installed
    }
}
