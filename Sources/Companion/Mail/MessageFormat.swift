import Foundation

/// A mail as SMTP takes it [RFC 5322]: UTF-8 text in Base64, so that no line is too long and none starts with a dot.
enum MessageFormat {
    /// Characters of a Base64 line [RFC 2045 6.8].
    static let lineMax = 76
    /// Bytes of text in one encoded word of a header [RFC 2047 2: 75 characters with its frame].
    static let wordBytesMax = 42

    static func mail(_ message: OutgoingMessage, from: String, host: String) -> [UInt8] {
        let headers = [
            "From: \(from)",
            "To: <\(message.to)>",
            "Subject: \(header(message.subject))",
            "Date: \(date(message.at))",
            "Message-ID: <\(message.id)@\(host)>",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: base64",
            "Auto-Submitted: auto-generated",  // RFC 3834 5: no out-of-office answers, please
        ]
        let body = message.body.replacingOccurrences(of: "\n", with: "\r\n")
        return Array((headers + [""] + lines(base64(Array(body.utf8))) + [""]).joined(separator: "\r\n").utf8)
    }

    /// A header's text: as it is when it is printable ASCII, in encoded words otherwise. Never with a line end of its
    /// own.
    static func header(_ text: String) -> String {
        if text.utf8.count <= lineMax, text.utf8.allSatisfy({ 0x20...0x7E ~= $0 }), !text.contains("=?") {
            return text
        }
        var words: [[UInt8]] = [[]]
        for character in text {
            let bytes = Array(String(character).utf8)
            if !words[words.count - 1].isEmpty, words[words.count - 1].count + bytes.count > wordBytesMax {
                words.append([])
            }
            words[words.count - 1] += bytes
        }
        return words.map { "=?utf-8?B?\(base64($0))?=" }.joined(separator: "\r\n ")
    }

    /// A name in front of an address: quoted when it holds what would end it, a comma for example [RFC 5322 3.2.5].
    static func phrase(_ text: String) -> String {
        let header = header(text)
        guard header == text, !text.allSatisfy({ $0.isLetter || $0.isNumber || $0 == " " }) else { return header }
        return "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    static func date(_ milliseconds: Int64) -> String {
        var time = time_t(milliseconds / 1000)
        var parts = tm()
        gmtime_r(&time, &parts)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) "
            + "\(parts.tm_year + 1900) \(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) +0000"
    }

    private static func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    private static func lines(_ text: String) -> [String] {
        let bytes = Array(text.utf8)
        return stride(from: 0, to: bytes.count, by: lineMax).map {
            String(decoding: bytes[$0..<min($0 + lineMax, bytes.count)], as: UTF8.self)
        }
    }
}
