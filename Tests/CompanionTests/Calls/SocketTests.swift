import Foundation
import Signaling
import Store
import Testing

@testable import Companion

@Suite("Sockets at the hub", .timeLimit(.minutes(1)))
struct SocketTests {
    @Test("a lost socket that is resumed misses nothing")
    func resumption() async throws {
        let test = try TestHub()
        let (room, ada, bob) = try await twoPages(test)
        try await chat(ada, room, "one")
        _ = try await bob.next("chat")
        await test.hub.detach(bob.handle)
        for body in ["two", "three"] {
            try await chat(ada, room, body)
            _ = try await ada.next("ack")
        }
        let again = try await test.page(bob.handle.principal)
        try await again.send(["type": "resume", "resume_id": bob.resumeID, "last": bob.lastSequence])
        let welcome = try await again.next("welcome")
        #expect(welcome["session_id"] as? String == bob.socket && welcome["missed"] as? Bool == false)
        for body in ["two", "three"] {
            let message = try #require(try await again.next("chat")["message"] as? [String: Any])
            #expect(message["body"] as? String == body)
        }
        #expect(again.lastSequence == bob.lastSequence + 2)
    }

    @Test("a resumption needs the sign-in that the socket belongs to, and comes first")
    func foreignResumption() async throws {
        let test = try TestHub()
        let (_, ada, bob) = try await twoPages(test)
        await test.hub.detach(bob.handle)
        let eve = try await test.page(test.person("eve"))
        try await eve.send(["type": "resume", "resume_id": bob.resumeID, "last": 0])
        #expect(try await eve.next("welcome")["session_id"] as? String == eve.socket)
        try await ada.send(["type": "ping"])
        #expect(try await ada.refusal(["type": "resume", "resume_id": bob.resumeID, "last": 0]) == "resume_late")
    }

    @Test("after a minute a lost socket is gone, and its person offline")
    func expiry() async throws {
        let test = try TestHub()
        let (_, ada, bob) = try await twoPages(test)
        #expect(await test.hub.online(["ada", "bob", "eve"]) == ["ada", "bob"])
        await test.hub.detach(bob.handle)
        test.companion.surroundings.advance(seconds: 6)
        await test.hub.tick()
        while true {
            let presence = try await ada.next("presence")
            if presence["online"] as? Bool == false { break }
        }
        test.companion.surroundings.advance(seconds: 60)
        await test.hub.tick()
        #expect(await test.hub.counts.sockets == 1)
        #expect(await test.hub.connectedSessions() == ["session-ada"])
        let again = try await test.page(bob.handle.principal)
        try await again.send(["type": "resume", "resume_id": bob.resumeID, "last": 1])
        #expect(try await again.next("welcome")["missed"] as? Bool == true)
    }

    @Test("a reader that takes nothing is closed, and finds everything when it resumes")
    func slowReader() async throws {
        var settings = CompanionSettings()
        settings.signaling.outboxFrames = 12
        let test = try TestHub(settings: settings)
        let (room, ada, bob) = try await twoPages(test)
        for number in 1...20 {
            try await chat(ada, room, "\(number)")
            _ = try await ada.next("ack")
        }
        try await bob.untilClosed()
        #expect(bob.closeCode == 4003)
        #expect(bob.seen.count { $0 == "chat" } == 12)
        let again = try await test.page(bob.handle.principal)
        try await again.send(["type": "resume", "resume_id": bob.resumeID, "last": bob.lastSequence])
        #expect(try await again.next("welcome")["missed"] as? Bool == false)
        for number in 13...20 {
            let message = try #require(try await again.next("chat")["message"] as? [String: Any])
            #expect(message["body"] as? String == "\(number)")
        }
    }

    @Test(
        "hostile frames are refused, and the socket goes on",
        arguments: [
            "", "null", "[]", "{}", "{\"type\":1}", "{\"type\":\"nothing\"}", "{\"type\":\"chat\"}", "\u{0}",
            "{\"type\":\"chat\",\"room\":{},\"client_id\":\"1\",\"body\":\"x\"}",
            "{\"type\":\"chat\",\"room\":\"x\",\"client_id\":\"\",\"body\":\"x\"}",
            "{\"type\":\"chat\",\"room\":\"x\",\"client_id\":\"1\",\"body\":\"\"}",
            "{\"type\":\"resume\",\"resume_id\":\"x\",\"last\":-1}",
            "{\"type\":\"resume\",\"resume_id\":\"x\",\"last\":1e400}",
            "{\"type\":\"sdp\",\"call\":\"x\",\"kind\":\"rollback\",\"sdp\":\"\"}",
            "{\"type\":\"path.report\",\"call\":\"x\",\"path\":\"magic\"}",
            "{\"type\":\"call.request\",\"to\":\"x\",\"media\":[\"audio\",\"video\",\"audio\"]}",
            "{\"type\":\"ice\",\"call\":\"x\",\"candidate\":{\"candidate\":\"a\\r\\nb\"}}",
            String(repeating: "[", count: 60_000), String(repeating: "{\"a\":", count: 10_000),
            "{\"type\":\"chat\",\"body\":\"" + String(repeating: "x", count: 70_000) + "\"}",
            "{\"type\":\"ping\",\"id\":\"" + String(repeating: "x", count: 100) + "\"}",
        ])
    func hostileFrames(_ frame: String) async throws {
        let test = try TestHub()
        let page = try await test.page(test.person("ada"))
        await test.hub.receive(frame, from: page.handle)
        let error = try await page.next("error")
        #expect(["invalid_request", "unknown_type"].contains(error["code"] as? String))
        #expect(try await page.types(upTo: "still here").isEmpty)
    }

    @Test("a flood is refused and then disconnected; others do not notice")
    func flood() async throws {
        let test = try TestHub()
        let (room, ada, bob) = try await twoPages(test)
        for number in 0..<300 { try await ada.send(["type": "ping", "id": "\(number)"]) }
        try await ada.untilClosed()
        #expect(ada.closeCode == 4004)
        #expect(ada.seen.count { $0 == "pong" } == 60)
        try await chat(bob, room, "undisturbed")
        _ = try await bob.next("ack")
    }

    @Test("a person whose account is not active gets no socket")
    func inactive() async throws {
        let test = try TestHub()
        let eve = try await test.person("eve", state: .disabled)
        await #expect(throws: ServiceFailure.notSignedIn) { try await test.hub.attach(eve) }
    }

    @Test("frames queue up to a limit, come in order, and end with the close")
    func outbox() async {
        let outbox = SocketOutbox(framesMax: 3, bytesMax: 10)
        #expect(outbox.push("1") && outbox.push("2") && outbox.push("3"))
        #expect(!outbox.push("4"))
        outbox.close(code: 4001, reason: "over")
        #expect(outbox.push("ignored"))
        var frames: [SocketFrame] = []
        for await frame in outbox { frames.append(frame) }
        #expect(frames == [.text("1"), .text("2"), .text("3"), .close(code: 4001, reason: "over")])
        let bytes = SocketOutbox(framesMax: 3, bytesMax: 10)
        #expect(bytes.push("12345678") && !bytes.push("123"))
    }

    @Test("waiting for a frame ends with the task, and with the connection")
    func outboxCancellation() async {
        let outbox = SocketOutbox(framesMax: 3, bytesMax: 10)
        let task = Task { () -> Int in
            var count = 0
            for await _ in outbox { count += 1 }
            return count
        }
        task.cancel()
        #expect(await task.value == 0)
        let other = SocketOutbox(framesMax: 3, bytesMax: 10)
        let reader = Task { () -> Int in
            var count = 0
            for await _ in other { count += 1 }
            return count
        }
        other.finish()
        #expect(await reader.value == 0)
    }

    private func twoPages(_ test: TestHub) async throws -> (room: String, TestPage, TestPage) {
        let ada = try await test.page(test.person("ada"))
        let bob = try await test.page(test.person("bob"))
        let room = try await RoomService(core: test.core, announcer: test.hub)
            .create(ada.handle.principal, title: nil, members: ["bob"])
        for page in [ada, bob] { _ = try await page.next("room.changed") }
        return (room.id, ada, bob)
    }

    private func chat(_ page: TestPage, _ room: String, _ body: String) async throws {
        try await page.send(["type": "chat", "id": "chat", "room": room, "client_id": body, "body": body])
    }
}
