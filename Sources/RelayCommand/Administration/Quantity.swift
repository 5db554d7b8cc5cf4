import Foundation

/// Numbers as people read them.
enum Quantity {
    /// `1,234,567`
    static func count(_ value: some BinaryInteger) -> String {
        let digits = "\(value)"
        var result = ""
        for (index, digit) in digits.enumerated() {
            let left = digits.count - index
            if index > 0, left % 3 == 0, digit != "-", result != "-" { result += "," }
            result.append(digit)
        }
        return result
    }

    /// `512 B`, `1.5 KiB`, `45.0 MiB`
    static func bytes(_ value: UInt64) -> String {
        guard value >= 1024 else { return "\(value) B" }
        var scaled = Double(value)
        var unit = 0
        let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
        // 1023.95 would be shown as 1024.0.
        while scaled >= 1023.95, unit < units.count - 1 {
            scaled /= 1024
            unit += 1
        }
        return decimal(scaled, places: 1) + " " + units[unit]
    }

    /// `45 s`, `3 m 05 s`, `2 h 01 m`, `3 d 04 h`
    static func duration(_ seconds: Int) -> String {
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return switch max(0, seconds) {
        case ..<60: "\(max(0, seconds)) s"
        case ..<3600: "\(seconds / 60) m \(two(seconds % 60)) s"
        case ..<86_400: "\(seconds / 3600) h \(two(seconds / 60 % 60)) m"
        default: "\(seconds / 86_400) d \(two(seconds / 3600 % 24)) h"
        }
    }

    /// `12.5`, with so many places.
    static func decimal(_ value: Double, places: Int) -> String {
        String(format: "%.\(places)f", locale: nil, value)
    }

    /// A rate per second: `0`, `999`, `12.3 k`, `4.56 M`
    static func rate(_ value: Double) -> String {
        switch value {
        case ..<10_000: decimal(value, places: 0)
        case ..<1_000_000: decimal(value / 1e3, places: 1) + " k"
        default: decimal(value / 1e6, places: 2) + " M"
        }
    }

    /// Bytes per second in Mbit/s: `0.00`, `12.3`, `1234`
    static func megabits(_ bytesPerSecond: Double) -> String {
        let value = bytesPerSecond * 8 / 1e6
        return decimal(value, places: value < 10 ? 2 : value < 1000 ? 1 : 0)
    }
}
