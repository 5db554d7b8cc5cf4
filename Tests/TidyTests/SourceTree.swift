import Foundation

/// The files of this package, as the tests here read them.
enum SourceTree {
    /// The folder of Package.swift.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Names of the folders directly inside `path`.
    static func folders(in path: String) -> [String] {
        let urls = try? FileManager.default.contentsOfDirectory(
            at: root.appending(path: path), includingPropertiesForKeys: [.isDirectoryKey], options: .skipsHiddenFiles)
        return (urls ?? []).filter { (try? $0.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory == true }
            .map(\.lastPathComponent).sorted()
    }

    /// All files below the folder `path` with one of these extensions, hidden folders left out.
    static func files(in path: String, extensions: Set<String> = ["swift"]) -> [SourceFile] {
        let base = root.appending(path: path)
        let paths =
            FileManager.default.enumerator(
                at: base, includingPropertiesForKeys: nil, options: .skipsHiddenFiles)?.allObjects as? [URL]
        return (paths ?? [])
            .filter { extensions.contains($0.pathExtension) }
            .compactMap(SourceFile.init)
            .sorted { $0.name < $1.name }
    }
}

/// One text file.
struct SourceFile {
    /// Path below the root of the package.
    let name: String
    /// Its lines, without their ends.
    let lines: [Substring]

    init?(_ url: URL) {
        guard let text = try? String(contentsOf: url, encoding: .utf8) else { return nil }
        name = String(url.standardizedFileURL.path.dropFirst(SourceTree.root.standardizedFileURL.path.count + 1))
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// A file that only a test knows.
    init(text: String) {
        name = "text"
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// The lines with their numbers and without comments: `//` behind a blank or at the start opens one.
    var code: [(number: Int, text: Substring)] {
        lines.enumerated().map { index, line in
            if line.drop(while: { $0 == " " }).hasPrefix("//") { return (index + 1, "") }
            guard line.utf8.contains(UInt8(ascii: "/")), let comment = line.firstRange(of: " // ") else {
                return (index + 1, line)
            }
            return (index + 1, line[..<comment.lowerBound])
        }
    }

    /// The modules that this Swift file imports.
    var imports: [(number: Int, module: String)] {
        code.compactMap { number, text in
            guard text.contains("import "), let match = text.firstMatch(of: Self.importLine) else { return nil }
            return (number, String(match.output.1))
        }
    }

    private static var importLine: Regex<(Substring, Substring)> {
        /^(?:@\w+(?:\(\w+\))? +|public +|package +|internal +|private +|fileprivate +)*import +(?:(?:struct|class|enum|func|var|let|typealias|protocol) +)?(\w+)/
    }
}
