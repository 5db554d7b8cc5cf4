/// Why a text is no value of a key, and what to write instead.
package struct BadValue: Error {
    package var problem: String
    package var remedy: String

    package init(problem: String, remedy: String) {
        self.problem = problem
        self.remedy = remedy
    }
}

/// How values of one kind are read from text and written as text.
package struct ValueFormat<Value: Sendable>: Sendable {
    /// Stands for the value in help texts.
    package let placeholder: String
    package let parse: @Sendable (String) throws(BadValue) -> Value
    package let describe: @Sendable (Value) -> String

    package init(
        _ placeholder: String, parse: @escaping @Sendable (String) throws(BadValue) -> Value,
        describe: @escaping @Sendable (Value) -> String
    ) {
        self.placeholder = placeholder
        self.parse = parse
        self.describe = describe
    }
}

extension ValueFormat where Value: LosslessStringConvertible {
    /// Values that read and write themselves.
    package static func of(_ placeholder: String, _ name: String, remedy: String) -> Self {
        Self(placeholder) { text throws(BadValue) in
            guard let value = Value(text) else {
                throw BadValue(problem: "\(text.quoted) is not \(name)", remedy: remedy)
            }
            return value
        } describe: {
            $0.description
        }
    }
}

extension ValueFormat where Value: RawRepresentable<String> & CaseIterable {
    /// One of a few words.
    package static func word(_ placeholder: String) -> Self {
        Self(placeholder) { text throws(BadValue) in
            guard let value = Value(rawValue: text) else {
                let words = Value.allCases.map(\.rawValue)
                throw BadValue(
                    problem: "\(text.quoted) is not one of the words allowed",
                    remedy: "write one of \(words.joined(separator: ", "))"
                        + (Suggestion.closest(to: text, among: words).map { " (did you mean \($0)?)" } ?? ""))
            }
            return value
        } describe: {
            $0.rawValue
        }
    }
}

extension ValueFormat where Value == String {
    /// Text that is not empty.
    package static func text(_ placeholder: String) -> Self {
        Self(placeholder) { text throws(BadValue) in
            guard !text.isEmpty else { throw BadValue(problem: "the value is empty", remedy: "write a value") }
            return text
        } describe: {
            $0
        }
    }
}

extension ValueFormat where Value == Bool {
    /// Yes or no.
    package static let flag = Self("") { text throws(BadValue) in
        switch text.lowercased() {
        case "true", "yes", "on", "1": return true
        case "false", "no", "off", "0": return false
        default: throw BadValue(problem: "\(text.quoted) is neither true nor false", remedy: "write true or false")
        }
    } describe: {
        $0 ? "true" : "false"
    }
}

extension ValueFormat where Value: FixedWidthInteger & Sendable {
    /// A whole number within bounds.
    package static func number(_ range: ClosedRange<Int>) -> Self {
        bounded("NUMBER", range, { Int($0) }, String.init(describing:)) {
            "write a whole number from \($0) to \($1)"
        }
    }

    /// A time in whole seconds within bounds.
    package static func seconds(_ range: ClosedRange<Int>) -> Self {
        bounded("DURATION", range, DurationText.seconds, DurationText.describe(seconds:)) {
            "write a duration from \($0) to \($1), such as 30s, 10m or 1h"
        }
    }

    /// A time in milliseconds within bounds.
    package static func milliseconds(_ range: ClosedRange<Int>) -> Self {
        bounded("DURATION", range, DurationText.milliseconds, DurationText.describe(milliseconds:)) {
            "write a duration from \($0) to \($1), such as 200ms or 2s"
        }
    }

    /// A number of bytes within bounds.
    package static func bytes(_ range: ClosedRange<Int>) -> Self {
        bounded("BYTES", range, ByteCountText.bytes, ByteCountText.describe) {
            "write a number of bytes from \($0) to \($1), such as 65536 or 64KiB"
        }
    }

    private static func bounded(
        _ placeholder: String, _ range: ClosedRange<Int>, _ read: @escaping @Sendable (String) -> Int?,
        _ write: @escaping @Sendable (Int) -> String, remedy: @escaping @Sendable (String, String) -> String
    ) -> Self {
        Self(placeholder) { text throws(BadValue) in
            guard let number = read(text), range.contains(number), let value = Value(exactly: number) else {
                throw BadValue(
                    problem: "\(text.quoted) is not a value that is allowed",
                    remedy: remedy(write(range.lowerBound), write(range.upperBound)))
            }
            return value
        } describe: {
            write(Int($0))
        }
    }
}
