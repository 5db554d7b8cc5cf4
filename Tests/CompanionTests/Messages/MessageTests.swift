import Companion
import Foundation
import Signaling
import Store
import Testing

@Suite("Messages", .timeLimit(.minutes(1)))
struct MessageTests {
    @Test("a message is stored, then acknowledged, then delivered; sent twice it is one message")
    func chat() async throws {
        let test = try TestHub()
        let ada = try await test.page(test.person("ada"))
        let own = try await test.page(ada.handle.principal)
        let bob = try await test.page(test.person("bob"))
        let room = try await room(test, ada, bob)
        let frame: [String: Any] = [
            "type": "chat", "id": "1", "room": room, "client_id": "first", "body": "Grüße <script>",
        ]
        try await ada.send(frame)
        let message = try #require(try await ada.next("ack")["message"] as? [String: Any])
        #expect(message["position"] as? Int == 1 && message["client_id"] as? String == "first")
        for page in [own, bob] {
            let told = try #require(try await page.next("chat")["message"] as? [String: Any])
            #expect(told["body"] as? String == "Grüße <script>" && told["id"] as? String == message["id"] as? String)
        }
        try await ada.send(frame)
        let repeated = try #require(try await ada.next("ack")["message"] as? [String: Any])
        #expect(repeated["id"] as? String == message["id"] as? String)
        #expect(try await bob.types(upTo: "end").isEmpty)
    }

    @Test("only members write, read and learn that a room exists")
    func strangers() async throws {
        let test = try TestHub()
        let ada = try await test.page(test.person("ada"))
        let bob = try await test.page(test.person("bob"))
        let eve = try await test.page(test.person("eve"))
        let room = try await room(test, ada, bob)
        for target in [room, "no-such-room"] {
            let code = try await eve.refusal(
                ["type": "chat", "id": "1", "room": target, "client_id": "1", "body": "x"])
            #expect(code == "not_found")
            await #expect(throws: ServiceFailure.notFound) {
                try await MessageService(core: test.core).history(target, for: eve.handle.principal)
            }
        }
        #expect(try await test.auditTypes().count { $0 == "authz.denied!" } == 1)
    }

    @Test("history comes in pages, the newest last")
    func history() async throws {
        let test = try TestHub()
        let ada = try await test.page(test.person("ada"))
        let bob = try await test.page(test.person("bob"))
        let room = try await room(test, ada, bob)
        for number in 1...25 {
            let page = number.isMultiple(of: 2) ? ada : bob
            try await page.send(
                ["type": "chat", "id": "1", "room": room, "client_id": "\(number)", "body": "text \(number)"])
            _ = try await page.next("ack")
        }
        let service = MessageService(core: test.core)
        let newest = try await service.history(room, for: bob.handle.principal, limit: 10)
        #expect(newest.map(\.position) == Array(16...25) && newest.last?.body == "text 25")
        let before = try await service.history(room, for: bob.handle.principal, before: 16, limit: 10)
        #expect(before.map(\.position) == Array(6...15))
        #expect(try await service.history(room, for: bob.handle.principal, limit: 10_000).count == 25)
        #expect(try await service.history(room, for: bob.handle.principal, before: 1, limit: -5).isEmpty)
    }

    @Test("neither text nor title shows on the disk, and a moved text does not open")
    func atRest() async throws {
        let test = try TestHub()
        let ada = try await test.page(test.person("ada"))
        let bob = try await test.page(test.person("bob"))
        let rooms = RoomService(core: test.core, announcer: test.hub)
        let room = try await rooms.create(ada.handle.principal, title: "PLANTED-TITLE", members: ["bob"])
        for body in ["PLANTED-TEXT", "another"] {
            let id = "\(body.utf8.count)"
            try await ada.send(["type": "chat", "id": "1", "room": room.id, "client_id": id, "body": body])
            _ = try await ada.next("ack")
        }
        let files = try FileManager.default.contentsOfDirectory(
            at: test.companion.folder, includingPropertiesForKeys: nil)
        #expect(!files.isEmpty)
        for file in files {
            let bytes = try Data(contentsOf: file)
            #expect(bytes.range(of: Data("PLANTED-TEXT".utf8)) == nil, "\(file.lastPathComponent)")
            #expect(bytes.range(of: Data("PLANTED-TITLE".utf8)) == nil, "\(file.lastPathComponent)")
        }
        _ = try await test.store.write { connection in
            try connection.execute(
                """
                UPDATE messages SET body_sealed = (SELECT body_sealed FROM messages WHERE position = 1)
                WHERE position = 2
                """, [])
        }
        await #expect(throws: (any Error).self) {
            try await MessageService(core: test.core).history(room.id, for: bob.handle.principal)
        }
    }

    @Test("a client_id that names a message of another room is refused")
    func reusedClientID() async throws {
        let test = try TestHub()
        let ada = try await test.page(test.person("ada"))
        let bob = try await test.page(test.person("bob"))
        let first = try await room(test, ada, bob)
        let rooms = RoomService(core: test.core, announcer: test.hub)
        let second = try await rooms.create(ada.handle.principal, title: "other", members: ["bob"])
        try await ada.send(["type": "chat", "id": "1", "room": first, "client_id": "x", "body": "x"])
        _ = try await ada.next("ack")
        let code = try await ada.refusal(
            ["type": "chat", "id": "1", "room": second.id, "client_id": "x", "body": "x"])
        #expect(code == "client_id_used")
    }

    private func room(_ test: TestHub, _ one: TestPage, _ two: TestPage) async throws -> String {
        try await RoomService(core: test.core, announcer: test.hub)
            .create(one.handle.principal, title: nil, members: [two.handle.principal.personID]).id
    }
}
