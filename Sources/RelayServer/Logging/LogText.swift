/// Text that came from outside, made fit for one line of a log or one cell of a table.
///
/// Whoever sends packets chooses usernames: a line break would forge a record, an escape sequence would steer the
/// reader's terminal, a bidirectional override would reorder what is read (GHSA-4g7c-p5wg-j4hp is the same mistake
/// with format strings). Everything that is not plainly visible is written as an escape.
public enum LogText {
    /// The most bytes of one value that reach a log line; a STUN username has at most 513 [RFC 8489 14.3].
    public static let valueBytesMax = 1024
    /// What ends a value that was longer.
    static let ellipsis = "..."

    /// `text` on one line: backslash, double quote, control, format and separator characters escaped.
    public static func escaped(_ text: String, bytesMax: Int = valueBytesMax) -> String {
        escape(text, bytesMax, quotes: true)
    }

    /// `text` on one line for people: as `escaped(_:)`, but backslashes and double quotes stay as they are.
    public static func visible(_ text: String, bytesMax: Int = valueBytesMax) -> String {
        escape(text, bytesMax, quotes: false)
    }

    private static func escape(_ text: String, _ bytesMax: Int, quotes: Bool) -> String {
        let special = { (byte: UInt8) in byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "\"") }
        // Nearly all text is plain.
        if text.utf8.count <= bytesMax, text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && !(quotes && special($0)) }) {
            return text
        }
        var result = ""
        result.reserveCapacity(min(text.utf8.count, bytesMax) + 8)
        var bytes = 0
        for scalar in text.unicodeScalars {
            let before = result.utf8.count
            append(scalar, quotes: quotes, to: &result)
            bytes += result.utf8.count - before
            guard bytes <= bytesMax else {
                result.unicodeScalars.removeLast(result.unicodeScalars.count - scalars(result, upTo: before))
                return result + ellipsis
            }
        }
        return result
    }

    /// Raw bytes on one line: as `escaped(_:)`, and each byte that is no part of valid UTF-8 as `\xNN`.
    public static func escaped(bytes: some Sequence<UInt8>, bytesMax: Int = valueBytesMax) -> String {
        var result = ""
        var iterator = bytes.makeIterator()
        var pending: [UInt8] = []
        func take() -> UInt8? { pending.isEmpty ? iterator.next() : pending.removeFirst() }
        while let first = take() {
            guard result.utf8.count < bytesMax else { return result + ellipsis }
            var candidate = [first]
            while candidate.count < sequenceLength(first), let next = take() { candidate.append(next) }
            if let text = String(validating: candidate, as: UTF8.self) {
                for scalar in text.unicodeScalars { append(scalar, quotes: true, to: &result) }
            } else {
                result += "\\x" + hexadecimal(UInt32(first), digits: 2)
                pending.insert(contentsOf: candidate.dropFirst(), at: 0)
            }
        }
        return result
    }

    /// Bare when it is a plain word, else in double quotes with escapes: `alice`, `"a b"`, `""`.
    public static func quotedIfNeeded(_ text: String, bytesMax: Int = valueBytesMax) -> String {
        let plain = !text.isEmpty && text.utf8.count <= bytesMax && text.utf8.allSatisfy(isPlain)
        return plain ? text : "\"" + escaped(text, bytesMax: bytesMax) + "\""
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
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

    private static func append(_ scalar: Unicode.Scalar, quotes: Bool, to result: inout String) {
        switch scalar {
        case "\\" where quotes: result += "\\\\"
        case "\"" where quotes: result += "\\\""
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        case "\t": result += "\\t"
        default:
            if isVisible(scalar) {
                result.unicodeScalars.append(scalar)
            } else {
                result += "\\u{" + String(scalar.value, radix: 16) + "}"
            }
        }
    }

    /// Whether a reader sees this scalar, alone, where it stands.
    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value >= 0x20 && scalar.value != 0x7F }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned,
            .spaceSeparator:
            return false
        default:
            return true
        }
    }

    /// Bytes of the UTF-8 sequence that `first` would begin; 1 for what begins none.
    private static func sequenceLength(_ first: UInt8) -> Int {
        switch first {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 1
        }
    }

    private static func scalars(_ text: String, upTo bytes: Int) -> Int {
        text.unicodeScalars.distance(
            from: text.startIndex, to: text.utf8.index(text.startIndex, offsetBy: bytes))
    }

    static func hexadecimal(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
