import STUN

@testable import KernelPath

/// Frames of every kind, from a seed.
struct Generator {
    /// What is the matter with a frame; `nothing` is a good part of them.
    enum Matter: CaseIterable {
        case nothing, unknownChannel, unknownSource, unknownTarget, wrongChecksum, noChecksum, partialChecksum
        case fragment, laterFragment, options, otherTag, priorityTag, otherHost, broadcast, headerSum, shortLength,
            longLength
        case truncated, framePadding, channelPadding, channelTooLong, otherProtocol, looksLikeChannel, otherVersion
    }

    let channels: [KernelChannel]
    private var state: UInt64

    init(_ channels: [KernelChannel], seed: UInt64) {
        self.channels = channels
        state = seed
    }

    private mutating func random(_ range: Range<Int>) -> Int {
        // splitmix64
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return range.lowerBound + Int((word ^ (word >> 31)) % UInt64(range.count))
    }

    /// The next frame, where it comes in, and what is the matter with it.
    mutating func next() -> (bytes: [UInt8], fromClient: Bool, matter: Matter) {
        let channel = channels[random(0..<channels.count)]
        let fromClient = random(0..<2) == 0
        let matter = random(0..<2) == 0 ? .nothing : Matter.allCases[random(0..<Matter.allCases.count)]
        let sizes = [0..<4, 0..<200, 900..<1300, 1300..<1473]
        var size = random(sizes[random(0..<sizes.count)])
        let overhead = (channel.client.family == .ipv6 ? 20 : 0) + (fromClient ? 4 : 0)
        size = min(size, 1472 - overhead)
        var data = (0..<size).map { _ in UInt8(truncatingIfNeeded: random(0..<256)) }
        if !fromClient, !data.isEmpty {
            data[0] = matter == .looksLikeChannel ? 0x40 | data[0] >> 2 : 0x80 | data[0] >> 2
        }
        var frame = fromClient ? Frame(channel.client, channel.listener) : Frame(channel.peer, channel.bound)
        if fromClient {
            let number = matter == .unknownChannel ? 0x4777 : channel.number
            let said = size + (matter == .channelTooLong ? 1 + random(0..<8) : 0)
            frame.payload = number.bytes + UInt16(said).bytes + data
            if matter == .channelPadding { frame.payload += [UInt8](repeating: 0, count: 1 + random(0..<3)) }
        } else {
            frame.payload = data
        }
        frame.sourceMAC = Network.neighbour
        frame.typeOfService = UInt8(random(0..<256))
        frame.hops = UInt8(1 + random(0..<255))
        frame.identification = UInt16(random(0..<65_536))
        frame.fragment = random(0..<2) == 0 ? 0x4000 : 0
        frame.flowLabel = UInt32(random(0..<1 << 20))
        let network = (fromClient ? channel.client : channel.peer).ip.bytes[frame.isIPv4 ? 2 : 3]
        if [Network.clientVLAN, Network.peerVLAN].contains(UInt16(network)) {
            frame.tag = UInt16(network) | UInt16(random(0..<16)) << 12
        }
        disturb(&frame, matter)
        var bytes = frame.bytes
        if matter == .truncated { bytes.removeLast(min(1 + random(0..<40), bytes.count - 15)) }
        if matter == .otherVersion { bytes[frame.tag == nil ? 14 : 18] ^= 0x10 }
        return (bytes, fromClient, matter)
    }

    private mutating func disturb(_ frame: inout Frame, _ matter: Matter) {
        func moved(_ address: TransportAddress) -> TransportAddress {
            TransportAddress(ip: address.ip, port: address.port ^ 0x0800)
        }
        switch matter {
        case .unknownSource: frame.source = moved(frame.source)
        case .unknownTarget: frame.target = moved(frame.target)
        case .wrongChecksum: frame.checksum = .wrong
        case .noChecksum: frame.checksum = .none
        case .partialChecksum: frame.checksum = .partial
        case .fragment: frame.fragment |= frame.isIPv4 ? 0x2000 : 0
        case .laterFragment: frame.fragment |= frame.isIPv4 ? UInt16(1 + random(0..<0x1fff)) : 0
        case .options:
            frame.options = frame.isIPv4 ? [1, 1, 1, 0] : [17, 0, 1, 4, 0, 0, 0, 0]
        case .otherTag: frame.tag = UInt16(random(0..<12))
        case .priorityTag: frame.tag = 0x6000
        case .otherHost: frame.targetMAC = Network.neighbour
        case .broadcast: frame.targetMAC = [UInt8](repeating: 0xff, count: 6)
        case .headerSum: frame.isHeaderSumWrong = true
        case .shortLength: frame.lengthError = -min(frame.payload.count, 1 + random(0..<4))
        case .longLength: frame.lengthError = 1 + random(0..<4)
        case .framePadding: frame.padding = 1 + random(0..<20)
        case .otherProtocol: frame.protocolNumber = 6
        case .nothing, .unknownChannel, .truncated, .channelPadding, .channelTooLong, .looksLikeChannel, .otherVersion:
            break
        }
    }
}
