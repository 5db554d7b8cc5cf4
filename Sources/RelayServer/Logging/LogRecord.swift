import Credentials
import Logging

/// One record as it goes into the log: exactly one line, whatever its contents.
struct LogRecord {
    var unixMilliseconds: Int64
    var level: Logger.Level
    var label: String
    var message: String
    var metadata: Logger.Metadata

    /// Bytes a line may have; what is longer ends in `...` (text) or loses its fields (JSON).
    static let lineBytesMax = 8192
    /// Bytes a message may have.
    static let messageBytesMax = 2048
    /// Names of fields whose values are never written, wherever they come from.
    static let hiddenNames = ["password", "secret", "credential-key", "private-key", "token", "authorization"]

    /// The line, without its line break.
    func line(_ format: LogFormat) -> String {
        switch format {
        case .text: textLine
        case .json: jsonLine
        }
    }

    private var textLine: String {
        var line = "\(LogTime.text(unixMilliseconds)) \(level.rawValue)"
        if !label.isEmpty { line += " " + LogText.escaped(label, bytesMax: 64) }
        line += ": " + LogText.visible(message, bytesMax: Self.messageBytesMax)
        for (name, value) in metadata.sorted(by: { $0.key < $1.key }) {
            line += " " + LogText.escaped(name, bytesMax: 64).replacing(" ", with: "_") + "="
            line += LogText.quotedIfNeeded(Self.isHidden(name) ? Self.hidden : Self.plain(value))
            guard line.utf8.count <= Self.lineBytesMax else { return line + " " + LogText.ellipsis }
        }
        return line
    }

    private var jsonLine: String {
        let head =
            "{\"time\":\"\(LogTime.text(unixMilliseconds))\",\"level\":\"\(level.rawValue)\","
            + "\"label\":\(JSONText.string(label)),"
            + "\"message\":\(JSONText.string(message, bytesMax: Self.messageBytesMax))"
        guard !metadata.isEmpty else { return head + "}" }
        let fields = Self.json(.dictionary(metadata))
        let line = head + ",\"fields\":" + fields + "}"
        return line.utf8.count <= Self.lineBytesMax ? line : head + ",\"truncated\":true}"
    }

    private static let hidden = "(hidden)"

    static func isHidden(_ name: String) -> Bool {
        let name = name.lowercased()
        return hiddenNames.contains { name == $0 || name.hasSuffix("-" + $0) || name.hasSuffix("." + $0) }
    }

    /// A value as text, nested values in brackets.
    private static func plain(_ value: Logger.MetadataValue) -> String {
        switch value {
        case .string(let text): text
        case .stringConvertible(let value): value.description
        case .array(let values): "[" + values.map(plain).joined(separator: ", ") + "]"
        case .dictionary(let values):
            "{"
                + values.sorted { $0.key < $1.key }
                .map { "\($0.key): \(isHidden($0.key) ? hidden : plain($0.value))" }
                .joined(separator: ", ") + "}"
        }
    }

    private static func json(_ value: Logger.MetadataValue) -> String {
        switch value {
        case .string(let text): return JSONText.string(text)
        case .stringConvertible(let value):
            // Numbers stay numbers, so that a log store can sum them.
            if let integer = value as? any FixedWidthInteger { return "\(integer)" }
            return JSONText.string(value.description)
        case .array(let values): return "[" + values.map(json).joined(separator: ",") + "]"
        case .dictionary(let values):
            let members = values.sorted { $0.key < $1.key }.map {
                JSONText.string($0.key) + ":" + (isHidden($0.key) ? JSONText.string(hidden) : json($0.value))
            }
            return "{" + members.joined(separator: ",") + "}"
        }
    }
}

/// Strings of a JSON document, in ASCII escapes where a reader's terminal could be fooled [RFC 8259 7].
enum JSONText {
    /// `text` in quotes.
    static func string(_ text: String, bytesMax: Int = LogText.valueBytesMax) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            guard result.utf8.count <= bytesMax else {
                result += LogText.ellipsis
                break
            }
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default:
                if scalar.value >= 0x20, scalar.value < 0x7F {
                    result.unicodeScalars.append(scalar)
                } else {
                    for unit in String(scalar).utf16 {
                        result += "\\u" + LogText.hexadecimal(UInt32(unit), digits: 4)
                    }
                }
            }
        }
        return result + "\""
    }
}

/// Time of day in UTC, without a formatter object: RFC 3339 with milliseconds.
enum LogTime {
    /// `2026-11-24T15:52:00.123Z`
    static func text(_ unixMilliseconds: Int64) -> String {
        let seconds = unixMilliseconds.quotientAndRemainderFloored(1000)
        let days = seconds.quotient.quotientAndRemainderFloored(86_400)
        let (year, month, day) = civil(daysSince1970: days.quotient)
        let time = days.remainder
        return "\(year)-\(two(month))-\(two(day))T\(two(time / 3600)):\(two(time / 60 % 60)):\(two(time % 60))"
            + ".\(seconds.remainder < 100 ? "0" : "")\(two(seconds.remainder))Z"
    }

    /// `2026-11-24T15:52:00Z`
    static func secondsText(_ unixSeconds: Int64) -> String {
        text(unixSeconds * 1000).replacing(".000Z", with: "Z")
    }

    private static func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }

    /// The proleptic Gregorian date: eras of 400 years that begin in March, so that the leap day comes last.
    private static func civil(daysSince1970 days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = (days + 719_468).quotientAndRemainderFloored(146_097)
        let dayOfEra = shifted.remainder
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + shifted.quotient * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}

extension Int64 {
    fileprivate func quotientAndRemainderFloored(_ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
