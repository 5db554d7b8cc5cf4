/// The lines of a turnserver.conf: `name=value`, `name value` or `name`, and `#` for comments.
struct TurnserverFile {
    /// One setting.
    struct Line: Equatable {
        /// Counted from 1.
        var number: Int
        var name: String
        /// Empty for a setting without one.
        var value: String
    }

    var lines: [Line] = []

    init(_ text: String) {
        for (index, raw) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            var line = raw.trimmed[...]
            while line.first == "-" { line.removeFirst() }
            if line.isEmpty || line.first == "#" { continue }
            let end = line.firstIndex { $0 == "=" || $0.isWhitespace } ?? line.endIndex
            let value = end == line.endIndex ? "" : line[line.index(after: end)...].trimmed
            lines.append(Line(number: index + 1, name: String(line[..<end]), value: Self.unquoted(value)))
        }
    }

    private static func unquoted(_ value: String) -> String {
        for quote in ["\"", "'"] where value.count >= 2 && value.hasPrefix(quote) && value.hasSuffix(quote) {
            return String(value.dropFirst().dropLast())
        }
        return value
    }
}
