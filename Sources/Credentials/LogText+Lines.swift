/// Values of log records and cells of tables: bounded in bytes, quoted where a reader could misjudge where they end.
extension LogText {
    /// The most bytes of one value that reach a log line; a STUN username has at most 513 [RFC 8489 14.3].
    public static let valueBytesMax = 1024
    /// What ends a value that was longer.
    public static let ellipsis = "..."

    /// `text` on one line: backslash, double quote and everything that is not plainly visible escaped.
    public static func escaped(_ text: String, bytesMax: Int = valueBytesMax) -> String {
        line(text, bytesMax, quotes: true)
    }

    /// `text` on one line for people: as `escaped(_:)`, but backslashes and double quotes stay as they are.
    public static func visible(_ text: String, bytesMax: Int = valueBytesMax) -> String {
        line(text, bytesMax, quotes: false)
    }

    /// Bare when it is a plain word, else in double quotes with escapes: `alice`, `"a b"`, `""`.
    public static func quotedIfNeeded(_ text: String, bytesMax: Int = valueBytesMax) -> String {
        let plain = !text.isEmpty && text.utf8.count <= bytesMax && text.utf8.allSatisfy(isPartOfWord)
        return plain ? text : "\"" + escaped(text, bytesMax: bytesMax) + "\""
    }

    /// A number in lower-case hexadecimal, with zeros in front up to so many digits.
    public static func hexadecimal(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    private static func line(_ text: String, _ bytesMax: Int, quotes: Bool) -> String {
        let special = { (byte: UInt8) in byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "\"") }
        // Nearly all text is plain.
        if text.utf8.count <= bytesMax, text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && !(quotes && special($0)) }) {
            return text
        }
        var result = ""
        result.reserveCapacity(min(text.utf8.count, bytesMax) + 8)
        for scalar in text.unicodeScalars {
            let piece = escape(scalar, quotes: quotes)
            guard result.utf8.count + piece.utf8.count <= bytesMax else { return result + ellipsis }
            result += piece
        }
        return result
    }

    private static func escape(_ scalar: Unicode.Scalar, quotes: Bool) -> String {
        switch scalar {
        case "\\" where quotes: "\\\\"
        case "\"" where quotes: "\\\""
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        default: isVisible(scalar) ? String(scalar) : "\\u{" + String(scalar.value, radix: 16) + "}"
        }
    }

    private static func isPartOfWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "/"),
            UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "@"), UInt8(ascii: "+"), UInt8(ascii: "%"):
            true
        default: false
        }
    }
}
