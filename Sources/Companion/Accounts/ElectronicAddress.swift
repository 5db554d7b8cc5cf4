import Foundation

/// An email address that mail can be sent to: ASCII, of the form that people have (dot-atom and a host name,
/// RFC 5321 4.1.2). Quoted local parts, comments and address literals are refused; nothing in it can end a header.
public struct ElectronicAddress: Sendable, Hashable {
    /// Bytes at most [RFC 5321 4.5.3.1.3].
    public static let bytesMax = 254
    static let localBytesMax = 64
    static let labelBytesMax = 63

    /// As written, with blanks around it removed.
    public let text: String
    /// What two spellings of one mailbox share: lower case. (Local parts are case-sensitive on paper only.)
    public let key: String

    /// Reads an address; nil when mail cannot be sent to it.
    public init?(_ text: String) {
        let text = text.trimmingCharacters(in: .whitespaces)
        guard text.utf8.count <= Self.bytesMax, let at = text.utf8.firstIndex(of: UInt8(ascii: "@")) else { return nil }
        let local = text.utf8[..<at]
        let host = text.utf8[text.utf8.index(after: at)...]
        guard local.count <= Self.localBytesMax, Self.isDotted(local, Self.isAtomByte) else { return nil }
        let labels = host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.count >= 2 || host.elementsEqual("localhost".utf8) else { return nil }
        for label in labels {
            guard 1...Self.labelBytesMax ~= label.count, label.allSatisfy(Self.isHostByte),
                label.first != UInt8(ascii: "-"), label.last != UInt8(ascii: "-")
            else { return nil }
        }
        self.text = text
        key = text.lowercased()
    }

    private static func isDotted(_ bytes: Substring.UTF8View, _ belongs: (UInt8) -> Bool) -> Bool {
        bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            .allSatisfy { !$0.isEmpty && $0.allSatisfy(belongs) }
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || byte == UInt8(ascii: "-")
    }

    private static func isAtomByte(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}

/// A telephone number that text messages can be sent to: `+` and 8 to 15 digits [E.164].
public struct TelephoneNumber: Sendable, Hashable {
    /// The number without blanks, dashes and brackets.
    public let text: String

    /// Reads a number; nil when it is not an international one.
    public init?(_ text: String) {
        let plain = text.filter { !" -()./".contains($0) }
        let digits = plain.dropFirst()
        guard plain.first == "+", 8...15 ~= digits.count, digits.first != "0",
            digits.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 })
        else { return nil }
        self.text = plain
    }
}

/// The name that people see.
public enum PersonName {
    /// Characters at most.
    public static let charactersMax = 80
    /// Bytes at most: a character can be many code points.
    public static let bytesMax = 512

    /// The name without blanks around it; nil when it is empty, too long, or holds control or direction characters.
    public static func checked(_ text: String) -> String? {
        let name = text.precomposedStringWithCanonicalMapping.trimmingCharacters(in: .whitespacesAndNewlines)
        guard 1...charactersMax ~= name.count, name.utf8.count <= bytesMax else { return nil }
        for scalar in name.unicodeScalars {
            switch scalar.properties.generalCategory {
            // Format characters can turn the text around or hide in it; joiners belong to scripts and emoji.
            case .control, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: return nil
            case .format where scalar.value != 0x200C && scalar.value != 0x200D: return nil
            default: continue
            }
        }
        return name
    }
}
