internal import STUN

/// Text from strangers for logs, tables and terminals: one line, nothing invisible, nothing that a terminal or a log
/// reader would take for more than text.
///
/// Whoever sends packets chooses usernames: a line break would forge a record, an escape sequence would steer the
/// reader's terminal, a bidirectional override would reorder what is read (GHSA-4g7c-p5wg-j4hp is the same mistake
/// with format strings). Everything that is not plainly visible is written as an escape.
public enum LogText {
    /// At most `limit` characters of `bytes`. Backslash, quotes and everything that is no letter, digit, mark, symbol
    /// or punctuation is escaped as `\u{…}`; bytes that are no UTF-8 as `\x…`.
    public static func escape(_ bytes: RawSpan, limit: Int = 64) -> String {
        if let text = bytes.text() { return escape(text, limit: limit) }
        var escaped = ""
        var count = 0
        for byte in bytes.copied() {
            guard count < limit else { return escaped + "…" }
            append(byte < 0x80 ? Unicode.Scalar(byte) : nil, byte, to: &escaped)
            count += 1
        }
        return escaped
    }

    /// At most `limit` characters of `text`, escaped.
    public static func escape(_ text: String, limit: Int = 64) -> String {
        var escaped = ""
        var count = 0
        for scalar in text.unicodeScalars {
            guard count < limit else { return escaped + "…" }
            append(scalar, 0, to: &escaped)
            count += 1
        }
        return escaped
    }

    private static func append(_ scalar: Unicode.Scalar?, _ byte: UInt8, to escaped: inout String) {
        guard let scalar else {
            let digits = String(byte, radix: 16)
            escaped += "\\x" + (digits.count < 2 ? "0" : "") + digits
            return
        }
        if isPlain(scalar) {
            escaped.unicodeScalars.append(scalar)
        } else {
            escaped += "\\u{" + String(scalar.value, radix: 16) + "}"
        }
    }

    /// Whether a reader sees this scalar, alone, where it stands, and a log keeps it for text in quotes of any kind.
    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        scalar != "\\" && scalar != "\"" && scalar != "'" && scalar != "`" && isVisible(scalar)
    }

    /// Whether a reader sees this scalar, alone, where it stands.
    static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return 0x20...0x7E ~= scalar.value }
        if scalar.properties.isDefaultIgnorableCodePoint { return false }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator, .nonspacingMark, .enclosingMark:
            // Marks as well: enough of them paint over the lines above.
            return false
        default:
            return true
        }
    }
}
