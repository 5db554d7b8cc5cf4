import Companion
import Store
import Testing

@testable import CompanionServer

/// Lists come in pages: each entry once, whatever is added meanwhile.
@Suite("Paging", .timeLimit(.minutes(2)))
struct PagingTests {
    /// All ids of a list, read in pages of `limit`; `between` runs behind the first page.
    private static func walk(
        _ browser: Browser, _ path: String, _ name: String, limit: Int, between: () async throws -> Void = {}
    ) async throws -> [String] {
        var ids: [String] = []
        var cursor: String?
        for page in 0..<100 {
            let mark = path.contains("?") ? "&" : "?"
            let reply = try await browser.api(
                "GET", path + mark + "limit=\(limit)" + (cursor.map { "&cursor=\($0)" } ?? ""))
            try #require(reply.status == 200, "\(path): \(reply.text)")
            let entries = try #require(reply.json?[name]?.list)
            #expect(entries.count <= limit)
            ids += entries.compactMap { $0["id"]?.text }
            cursor = reply.json?["next"]?.text
            if page == 0 { try await between() }
            guard cursor != nil else { return ids }
            #expect(entries.count == limit || path.contains("query"))
        }
        Issue.record("\(path) has no end")
        return ids
    }

    @Test("each list, walked in pages of two, is the list as a whole")
    func walks() async throws {
        try await TestServer.run { server in
            let root = try await server.administrator()
            let owner = try await server.person("owner", invitedBy: root)
            var people: [Browser] = []
            for number in 0..<4 { people.append(try await server.person("p\(number)", invitedBy: root)) }
            var rooms: [String] = []
            for (number, person) in people.enumerated() {
                let made = try await owner.api(
                    "POST", "/rooms", ["title": .text("Ward \(number)"), "members": [.text(person.personID)]])
                rooms.append(try #require(made.json?["id"]?.text))
            }
            for number in 0..<5 {
                let shared = try await owner.api(
                    "POST", "/rooms/\(rooms[0])/documents",
                    headers: ["Content-Type": "application/octet-stream", "X-File-Name": "\(number).txt"],
                    raw: Array("abc".utf8))
                #expect(shared.status == 201)
                _ = try await owner.api("POST", "/relay-credentials", ["room": .text(rooms[0])])
                let call = CallRecord(
                    id: "call\(number)", roomID: rooms[0], requester: owner.personID, callee: people[0].personID,
                    requestedAt: Int64(1000 + number / 2))
                try await server.core.store.write { try $0.insert(call) }
            }
            for (browser, path, name) in [
                (owner, "/people", "people"), (owner, "/rooms", "rooms"), (owner, "/sessions", "sessions"),
                (owner, "/rooms/\(rooms[0])/documents", "documents"), (root, "/admin/people", "people"),
                (root, "/admin/people?query=p", "people"), (root, "/admin/sessions", "sessions"),
                (root, "/admin/relay-credentials", "credentials"), (root, "/admin/calls", "calls"),
            ] {
                let whole = try await Self.walk(browser, path, name, limit: 200)
                #expect(whole.count >= (path == "/sessions" ? 1 : 4), "\(path)")
                #expect(Set(whole).count == whole.count)
                for limit in [1, 2, whole.count] {
                    #expect(
                        try await Self.walk(browser, path, name, limit: limit) == whole, "\(path) by \(limit)")
                }
                for cursor in ["x", "1", ".", "9.", "abc.def", "99999999999999999999.a"] {
                    let reply = try await browser.api(
                        "GET", path + (path.contains("?") ? "&" : "?") + "cursor=\(cursor)")
                    #expect(reply.status == 400 && reply.code == "invalid", "\(path) \(cursor): \(reply.status)")
                }
            }
        }
    }

    @Test("what is added or removed behind the first page neither repeats nor hides an entry")
    func changes() async throws {
        try await TestServer.run { server in
            let root = try await server.administrator()
            for name in ["anna", "bert", "carl", "dora", "emil"] { _ = try await server.person(name, invitedBy: root) }
            let before = try await Self.walk(root, "/people", "people", limit: 200)
            #expect(before.count == 6)
            let walked = try await Self.walk(root, "/people", "people", limit: 2) {
                // The last one of the first page closes the account; somebody comes who stands before it.
                let reply = try await root.api("PATCH", "/admin/people/\(before[1])", ["state": "disabled"])
                #expect(reply.status == 200)
                _ = try await server.person("aaron", invitedBy: root)
            }
            #expect(walked == before)
        }
    }
}
