import Testing

/// Lines, files and folders keep a size and a place where they are found and read.
@Suite("Shape")
struct ShapeTests {
    static let code: Set<String> = ["swift", "h", "c", "py", "sh"]
    static let files = ["Sources", "Tests", "Benchmarks"].flatMap { SourceTree.files(in: $0, extensions: code) }
    static let lineMax = 120
    static let fileMax = 600

    @Test("no line is longer than 120 characters")
    func lineLength() {
        for file in Self.files {
            for (index, line) in file.lines.enumerated()
            where line.utf8.count > Self.lineMax && line.count > Self.lineMax {
                // A regular expression literal cannot be broken.
                guard !line.drop(while: { $0 == " " }).hasPrefix("/^") else { continue }
                Issue.record("\(file.name):\(index + 1): \(line.count) characters")
            }
        }
    }

    @Test("no file is longer than 600 lines")
    func fileLength() {
        for file in Self.files where file.lines.count > Self.fileMax + 1 {
            Issue.record("\(file.name): \(file.lines.count) lines")
        }
    }

    @Test("nothing is left for later")
    func marks() {
        let marks = ["TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"]
        let extensions = Self.code.union(["yaml", "md", "txt", "service"])
        for folder in ["Sources", "Tests", "Benchmarks", "conf"] {
            for file in SourceTree.files(in: folder, extensions: extensions) {
                for (index, line) in file.lines.enumerated() {
                    for mark in marks where line.contains(mark) {
                        Issue.record("\(file.name):\(index + 1): \(mark)")
                    }
                }
            }
        }
    }

    @Test("no line ends in a blank, and every file in a line end")
    func lineEnds() {
        for file in Self.files {
            for (index, line) in file.lines.enumerated() where line.hasSuffix(" ") || line.hasSuffix("\t") {
                Issue.record("\(file.name):\(index + 1): ends in a blank")
            }
            #expect(file.lines.last == "", "\(file.name): its last line has no end")
        }
    }

    @Test("every folder of tests mirrors a module")
    func testsMirrorSources() {
        let modules = Set(SourceTree.folders(in: "Sources"))
        let others: Set<String> = ["TidyTests", "SimulationTests", "Interop", "Fuzz", "Browser", "Support"]
        for folder in SourceTree.folders(in: "Tests") where !others.contains(folder) {
            #expect(
                folder.hasSuffix("Tests") && modules.contains(String(folder.dropLast("Tests".count))),
                "Tests/\(folder) belongs to no module")
        }
    }

    @Test("every file of the pages is embedded, and no other")
    func pagesAreEmbedded() throws {
        let list = try #require(SourceTree.files(in: "Sources/CPages", extensions: ["c"]).first)
        let embedded = list.lines.compactMap { $0.firstMatch(of: /^ +PAGE\("([^"]+)"/).map { String($0.output.1) } }
        let files = SourceTree.files(in: "Sources/CompanionServer/Pages", extensions: ["html", "css", "js", "svg"])
        #expect(Set(embedded) == Set(files.map { String($0.name.split(separator: "/").last!) }))
        #expect(!embedded.isEmpty)
    }

    @Test("every library has tests")
    func everyLibraryHasTests() {
        let tests = Set(SourceTree.folders(in: "Tests"))
        for module in SourceTree.folders(in: "Sources") where module.first!.isUppercase {
            // The C modules are tested through those that call them.
            guard !ImportTests.cModules.contains(module) else { continue }
            #expect(tests.contains(module + "Tests"), "\(module) has no tests")
        }
    }
}
