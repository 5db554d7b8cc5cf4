import STUN

/// What a DNS record says, of the types that lead to a relay.
enum DNSRecord: Hashable, Sendable {
    /// A or AAAA.
    case address(IPAddress)
    /// SRV [RFC 2782].
    case service(priority: UInt16, weight: UInt16, port: UInt16, target: String)
    /// NAPTR [RFC 3403].
    case pointer(order: UInt16, preference: UInt16, flags: String, service: String, replacement: String)
}

/// The answer section of a DNS message [RFC 1035 4]. Whatever the bytes are, reading them ends.
enum DNSMessage {
    /// Compression pointers followed for one name at most: each must point backwards, this bounds their number too.
    private static let pointerLimit = 32
    /// Records read from one message at most.
    private static let recordLimit = 64

    /// The records of the answer section; nil when the message is malformed. Records of other types are left out.
    static func records(in message: [UInt8]) -> [DNSRecord]? {
        guard message.count >= 12 else { return nil }
        let questions = Int(number(message, 4))
        let answers = Int(number(message, 6))
        var offset = 12
        for _ in 0..<questions {
            guard let name = readName(message, at: offset), name.end + 4 <= message.count else { return nil }
            offset = name.end + 4
        }
        var found: [DNSRecord] = []
        for _ in 0..<min(answers, recordLimit) {
            guard let name = readName(message, at: offset), name.end + 10 <= message.count else { return nil }
            let type = number(message, name.end)
            let start = name.end + 10
            let end = start + Int(number(message, name.end + 8))
            guard end <= message.count else { return nil }
            if let record = read(type, message, start..<end) { found.append(record) }
            offset = end
        }
        return found
    }

    private static func read(_ type: UInt16, _ message: [UInt8], _ range: Range<Int>) -> DNSRecord? {
        switch type {
        case 1 where range.count == 4:
            return .address(IPAddress(ipv4: UInt32(wide(message[range]))))
        case 28 where range.count == 16:
            let middle = range.lowerBound + 8
            return .address(
                IPAddress(
                    ipv6High: wide(message[range.lowerBound..<middle]), low: wide(message[middle..<range.upperBound])))
        case 33 where range.count >= 7:
            guard let target = readName(message, at: range.lowerBound + 6) else { return nil }
            return .service(
                priority: number(message, range.lowerBound), weight: number(message, range.lowerBound + 2),
                port: number(message, range.lowerBound + 4), target: target.text)
        case 35 where range.count >= 8:
            var offset = range.lowerBound + 4
            var texts: [String] = []
            for _ in 0..<3 {
                guard offset < range.upperBound else { return nil }
                let end = offset + 1 + Int(message[offset])
                guard end <= range.upperBound else { return nil }
                texts.append(String(decoding: message[offset + 1..<end], as: UTF8.self))
                offset = end
            }
            guard let replacement = readName(message, at: offset) else { return nil }
            return .pointer(
                order: number(message, range.lowerBound), preference: number(message, range.lowerBound + 2),
                flags: texts[0], service: texts[1], replacement: replacement.text)
        default: return nil
        }
    }

    /// A name without its final dot, and where it ends in the message; nil when it is malformed.
    private static func readName(_ message: [UInt8], at start: Int) -> (text: String, end: Int)? {
        var labels: [String] = []
        var offset = start
        var end: Int?
        var pointers = 0
        while true {
            guard offset < message.count else { return nil }
            let count = Int(message[offset])
            switch count {
            case 0:
                return (labels.joined(separator: "."), end ?? offset + 1)
            case 1..<64:
                guard offset + 1 + count <= message.count, labels.count < 128 else { return nil }
                labels.append(String(decoding: message[offset + 1..<offset + 1 + count], as: UTF8.self))
                offset += 1 + count
            case 0xC0...:
                pointers += 1
                guard offset + 2 <= message.count, pointers <= pointerLimit else { return nil }
                let target = Int(number(message, offset) & 0x3FFF)
                guard target < offset else { return nil }
                end = end ?? offset + 2
                offset = target
            default: return nil
            }
        }
    }

    private static func number(_ message: [UInt8], _ offset: Int) -> UInt16 {
        UInt16(message[offset]) << 8 | UInt16(message[offset + 1])
    }

    private static func wide(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}
