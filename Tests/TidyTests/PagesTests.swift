import Foundation
import Testing

/// The pages are plain files that a strict policy lets run, without a build step.
@Suite("Pages")
struct PagesTests {
    static let folder = "Sources/CompanionServer/Pages"
    static let pages = SourceTree.files(in: folder, extensions: ["html", "css", "js", "svg"])
    static let bytesMax = 250 * 1024

    @Test("what they import and refer to is there")
    func references() {
        let names = Set(Self.pages.compactMap { $0.name.split(separator: "/").last })
        for page in Self.pages {
            for (index, line) in page.lines.enumerated() {
                let matches = line.matches(of: /(?:from "\.|\/assets)\/([\w.-]+)/)
                for match in matches where !names.contains(match.output.1) {
                    Issue.record("\(page.name):\(index + 1): there is no \(match.output.1)")
                }
            }
        }
    }

    @Test("none has inline script or style, markup made from text, or another origin")
    func policy() {
        let banned = [
            "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", " style=", "<style", " onclick=",
        ]
        for page in Self.pages {
            for (index, line) in page.lines.enumerated() {
                for text in banned where line.contains(text) {
                    Issue.record("\(page.name):\(index + 1): \(text)")
                }
                for match in line.matches(of: /https?:\/\/[\w.]+/) where match.output != "http://www.w3.org" {
                    Issue.record("\(page.name):\(index + 1): \(match.output)")
                }
            }
        }
    }

    @Test("together they are small")
    func size() {
        let bytes = Self.pages.reduce(0) { $0 + $1.lines.reduce(0) { $0 + $1.utf8.count + 1 } }
        #expect(bytes < Self.bytesMax)
    }
}
