import STUN
import TURNClient

/// What a server must answer cheaply or not at all.
enum HostileDatagrams {
    /// One of each kind: noise, a cut header, a message with a wrong length, ChannelData without an allocation, a
    /// request without credentials, and a Send indication without an allocation.
    static let all: [[UInt8]] = {
        var client = RelayClient(ClientSettings(), framing: .datagram, random: SystemRandomNumberGenerator())
        client.start(.allocate(AllocateOptions()), now: 0)
        let allocate = client.nextOutput() ?? []
        var wrongLength = allocate
        if wrongLength.count > 3 { wrongLength[3] &+= 4 }
        return [
            [UInt8](repeating: 0xFF, count: 100), Array(allocate.prefix(12)), wrongLength,
            client.channelData([UInt8](repeating: 0, count: 160), channel: 0x4000), allocate,
            client.sendIndication(
                [UInt8](repeating: 0, count: 160), to: TransportAddress(ip: IPAddress(ipv4: 0xC000_0201), port: 9)),
        ]
    }()
}
