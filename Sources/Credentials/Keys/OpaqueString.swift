/// Why a text cannot be a user name, realm or password.
public enum OpaqueStringFailure: Error, Sendable, Equatable {
    /// There is nothing in it.
    case empty
    /// It has a character that cannot be part of a password.
    case disallowed(Unicode.Scalar)

    /// The failure in words; the text itself, which may be a password, is not repeated.
    public var text: String {
        switch self {
        case .empty: "must not be empty"
        case .disallowed(let scalar):
            "must not contain U+" + Self.hexadecimal(scalar.value)
                + " (a control, invisible, unassigned or misplaced character)"
        }
    }

    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}

/// The OpaqueString profile [RFC 8265 4.2], which user names, realms and passwords go through before they become a
/// key [RFC 8489 9.2.2]: every space is U+0020, the text is in normal form C, and nothing that cannot be seen or
/// typed is in it. Upper and lower case stay as they are.
public enum OpaqueString {
    /// `text` prepared, or why it cannot be.
    public static func prepare(_ text: String) throws(OpaqueStringFailure) -> String {
        guard !text.isEmpty else { throw .empty }
        var mapped = String.UnicodeScalarView()
        var previous: Unicode.Scalar?
        var isASCII = true
        for scalar in text.unicodeScalars {
            guard isAllowed(scalar, after: previous) else { throw .disallowed(scalar) }
            isASCII = isASCII && scalar.isASCII
            mapped.append(scalar.properties.generalCategory == .spaceSeparator ? " " : scalar)
            previous = scalar
        }
        let spaced = String(mapped)
        if isASCII { return spaced }
        let prepared = String(decoding: spaced._nfcCodeUnits, as: UTF8.self)
        if let misplaced = ContextRules.violation(in: prepared) { throw .disallowed(misplaced) }
        return prepared
    }

    /// The FreeformClass of PRECIS [RFC 8264 4.3, 9].
    private static func isAllowed(_ scalar: Unicode.Scalar, after previous: Unicode.Scalar?) -> Bool {
        if scalar.isASCII { return 0x20...0x7E ~= scalar.value }
        // The two join controls are visible behind a virama only [RFC 5892 A.1, A.2].
        if scalar == "\u{200C}" || scalar == "\u{200D}" {
            return previous?.properties.canonicalCombiningClass == .virama
        }
        // Jamo that conjoin: the old Hangul alphabet.
        switch scalar.value {
        case 0x1100...0x11FF, 0xA960...0xA97F, 0xD7B0...0xD7FF: return false
        default: break
        }
        let properties = scalar.properties
        guard !properties.isDefaultIgnorableCodePoint, !properties.isNoncharacterCodePoint else { return false }
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
            return false
        default:
            return true
        }
    }
}
