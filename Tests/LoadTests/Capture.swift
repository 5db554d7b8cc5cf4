/// Writes captures as programs do, for the reader to read.
struct Capture {
    /// A datagram of a flow between two endpoints.
    struct Frame {
        var seconds: Int
        var nanoseconds: Int
        var payload: Int
        var isBack = false
        var isSTUN = false
        var isChannelData = false
        var port = 4_000
    }

    /// The LINKTYPE number.
    var link: Int
    var isLittle = true
    var isIPv6 = false

    func packetCapture(_ frames: [Frame], isFine: Bool = false) -> [UInt8] {
        var bytes =
            u32(isFine ? 0xA1B2_3C4D : 0xA1B2_C3D4) + u16(2) + u16(4) + u32(0) + u32(0) + u32(262_144) + u32(link)
        for frame in frames {
            let data = self.data(frame)
            // Cut to the headers and a little more, as `tcpdump -s` does.
            let kept = data.prefix(96)
            bytes += u32(frame.seconds) + u32(isFine ? frame.nanoseconds : frame.nanoseconds / 1_000)
            bytes += u32(kept.count) + u32(data.count) + kept
        }
        return bytes
    }

    func nextGeneration(_ frames: [Frame], resolution: Int? = nil) -> [UInt8] {
        var bytes = block(0x0A0D_0D0A, u32(0x1A2B_3C4D) + u16(1) + u16(0) + u32(0xFFFF_FFFF) + u32(0xFFFF_FFFF))
        let option = resolution.map { u16(9) + u16(1) + [UInt8($0), 0, 0, 0] + u16(0) + u16(0) } ?? []
        bytes += block(1, u16(link) + u16(0) + u32(262_144) + option)
        // A block of statistics between them, of no interest.
        bytes += block(5, u32(0) + u32(0) + u32(0))
        let unit = resolution == 9 ? 1 : 1_000
        for frame in frames {
            let data = self.data(frame)
            let time = (frame.seconds * 1_000_000_000 + frame.nanoseconds) / unit
            bytes += block(
                6, u32(0) + u32(time >> 32) + u32(time & 0xFFFF_FFFF) + u32(data.count) + u32(data.count) + padded(data)
            )
        }
        return bytes
    }

    private func data(_ frame: Frame) -> [UInt8] {
        var payload = [UInt8](repeating: 0x80, count: frame.payload)
        if frame.isSTUN { payload.replaceSubrange(0..<8, with: [0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42]) }
        if frame.isChannelData { payload.replaceSubrange(0..<4, with: [0x40, 0, 0, UInt8(frame.payload - 4)]) }
        let ports = frame.isBack ? big(5_000) + big(frame.port) : big(frame.port) + big(5_000)
        let udp = ports + big(8 + frame.payload) + big(0) + payload
        let near = [UInt8](repeating: 1, count: isIPv6 ? 16 : 4)
        let far = [UInt8](repeating: 2, count: isIPv6 ? 16 : 4)
        let addresses = frame.isBack ? far + near : near + far
        let ip: [UInt8] =
            isIPv6
            ? [0x60, 0, 0, 0] + big(udp.count) + [17, 64] + addresses
            : [0x45, 0] + big(20 + udp.count) + [0, 0, 0x40, 0, 64, 17, 0, 0] + addresses
        let type: [UInt8] = isIPv6 ? [0x86, 0xDD] : [8, 0]
        switch link {
        case 0: return [2, 0, 0, 0] + ip + udp
        case 1: return [UInt8](repeating: 6, count: 12) + [0x81, 0, 0, 5] + type + ip + udp
        case 113: return [UInt8](repeating: 0, count: 14) + type + ip + udp
        case 276: return type + [UInt8](repeating: 0, count: 18) + ip + udp
        default: return ip + udp
        }
    }

    private func block(_ type: Int, _ body: [UInt8]) -> [UInt8] {
        let length = body.count + 12
        return u32(type) + u32(length) + body + u32(length)
    }

    private func padded(_ bytes: [UInt8]) -> [UInt8] {
        bytes + [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4)
    }

    private func big(_ number: Int) -> [UInt8] { [UInt8(number >> 8 & 255), UInt8(number & 255)] }
    private func u16(_ number: Int) -> [UInt8] { isLittle ? big(number).reversed() : big(number) }
    private func u32(_ number: Int) -> [UInt8] {
        let bytes = (0..<4).map { UInt8(number >> (24 - 8 * $0) & 255) }
        return isLittle ? bytes.reversed() : bytes
    }
}
