/// Which kind of capture a file is, told by its first bytes.
enum CaptureFormat {
    /// pcap, as `tcpdump -w` writes it.
    case packetCapture
    /// pcapng, as Wireshark writes it.
    case nextGeneration

    init?(_ bytes: [UInt8]) {
        let file = CaptureBytes(bytes, isLittleEndian: true)
        switch file.u32(0) {
        case 0xA1B2_C3D4?, 0xD4C3_B2A1?, 0xA1B2_3C4D?, 0x4D3C_B2A1?: self = .packetCapture
        case 0x0A0D_0D0A?: self = .nextGeneration
        default: return nil
        }
    }
}

/// Numbers in a file's bytes. Every access is checked: nil beyond the end.
struct CaptureBytes {
    let bytes: [UInt8]
    var isLittleEndian: Bool

    init(_ bytes: [UInt8], isLittleEndian: Bool) {
        self.bytes = bytes
        self.isLittleEndian = isLittleEndian
    }

    var count: Int { bytes.count }

    func u8(_ offset: Int) -> Int? { bytes.indices.contains(offset) ? Int(bytes[offset]) : nil }

    func u16(_ offset: Int) -> Int? { number(offset, 2).map { Int($0) } }

    func u32(_ offset: Int) -> UInt32? { number(offset, 4).map { UInt32($0) } }

    /// 32 bits that count something.
    func size(_ offset: Int) -> Int? { number(offset, 4).map { Int($0) } }

    private func number(_ offset: Int, _ size: Int) -> UInt64? {
        guard offset >= 0, offset <= bytes.count - size else { return nil }
        let range = bytes[offset..<offset + size]
        return isLittleEndian
            ? range.reversed().reduce(0) { $0 << 8 | UInt64($1) } : range.reduce(0) { $0 << 8 | UInt64($1) }
    }
}

/// The format of libpcap [draft-ietf-opsawg-pcap]: a header, and records with a time and a frame each.
enum PacketCapture {
    private static let headerBytes = 24
    private static let recordHeaderBytes = 16

    static func read(_ bytes: [UInt8], into collector: inout FlowCollector) throws(TraceProblem) {
        var file = CaptureBytes(bytes, isLittleEndian: true)
        let magic = file.u32(0)
        file.isLittleEndian = magic == 0xA1B2_C3D4 || magic == 0xA1B2_3C4D
        let isNanoseconds = magic == 0xA1B2_3C4D || magic == 0x4D3C_B2A1
        guard bytes.count >= headerBytes, let kind = file.u32(20) else {
            throw TraceProblem("ends in its header: it is no whole capture")
        }
        // The upper bits tell of checksums at the end of frames.
        let link = try LinkLayer(number: Int(kind & 0xFFFF))
        var offset = headerBytes
        var number = 1
        while offset < file.count {
            guard let seconds = file.u32(offset), let fraction = file.u32(offset + 4),
                let captured = file.u32(offset + 8), file.u32(offset + 12) != nil
            else { throw TraceProblem("ends in the middle of packet \(number)") }
            let start = offset + recordHeaderBytes
            let end = start + Int(captured)
            guard end <= file.count else { throw TraceProblem("ends in the middle of packet \(number)") }
            let time = UInt64(seconds) * 1_000_000_000 + UInt64(fraction) * (isNanoseconds ? 1 : 1_000)
            if let datagram = CapturedDatagram(file.bytes, start..<end, link) {
                try collector.add(
                    from: datagram.source, to: datagram.destination, bytes: datagram.payloadBytes, nanoseconds: time)
            }
            offset = end
            number += 1
        }
    }
}
