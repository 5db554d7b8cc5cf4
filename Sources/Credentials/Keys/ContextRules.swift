/// Characters that mean something only beside certain others [RFC 5892 appendix A.3 to A.9]: anywhere else they are
/// taken for what they look like, and two passwords for one.
///
/// Of the rule for ZERO WIDTH NON-JOINER (A.1) only the first part is applied, where a virama stands before it: the
/// second part needs the joining types of all characters, which the standard library does not know.
enum ContextRules {
    /// The first character of a text that may not stand where it does; nil when there is none.
    static func violation(in text: String) -> Unicode.Scalar? {
        let scalars = Array(text.unicodeScalars)
        for (index, scalar) in scalars.enumerated() where !scalar.isASCII {
            let previous = index > 0 ? scalars[index - 1] : nil
            let next = index + 1 < scalars.count ? scalars[index + 1] : nil
            if !mayStand(scalar, between: previous, next, in: scalars) { return scalar }
        }
        return nil
    }

    private static func mayStand(
        _ scalar: Unicode.Scalar, between previous: Unicode.Scalar?, _ next: Unicode.Scalar?, in text: [Unicode.Scalar]
    ) -> Bool {
        switch scalar.value {
        case 0x00B7: previous == "l" && next == "l"  // A.3, MIDDLE DOT
        case 0x0375: next.map(isGreek) ?? false  // A.4, GREEK LOWER NUMERAL SIGN
        case 0x05F3, 0x05F4: previous.map(isHebrew) ?? false  // A.5 and A.6, GERESH and GERSHAYIM
        case 0x30FB: text.contains(where: isJapanese)  // A.7, KATAKANA MIDDLE DOT
        case arabicIndicDigits: !text.contains { extendedArabicIndicDigits ~= $0.value }  // A.8
        case extendedArabicIndicDigits: !text.contains { arabicIndicDigits ~= $0.value }  // A.9
        default: true
        }
    }

    private static let arabicIndicDigits: ClosedRange<UInt32> = 0x0660...0x0669
    private static let extendedArabicIndicDigits: ClosedRange<UInt32> = 0x06F0...0x06F9

    private static func isGreek(_ scalar: Unicode.Scalar) -> Bool {
        String(scalar).wholeMatch(of: /\p{Script=Greek}/) != nil
    }

    private static func isHebrew(_ scalar: Unicode.Scalar) -> Bool {
        String(scalar).wholeMatch(of: /\p{Script=Hebrew}/) != nil
    }

    /// The middle dot itself is common to several scripts, and does not count.
    private static func isJapanese(_ scalar: Unicode.Scalar) -> Bool {
        String(scalar).wholeMatch(of: /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/) != nil
    }
}
