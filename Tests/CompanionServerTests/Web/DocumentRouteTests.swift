import Foundation
import Integrity
import Testing

@testable import CompanionServer

/// Documents over HTTP: streamed, always a download, whatever is in them and whatever they are called.
@Suite("Document routes", .timeLimit(.minutes(2)))
struct DocumentRouteTests {
    private static let upload = ["Content-Type": "application/octet-stream", "X-File-Name": "a.bin"]

    /// A room of the administrator and another person.
    private func room(of administrator: Browser) async throws -> String {
        let bert = try await administrator.server.person("bert", invitedBy: administrator)
        let made = try await administrator.api(
            "POST", "/rooms", ["title": "Room", "members": [.text(bert.personID)]])
        return try #require(made.json?["id"]?.text, "\(made.text)")
    }

    private func hash(_ bytes: [UInt8]) -> String {
        let digest = Digest.sha256(bytes.span)
        return digest.indices.map { String(Int(digest[$0]) | 0x100, radix: 16).dropFirst() }.joined()
    }

    @Test("bytes come back as they went, of every size around the pieces they are kept in")
    func roundTrip() async throws {
        try await TestServer.run { server in
            let anna = try await server.administrator()
            let room = try await room(of: anna)
            var generator = SeededGenerator(seed: 9)
            for size in [0, 1, 65_535, 65_536, 65_537, 1_500_000] {
                let bytes = (0..<size).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
                let shared = try await anna.api(
                    "POST", "/rooms/\(room)/documents", headers: Self.upload, raw: bytes)
                #expect(shared.status == 201, "\(shared.text)")
                #expect(shared.json?["sha256"]?.text == hash(bytes))
                let id = try #require(shared.json?["id"]?.text)
                let back = try await anna.api("GET", "/rooms/\(room)/documents/\(id)")
                #expect(back.status == 200 && back.body == bytes, "\(size)")
                #expect(back["content-length"] == String(size))
            }
        }
    }

    @Test("a page or a script that was shared is saved, and no browser runs it")
    func neverRun() async throws {
        try await TestServer.run { server in
            let anna = try await server.administrator()
            let room = try await room(of: anna)
            for (name, content) in [
                ("a.html", "<script>alert(1)</script>"), ("a.svg", "<svg xmlns='x' onload='alert(1)'/>"),
                ("a.js", "alert(1)"), ("a.pdf", "%PDF-1.7"),
            ] {
                var headers = Self.upload
                headers["X-File-Name"] = name
                let id = try #require(
                    try await anna.api(
                        "POST", "/rooms/\(room)/documents", headers: headers, raw: Array(content.utf8)
                    ).json?["id"]?.text)
                let back = try await anna.api("GET", "/rooms/\(room)/documents/\(id)")
                #expect(back["content-disposition"] == "attachment; filename*=UTF-8''\(name)")
                #expect(back["x-content-type-options"] == "nosniff")
                #expect(back["content-security-policy"]?.contains("sandbox") == true)
                #expect(back["cache-control"] == "no-store")
                #expect(back["content-type"]?.contains("html") == false, "\(back["content-type"] ?? "")")
                #expect(back["content-type"]?.contains("javascript") == false)
            }
        }
    }

    @Test("names that would lead elsewhere or break out of their place do neither")
    func names() async throws {
        try await TestServer.run { server in
            let anna = try await server.administrator()
            let room = try await room(of: anna)
            for name in [
                "../../etc/passwd", "%2e%2e%2fpasswd", "..%5c..%5cx", "a%00b", "a%0d%0aSet-Cookie:%20x=1",
                "%e2%80%ae%66%64%70", "a%22%3b%20filename=b", "con.txt", "a%2fb", ".", "..",
                String(repeating: "a", count: 1000),
            ] {
                var headers = Self.upload
                headers["X-File-Name"] = name
                let shared = try await anna.api(
                    "POST", "/rooms/\(room)/documents", headers: headers, raw: Array("x".utf8))
                guard shared.status == 201 else {
                    #expect(shared.status == 400, "\(name): \(shared.text)")
                    continue
                }
                let kept = try #require(shared.json?["name"]?.text)
                #expect(!kept.contains("/") && !kept.contains("\\") && !kept.contains("\0") && !kept.contains("\n"))
                #expect(kept.utf8.count <= 255 && kept != "." && kept != "..", "\(kept)")
                let id = try #require(shared.json?["id"]?.text)
                let back = try await anna.api("GET", "/rooms/\(room)/documents/\(id)")
                #expect(back.status == 200)
                #expect(back["set-cookie"] == nil)
                #expect(back.headers.filter { $0.name == "content-disposition" }.count == 1)
            }
            let files = try FileManager.default.contentsOfDirectory(atPath: server.folder.path + "/documents")
            #expect(files.allSatisfy { $0.allSatisfy { $0.isLetter || $0.isNumber } })
        }
    }

    @Test("an upload says its type, its length and its name, or is refused")
    func refusals() async throws {
        try await TestServer.run { server in
            let anna = try await server.administrator()
            let path = "/rooms/\(try await room(of: anna))/documents"
            for (change, status) in [
                (["Content-Type": "multipart/form-data"], 415), (["Content-Type": ""], 415),
                (["X-File-Name": ""], 400), (["X-File-Name": "%zz"], 400), (["X-File-Name": "%ff"], 400),
                (["X-File-Name": String(repeating: "a", count: 1025)], 400),
            ] {
                let reply = try await anna.api(
                    "POST", path, headers: Self.upload.merging(change) { $1 }, raw: Array("abc".utf8))
                #expect(reply.status == status, "\(change): \(reply.text)")
            }
            let wire = try await server.wire()
            var headers = Self.upload
            headers["Transfer-Encoding"] = "chunked"
            try await wire.send(anna.request("POST", Route.base + path, headers: headers))
            try await wire.send("3\r\nabc\r\n0\r\n\r\n")
            #expect(await wire.reply()?.status == 411)
            #expect(try await anna.api("GET", path).json?["documents"]?.list == [])
        }
    }

    @Test("an upload that breaks off leaves nothing")
    func broken() async throws {
        try await TestServer.run { server in
            let anna = try await server.administrator()
            let path = "/rooms/\(try await room(of: anna))/documents"
            let wire = try await server.wire()
            var headers = Self.upload
            headers["Content-Length"] = "100000"
            try await wire.send(anna.request("POST", Route.base + path, headers: headers))
            try await wire.send(Array(repeating: 7, count: 70_000))
            await wire.close()
            let folder = server.folder.path + "/documents"
            var files = ["?"]
            for _ in 0..<200 where !files.isEmpty {
                // Each answer is a turn for the server to notice the end.
                _ = try await anna.api("GET", path)
                files = try FileManager.default.contentsOfDirectory(atPath: folder)
            }
            #expect(files.isEmpty)
            #expect(try await anna.api("GET", path).json?["documents"]?.list == [])
        }
    }

    @Test("a client that waits for the word gets it before it sends")
    func expectContinue() async throws {
        try await TestServer.run { server in
            let anna = try await server.administrator()
            let path = "/rooms/\(try await room(of: anna))/documents"
            let wire = try await server.wire()
            var headers = Self.upload
            headers["Content-Length"] = "3"
            headers["Expect"] = "100-continue"
            try await wire.send(anna.request("POST", Route.base + path, headers: headers))
            #expect(await wire.reply(hasBody: false)?.status == 100)
            try await wire.send("abc")
            #expect(await wire.reply()?.status == 201)
        }
    }

    @Test("the own rows of the log come as a file, in both forms, and their export is in the log")
    func auditExport() async throws {
        try await TestServer.run { server in
            let root = try await server.administrator()
            let anna = try await server.person("anna", invitedBy: root)
            for format in ["jsonl", "csv"] {
                let reply = try await anna.api("GET", "/me/audit?format=\(format)")
                #expect(reply.status == 200)
                #expect(reply["content-disposition"] == "attachment; filename*=UTF-8''audit.\(format)")
                #expect(reply.text.contains("session.login") && !reply.text.contains(root.personID + "x"))
            }
            #expect(try await anna.api("GET", "/me/audit?format=pdf").status == 400)
            #expect(try await anna.api("GET", "/me/audit?from=x").status == 400)
            #expect(try await root.api("GET", "/admin/audit?type=audit.exported").json?["rows"]?.list?.count == 2)
        }
    }
}
