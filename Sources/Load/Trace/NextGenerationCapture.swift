/// The format pcapng [draft-ietf-opsawg-pcapng]: blocks, of which those with packets and interfaces matter.
enum NextGenerationCapture {
    /// Interfaces of a section at most.
    private static let interfaceLimit = 1_024
    /// Whole seconds of a time at most: later ones are a mistake.
    private static let secondsMax: UInt64 = 1 << 33

    private static let sectionHeader: UInt32 = 0x0A0D_0D0A
    private static let interfaceDescription: UInt32 = 1
    private static let simplePacket: UInt32 = 3
    private static let enhancedPacket: UInt32 = 6

    private struct Interface {
        /// Nil: of a kind that is not read; only its packets make that a mistake.
        let link: LinkLayer?
        let number: Int
        /// How many of its units of time a second has.
        let unitsPerSecond: UInt64
    }

    static func read(_ bytes: [UInt8], into collector: inout FlowCollector) throws(TraceProblem) {
        var file = CaptureBytes(bytes, isLittleEndian: true)
        var interfaces: [Interface] = []
        var offset = 0
        while offset < file.count {
            let isSection = file.u32(offset) == sectionHeader
            if isSection {
                interfaces = []
                switch CaptureBytes(bytes, isLittleEndian: true).u32(offset + 8) {
                case 0x1A2B_3C4D?: file.isLittleEndian = true
                case 0x4D3C_2B1A?: file.isLittleEndian = false
                default: throw TraceProblem("has a section of unknown byte order at byte \(offset)")
                }
            }
            guard let type = file.u32(offset), let length = file.size(offset + 4), length >= 12,
                length % 4 == 0, length <= file.count - offset, file.u32(offset + length - 4) == UInt32(length)
            else { throw TraceProblem("ends in the middle of a block, or has a broken one, at byte \(offset)") }
            let body = offset + 8..<offset + length - 4
            switch type {
            case interfaceDescription:
                guard interfaces.count < interfaceLimit else { throw TraceProblem("has too many interfaces") }
                interfaces.append(try interface(file, body))
            case enhancedPacket: try packet(file, body, interfaces, &collector)
            case simplePacket: throw TraceProblem("has packets without times: write it anew with tcpdump -w")
            default: break
            }
            offset += length
        }
    }

    private static func interface(_ file: CaptureBytes, _ body: Range<Int>) throws(TraceProblem) -> Interface {
        guard body.count >= 8, let number = file.u16(body.lowerBound) else {
            throw TraceProblem("has a broken interface at byte \(body.lowerBound)")
        }
        var units: UInt64 = 1_000_000
        var offset = body.lowerBound + 8
        while offset + 4 <= body.upperBound, let code = file.u16(offset), let length = file.u16(offset + 2), code != 0 {
            if code == 9, length == 1, offset + 4 < body.upperBound, let value = file.u8(offset + 4) {
                units = try unitsPerSecond(value)
            }
            offset += 4 + (length + 3) / 4 * 4
        }
        return Interface(link: try? LinkLayer(number: number), number: number, unitsPerSecond: units)
    }

    /// From the option if_tsresol: a negative power of ten, or of two when the highest bit is set.
    private static func unitsPerSecond(_ value: Int) throws(TraceProblem) -> UInt64 {
        let power = value & 0x7F
        if value & 0x80 != 0, power < 63 { return 1 << UInt64(power) }
        if value & 0x80 == 0, power < 19 { return (0..<power).reduce(1) { product, _ in product * 10 } }
        throw TraceProblem("has times finer than can be read")
    }

    private static func packet(
        _ file: CaptureBytes, _ body: Range<Int>, _ interfaces: [Interface], _ collector: inout FlowCollector
    ) throws(TraceProblem) {
        let broken = TraceProblem("has a broken packet at byte \(body.lowerBound)")
        let at = body.lowerBound
        guard body.count >= 20, let place = file.size(at), interfaces.indices.contains(place),
            let high = file.u32(at + 4), let low = file.u32(at + 8), let captured = file.size(at + 12),
            captured <= body.count - 20
        else { throw broken }
        let interface = interfaces[place]
        let link: LinkLayer
        if let known = interface.link { link = known } else { link = try LinkLayer(number: interface.number) }
        let time = UInt64(high) << 32 | UInt64(low)
        let seconds = time / interface.unitsPerSecond
        guard seconds < secondsMax else { throw broken }
        let fraction = Double(time % interface.unitsPerSecond) / Double(interface.unitsPerSecond)
        if let datagram = CapturedDatagram(file.bytes, at + 20..<at + 20 + captured, link) {
            try collector.add(
                from: datagram.source, to: datagram.destination, bytes: datagram.payloadBytes,
                nanoseconds: seconds * 1_000_000_000 + UInt64((fraction * 1e9).rounded()))
        }
    }
}
