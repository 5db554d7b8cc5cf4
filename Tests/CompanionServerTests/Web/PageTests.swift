import Foundation
import NIOCore
import Testing

@testable import CompanionServer

/// The pages and what they are made of.
@Suite("Pages", .timeLimit(.minutes(2)))
struct PageTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources/CompanionServer/Pages")

    @Test("every file of the folder is inside the program, byte by byte")
    func embedded() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).filter { !$0.hasPrefix(".") }
        #expect(!names.isEmpty)
        #expect(names.count == PageLibrary.embedded.pages.count)
        for name in names {
            let path = name == "index.html" ? "/" : name.hasSuffix(".html") ? "/" + name.dropLast(5) : "/assets/" + name
            let page = try #require(
                PageLibrary.embedded.pages[String(path)], "\(name) is not in Sources/CPages/pages.c")
            let bytes = try [UInt8](Data(contentsOf: Self.folder.appending(path: name)))
            #expect(Array(page.bytes.readableBytesView) == bytes, "\(name)")
        }
    }

    @Test("pages refer to nothing outside, hold no script of their own, and all that they load is there")
    func references() throws {
        for (path, page) in PageLibrary.embedded.pages {
            let text = String(buffer: page.bytes)
            #expect(text.firstMatch(of: /(src|href)="(https?:)?\/\//) == nil, "\(path)")
            #expect(
                text.firstMatch(of: /<script(?![^>]*src=)/) == nil || !path.isEmpty && !page.type.hasPrefix("text/html")
            )
            guard page.type.hasPrefix("text/html") else { continue }
            #expect(text.firstMatch(of: /\s(style|on\w+)="/) == nil, "\(path)")
            for match in text.matches(of: /(?:src|href)="(\/[^"#]*)"/) {
                #expect(PageLibrary.embedded.pages[String(match.output.1)] != nil, "\(path): \(match.output.1)")
            }
        }
    }

    @Test("a page is sent once, then confirmed by its tag; HEAD tells the same without the bytes")
    func tags() async throws {
        try await TestServer.run { server in
            let browser = Browser(server)
            let first = try await browser.send("GET", "/")
            #expect(first.status == 200 && first["content-type"] == "text/html; charset=utf-8")
            #expect(first["cache-control"] == "no-cache")
            let tag = try #require(first["etag"])
            for sent in [tag, "W/\(tag)", "\"x\", \(tag)", "*"] {
                let again = try await browser.send("GET", "/", headers: ["If-None-Match": sent])
                #expect(again.status == 304 && again.body.isEmpty, "\(sent)")
            }
            #expect(try await browser.send("GET", "/", headers: ["If-None-Match": "\"x\""]).status == 200)
            let head = try await browser.send("HEAD", "/")
            #expect(head.status == 200 && head["content-length"] == String(first.body.count))
            #expect(
                try await browser.send("GET", "/assets/main.js")["content-type"] == "text/javascript; charset=utf-8")
            #expect(try await browser.send("GET", "/assets/base.css")["content-type"] == "text/css; charset=utf-8")
            #expect(try await browser.send("GET", "/assets/mark.svg")["content-type"] == "image/svg+xml")
        }
    }

    @Test("no path leads anywhere but to the table")
    func traversal() async throws {
        try await TestServer.run { server in
            let browser = Browser(server)
            for path in [
                "/../etc/passwd", "/%2e%2e/etc/passwd", "/assets/../../etc/passwd",
                "/assets/%2e%2e%2f%2e%2e%2fetc/passwd",
                "/assets/..%5c..%5cetc", "/assets//etc/passwd", "/assets/main.js%00.html", "/assets/", "/assets",
                "/assets/.", "/assets/Main.js", "/index.html", "/assets/index.html", "//etc/passwd",
                "/assets/pages.c", "/assets/main.js/..", "/etc/passwd", "/%00", "/assets/%6dain.js",
            ] {
                let reply = try await browser.send("GET", path)
                #expect(reply.status == 404 || reply.status == 400, "\(path): \(reply.status)")
                #expect(!reply.text.contains("root:"), "\(path)")
            }
        }
    }
}
