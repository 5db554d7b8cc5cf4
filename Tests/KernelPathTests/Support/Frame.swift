import STUN

/// A UDP datagram in an Ethernet frame, written and read the slow and plain way.
struct Frame: Equatable {
    enum Checksum: Equatable {
        case right, wrong, none
        /// The sum of the pseudo-header, as a sender leaves it that expects its interface to do the rest.
        case partial
    }

    var targetMAC: [UInt8] = Network.mac
    var sourceMAC: [UInt8] = Network.mac
    var source: TransportAddress
    var target: TransportAddress
    var typeOfService: UInt8 = 0
    var hops: UInt8 = 64
    var identification: UInt16 = 0
    var fragment: UInt16 = 0
    var flowLabel: UInt32 = 0
    var payload: [UInt8] = []
    /// The 802.1Q tag; nil: none.
    var tag: UInt16?
    var checksum = Checksum.right
    // What makes it unusual.
    var options: [UInt8] = []
    var isHeaderSumWrong = false
    var protocolNumber: UInt8 = 17
    var lengthError = 0
    var padding = 0

    init(_ source: TransportAddress, _ target: TransportAddress) {
        self.source = source
        self.target = target
    }

    var isIPv4: Bool { source.family == .ipv4 }

    /// The frame.
    var bytes: [UInt8] {
        var udp = source.port.bytes + target.port.bytes + UInt16(8 + payload.count + lengthError).bytes
        udp += UInt16(0).bytes + payload
        let pseudo = source.ip.bytes + target.ip.bytes + UInt16(17).bytes + UInt16(udp.count).bytes
        switch checksum {
        case .right, .wrong:
            var sum = ~Self.sum(pseudo + udp)
            if sum == 0 { sum = 0xffff }
            if checksum == .wrong { sum = sum &+ 0x1234 == 0 ? 0x4321 : sum &+ 0x1234 }
            udp.replaceSubrange(6..<8, with: sum.bytes)
        case .partial: udp.replaceSubrange(6..<8, with: Self.sum(pseudo).bytes)
        case .none: break
        }
        var ip: [UInt8]
        if isIPv4 {
            ip = [UInt8(0x45 + options.count / 4), typeOfService]
            ip += UInt16(20 + options.count + udp.count).bytes + identification.bytes + fragment.bytes
            ip += [hops, protocolNumber, 0, 0] + source.ip.bytes + target.ip.bytes + options
            let sum = ~Self.sum(ip) &+ (isHeaderSumWrong ? 1 : 0)
            ip.replaceSubrange(10..<12, with: sum.bytes)
        } else {
            let first = 6 << 28 | UInt32(typeOfService) << 20 | flowLabel
            ip = UInt16(first >> 16).bytes + UInt16(first & 0xffff).bytes + UInt16(options.count + udp.count).bytes
            // The options stand for a header of extension.
            ip += [options.isEmpty ? protocolNumber : 60, hops] + source.ip.bytes + target.ip.bytes + options
        }
        let type: [UInt8] = isIPv4 ? [0x08, 0x00] : [0x86, 0xdd]
        let tag: [UInt8] = tag.map { [0x81, 0x00] + $0.bytes } ?? []
        return targetMAC + sourceMAC + tag + type + ip + udp + [UInt8](repeating: 0, count: padding)
    }

    /// Reads a frame; nil when there is anything unusual about it but its checksum.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 18 + 28 || bytes.count >= 14 + 28 && bytes[12...13] != [0x81, 0x00] else { return nil }
        tag = bytes[12...13] == [0x81, 0x00] ? bytes.number(14) : nil
        let network = tag == nil ? 14 : 18
        let type = bytes[(network - 2)..<network]
        let isIPv4 = type == [0x08, 0x00]
        guard isIPv4 || type == [0x86, 0xdd] else { return nil }
        let ip = Array(bytes[network...])
        let headerCount = isIPv4 ? 20 : 40
        guard ip.count >= headerCount + 8 else { return nil }
        let udpCount = isIPv4 ? Int(ip.number(2)) - 20 : Int(ip.number(4))
        guard udpCount >= 8, ip.count >= headerCount + udpCount else { return nil }
        if isIPv4 {
            guard ip[0] == 0x45, ip[9] == 17, ip.number(6) & 0x3fff == 0, Self.sum(Array(ip[..<20])) == 0xffff else {
                return nil
            }
        } else {
            guard ip[0] >> 4 == 6, ip[6] == 17 else { return nil }
        }
        let udp = Array(ip[headerCount..<headerCount + udpCount])
        guard Int(udp.number(4)) == udpCount else { return nil }
        let addresses = isIPv4 ? (12..<16, 16..<20) : (8..<24, 24..<40)
        source = TransportAddress(ip: IPAddress(bytes: Array(ip[addresses.0])), port: udp.number(0))
        target = TransportAddress(ip: IPAddress(bytes: Array(ip[addresses.1])), port: udp.number(2))
        targetMAC = Array(bytes[0..<6])
        sourceMAC = Array(bytes[6..<12])
        typeOfService = isIPv4 ? ip[1] : UInt8(ip.number(0) >> 4 & 0xff)
        hops = isIPv4 ? ip[8] : ip[7]
        identification = isIPv4 ? ip.number(4) : 0
        fragment = isIPv4 ? ip.number(6) : 0
        flowLabel = isIPv4 ? 0 : UInt32(ip.number(0) & 0xf) << 16 | UInt32(ip.number(2))
        payload = Array(udp[8...])
        padding = ip.count - headerCount - udpCount
        let pseudo = source.ip.bytes + target.ip.bytes + UInt16(17).bytes + UInt16(udpCount).bytes
        if udp.number(6) == 0 {
            checksum = .none
        } else if udp.number(6) == Self.sum(pseudo) {
            checksum = .partial
        } else {
            checksum = Self.sum(pseudo + udp) == 0xffff ? .right : .wrong
        }
    }

    /// RFC 1071.
    static func sum(_ bytes: [UInt8]) -> UInt16 {
        var sum = 0
        for index in stride(from: 0, to: bytes.count, by: 2) {
            sum += Int(bytes[index]) << 8 + (index + 1 < bytes.count ? Int(bytes[index + 1]) : 0)
        }
        while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
        return UInt16(sum)
    }
}

extension UInt16 {
    var bytes: [UInt8] { [UInt8(self >> 8), UInt8(self & 0xff)] }
}

extension [UInt8] {
    func number(_ at: Int) -> UInt16 { UInt16(self[at]) << 8 | UInt16(self[at + 1]) }
}

extension IPAddress {
    var bytes: [UInt8] {
        let all = [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) } }
        return Array(all.suffix(family.byteCount))
    }

    init(bytes: [UInt8]) {
        let words = stride(from: 0, to: bytes.count, by: 8).map { start in
            bytes[start..<min(start + 8, bytes.count)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        }
        self = words.count == 1 ? IPAddress(ipv4: UInt32(words[0])) : IPAddress(ipv6High: words[0], low: words[1])
    }
}
