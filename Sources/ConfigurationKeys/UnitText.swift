/// Durations as people write them: `500ms`, `30s`, `10m`, `1h`, `2d`; a bare number is in seconds.
public enum DurationText {
    /// The duration in milliseconds; `nil` when the text is none, is negative or is beyond a century.
    public static func milliseconds(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits), let unit = units.first(where: { $0.suffix == text.dropFirst(digits.count) })
        else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: unit.milliseconds)
        return overflow || product > 3_155_760_000_000 ? nil : product
    }

    /// The duration in whole seconds; `nil` when the text is none or has a fraction of a second.
    public static func seconds(_ text: String) -> Int? {
        guard let milliseconds = milliseconds(text), milliseconds.isMultiple(of: 1000) else { return nil }
        return milliseconds / 1000
    }

    /// The duration in the largest unit that loses nothing.
    public static func describe(milliseconds: Int) -> String {
        for unit in units.dropFirst().reversed()
        where milliseconds > 0 && milliseconds.isMultiple(of: unit.milliseconds) {
            return "\(milliseconds / unit.milliseconds)\(unit.suffix)"
        }
        return milliseconds == 0 ? "0s" : "\(milliseconds)ms"
    }

    /// The duration in the largest unit that loses nothing.
    public static func describe(seconds: Int) -> String { describe(milliseconds: seconds * 1000) }

    private static let units: [(suffix: String, milliseconds: Int)] = [
        ("", 1000), ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]
}

/// Sizes as people write them: `512`, `64KiB`, `4MiB`, `100MB`.
public enum ByteCountText {
    /// The size in bytes; `nil` when the text is none, or too large to count.
    public static func bytes(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits),
            let unit = units.first(where: { $0.suffix.lowercased() == text.dropFirst(digits.count).lowercased() })
        else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: unit.bytes)
        return overflow || product > 1 << 53 ? nil : product
    }

    /// The size in the largest unit that loses nothing.
    public static func describe(_ bytes: Int) -> String {
        for unit in units.reversed() where bytes > 0 && bytes.isMultiple(of: unit.bytes) {
            return "\(bytes / unit.bytes)\(unit.suffix)"
        }
        return "\(bytes)"
    }

    private static let units: [(suffix: String, bytes: Int)] = [
        ("", 1), ("kB", 1000), ("KiB", 1 << 10), ("MB", 1_000_000), ("MiB", 1 << 20), ("GB", 1_000_000_000),
        ("GiB", 1 << 30),
    ]
}
