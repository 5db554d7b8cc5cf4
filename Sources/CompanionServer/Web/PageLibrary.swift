import CPages
import HTTPTypes
import Hummingbird
import Integrity

/// The files of the pages: inside the program, so that it runs from anywhere. Names are looked up in a fixed table,
/// so that no path leads anywhere else.
struct PageLibrary: Sendable {
    /// One file.
    struct Page: Sendable {
        let bytes: ByteBuffer
        let type: String
        let tag: String
    }

    /// Request path to file.
    let pages: [String: Page]

    /// What is in the program.
    static let embedded = PageLibrary(files: embeddedFiles())

    /// `files`: names and contents. `index.html` is at `/`, other pages at their name without ending, all else below
    /// `/assets/`.
    init(files: [(name: String, bytes: [UInt8])]) {
        pages = Dictionary(
            files.compactMap { file in
                guard let type = Self.type(of: file.name) else { return nil }
                let digest = Digest.sha256(file.bytes.span)
                let tag = (0..<12).map { String(Int(digest[$0]) | 0x100, radix: 16).dropFirst() }.joined()
                return (
                    Self.path(of: file.name),
                    Page(bytes: ByteBuffer(bytes: file.bytes), type: type, tag: "\"\(tag)\"")
                )
            }, uniquingKeysWith: { $1 })
    }

    private static func path(of name: String) -> String {
        guard name.hasSuffix(".html") else { return "/assets/\(name)" }
        return name == "index.html" ? "/" : "/" + name.dropLast(".html".count)
    }

    private static func type(of name: String) -> String? {
        switch name.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "svg": "image/svg+xml"
        case "webmanifest": "application/manifest+json"
        default: nil
        }
    }

    private static func embeddedFiles() -> [(name: String, bytes: [UInt8])] {
        var files: [(String, [UInt8])] = []
        guard var entry = cpages_files() else { return files }
        while let name = entry.pointee.name {
            files.append(
                (
                    String(cString: name),
                    [UInt8](UnsafeBufferPointer(start: entry.pointee.bytes, count: entry.pointee.count))
                ))
            entry += 1
        }
        return files
    }

    /// The answer to GET or HEAD.
    func response(_ page: Page, to request: Request) -> Response {
        var headers: HTTPFields = [
            .contentType: page.type, .eTag: page.tag,
            // Kept, and asked for again each time: a new version of the program is seen at once.
            .cacheControl: "no-cache",
        ]
        SecurityHeaders.apply(SecurityHeaders.page, to: &headers)
        let known = request.headers[.ifNoneMatch]?.split(separator: ",").map { $0.filter { $0 != " " } } ?? []
        guard !known.contains(where: { $0 == page.tag || $0 == "W/" + page.tag || $0 == "*" }) else {
            return Response(status: .notModified, headers: headers)
        }
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: page.bytes))
    }
}
