internal import Foundation

/// The name that a stranger gave to a file, made harmless: it is shown, and offered to a file system as a suggestion.
enum DocumentName {
    /// What a file is called whose name leaves nothing.
    static let fallback = "document"

    /// The last part of a path, without what is not seen or turns the writing around, at most `bytesMax` bytes.
    static func clean(_ text: String, bytesMax: Int) -> String {
        let visible = VisibleText.line(text.precomposedStringWithCanonicalMapping)
        // Both kinds of separators, whichever system the file came from; a colon names streams and drives.
        let last = visible.split { $0 == "/" || $0 == "\\" || $0 == ":" }.last ?? ""
        let kept = last.filter { !"<>\"|?*".contains($0) }
        // A name that begins with a dot hides itself; one that ends with one is another name to some systems.
        let name = trim(String(kept.drop { $0 == "." || $0 == " " }))
        return name.isEmpty ? fallback : shorten(name, bytesMax)
    }

    private static func trim(_ name: String) -> String {
        var name = name
        while let last = name.last, last == "." || last == " " { name.removeLast() }
        return name
    }

    /// Cuts whole characters in front of the extension.
    private static func shorten(_ name: String, _ bytesMax: Int) -> String {
        guard name.utf8.count > bytesMax else { return name }
        let dot = name.lastIndex(of: ".").flatMap { name[$0...].utf8.count <= 16 ? $0 : nil } ?? name.endIndex
        let tail = name[dot...]
        var head = String(name[..<dot])
        while head.utf8.count + tail.utf8.count > bytesMax, !head.isEmpty { head.removeLast() }
        return trim(head) + tail
    }
}
