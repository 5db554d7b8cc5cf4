/// What comes before the IP header in a captured frame, by its LINKTYPE number.
enum LinkLayer {
    case ethernet
    case raw
    case loopback
    case cooked
    case cookedV2

    init(number: Int) throws(TraceProblem) {
        switch number {
        case 0, 108: self = .loopback
        case 1: self = .ethernet
        case 12, 14, 101, 228, 229: self = .raw
        case 113: self = .cooked
        case 276: self = .cookedV2
        default:
            throw TraceProblem("has frames of link type \(number): capture on Ethernet or on 'any'")
        }
    }
}

/// A UDP datagram in a captured frame. Only headers are read: a capture cut short (`tcpdump -s 96`) will do.
struct CapturedDatagram {
    /// Extension headers of IPv6 that are walked past.
    private static let extensionLimit = 8
    /// VLAN tags that are walked past.
    private static let tagLimit = 2

    /// Address and port.
    let source: [UInt8]
    /// Address and port.
    let destination: [UInt8]
    /// Bytes of media: the payload, or what a ChannelData message in it carries.
    let payloadBytes: Int

    /// Nil for what is no UDP, a later fragment, a STUN message, or cut within its headers.
    init?(_ file: [UInt8], _ range: Range<Int>, _ link: LinkLayer) {
        let frame = CaptureBytes(Array(file[range]), isLittleEndian: false)
        guard let start = CapturedDatagram.networkStart(frame, link), let version = frame.u8(start).map({ $0 >> 4 }),
            let (udp, addresses) = version == 4
                ? CapturedDatagram.ipv4(frame, start) : version == 6 ? CapturedDatagram.ipv6(frame, start) : nil,
            let length = frame.u16(udp + 4), length >= 8, frame.count >= udp + 8
        else { return nil }
        let half = addresses.count / 2
        source = Array(frame.bytes[addresses.prefix(half)] + frame.bytes[udp..<udp + 2])
        destination = Array(frame.bytes[addresses.suffix(half)] + frame.bytes[udp + 2..<udp + 4])
        guard let bytes = CapturedDatagram.mediaBytes(frame, at: udp + 8, count: length - 8) else { return nil }
        payloadBytes = bytes
    }

    private static func networkStart(_ frame: CaptureBytes, _ link: LinkLayer) -> Int? {
        switch link {
        case .raw: return 0
        case .loopback: return 4
        case .cooked: return 16
        case .cookedV2: return 20
        case .ethernet:
            var offset = 12
            for _ in 0...tagLimit {
                switch frame.u16(offset) {
                case 0x8100?, 0x88A8?: offset += 4
                case 0x0800?, 0x86DD?: return offset + 2
                default: return nil
                }
            }
            return nil
        }
    }

    /// Where the UDP header begins, and where both addresses are.
    private static func ipv4(_ frame: CaptureBytes, _ start: Int) -> (Int, Range<Int>)? {
        guard let first = frame.u8(start), frame.u8(start + 9) == 17, let fragment = frame.u16(start + 6),
            fragment & 0x1FFF == 0, frame.count >= start + 20, first & 15 >= 5
        else { return nil }
        return (start + (first & 15) * 4, start + 12..<start + 20)
    }

    private static func ipv6(_ frame: CaptureBytes, _ start: Int) -> (Int, Range<Int>)? {
        guard frame.count >= start + 40, var next = frame.u8(start + 6) else { return nil }
        var offset = start + 40
        for _ in 0..<extensionLimit {
            switch next {
            case 17: return (offset, start + 8..<start + 40)
            case 0, 43, 60:
                guard let following = frame.u8(offset), let length = frame.u8(offset + 1) else { return nil }
                next = following
                offset += (length + 1) * 8
            case 44:
                guard let following = frame.u8(offset), let place = frame.u16(offset + 2), place >> 3 == 0 else {
                    return nil
                }
                next = following
                offset += 8
            default: return nil
            }
        }
        return nil
    }

    /// The media in a payload: all of it, or what a ChannelData message carries; nil for STUN.
    private static func mediaBytes(_ frame: CaptureBytes, at offset: Int, count: Int) -> Int? {
        guard let first = frame.u8(offset) else { return count }
        if first < 4, frame.u32(offset + 4) == 0x2112_A442 { return nil }
        // A ChannelData message as clients of a relay send it [RFC 8656 12.4]; RTP begins with 128 and above.
        if 0x40...0x4F ~= first, let length = frame.u16(offset + 2), 0...3 ~= count - 4 - length { return length }
        return count
    }
}
