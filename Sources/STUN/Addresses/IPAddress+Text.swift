extension IPAddress: LosslessStringConvertible {
    /// Reads a dotted quad (four decimal numbers without leading zeros) or any IPv6 text form of RFC 4291 2.2,
    /// an embedded dotted quad included. Zone identifiers and brackets are not part of an address.
    public init?(_ description: String) {
        let text = description.utf8.span
        if let value = Self.parseIPv4(text, 0..<text.count) {
            self.init(ipv4: value)
        } else if let halves = Self.parseIPv6(text) {
            self.init(ipv6High: halves.high, low: halves.low)
        } else {
            return nil
        }
    }

    /// The dotted quad, or the one canonical IPv6 form of RFC 5952: lower case, no leading zeros, the longest run
    /// of two or more zero groups (the first of equals) as `::`, IPv4-mapped addresses with a dotted quad.
    public var description: String {
        family == .ipv4 ? Self.dottedQuad(ipv4) : ipv6Text
    }

    private static func dottedQuad(_ value: UInt32) -> String {
        "\(value >> 24).\(value >> 16 & 255).\(value >> 8 & 255).\(value & 255)"
    }

    private var ipv6Text: String {
        // RFC 5952 5: a well-known prefix that embeds an IPv4 address is written with the dotted quad.
        if high == 0, low >> 32 == 0xFFFF { return "::ffff:" + Self.dottedQuad(ipv4) }

        func group(_ index: Int) -> UInt64 {
            (index < 4 ? high : low) >> UInt64(48 - index % 4 * 16) & 0xFFFF
        }
        var zeros = 0..<0
        var index = 0
        while index < 8 {
            var end = index
            while end < 8, group(end) == 0 { end += 1 }
            if end - index > max(zeros.count, 1) { zeros = index..<end }
            index = max(end, index + 1)
        }

        var text = ""
        index = 0
        while index < 8 {
            if !zeros.isEmpty, index == zeros.lowerBound {
                text += "::"
                index = zeros.upperBound
                continue
            }
            if index > 0, index != zeros.upperBound || zeros.isEmpty { text += ":" }
            text += String(group(index), radix: 16)
            index += 1
        }
        return text
    }

    /// Four numbers 0...255 without leading zeros: `010.0.0.1` is octal to some readers, so it is refused here.
    private static func parseIPv4(_ text: Span<UInt8>, _ range: Range<Int>) -> UInt32? {
        var value: UInt32 = 0
        var octet: UInt32 = 0
        var digits = 0
        var octets = 0
        for index in range {
            let byte = text[index]
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                guard digits == 0 || octet != 0 else { return nil }
                octet = octet * 10 + UInt32(byte - UInt8(ascii: "0"))
                digits += 1
                guard octet <= 255, digits <= 3 else { return nil }
            case UInt8(ascii: "."):
                guard digits > 0, octets < 3 else { return nil }
                value = value << 8 | octet
                octet = 0
                digits = 0
                octets += 1
            default:
                return nil
            }
        }
        guard digits > 0, octets == 3 else { return nil }
        return value << 8 | octet
    }

    private static func parseIPv6(_ text: Span<UInt8>) -> (high: UInt64, low: UInt64)? {
        var groups: [8 of UInt16] = .init(repeating: 0)
        var count = 0
        var gap: Int?  // how many groups stood before "::"
        var index = 0
        let end = text.count
        let colon = UInt8(ascii: ":")

        if end >= 2, text[0] == colon, text[1] == colon {
            gap = 0
            index = 2
        }
        while index < end {
            var value: UInt32 = 0
            let start = index
            while index < end, let digit = hexadecimal(text[index]), index - start < 4 {
                value = value << 4 | digit
                index += 1
            }
            if index < end, text[index] == UInt8(ascii: ".") {
                guard count <= 6, let quad = parseIPv4(text, start..<end) else { return nil }
                groups[count] = UInt16(quad >> 16)
                groups[count + 1] = UInt16(quad & 0xFFFF)
                count += 2
                index = end
                break
            }
            guard index > start, count < 8 else { return nil }
            groups[count] = UInt16(value)
            count += 1
            guard index < end else { break }
            guard text[index] == colon else { return nil }
            index += 1
            guard index < end else { return nil }  // one colon at the end
            if text[index] == colon {
                guard gap == nil else { return nil }
                gap = count
                index += 1
            }
        }
        guard gap == nil ? count == 8 : count < 8 else { return nil }

        var halves: (high: UInt64, low: UInt64) = (0, 0)
        let skipped = 8 - count
        for position in 0..<8 {
            let source = position < gap ?? 8 ? position : position - skipped
            let value: UInt16 = position >= (gap ?? 8) && source < (gap ?? 8) ? 0 : groups[source]
            if position < 4 {
                halves.high = halves.high << 16 | UInt64(value)
            } else {
                halves.low = halves.low << 16 | UInt64(value)
            }
        }
        return halves
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}
