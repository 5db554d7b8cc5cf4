/// Titles and names from strangers: one line, nothing in it that is not seen or that turns the writing around.
enum VisibleText {
    /// The text without control, format and bidirectional characters, and without blanks around it.
    static func line(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar.properties.isWhitespace {
                scalars.append(" ")
            } else if isVisible(scalar) {
                scalars.append(scalar)
            }
        }
        let trimmed = String(scalars).drop { $0 == " " }
        return String(trimmed.reversed().drop { $0 == " " }.reversed())
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        // Joiners and variation selectors belong to scripts and emoji.
        if scalar == "\u{200D}" || scalar == "\u{200C}" || (0xFE00...0xFE0F).contains(scalar.value) { return true }
        if scalar.properties.isDefaultIgnorableCodePoint { return false }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: return false
        default: return true
        }
    }
}
